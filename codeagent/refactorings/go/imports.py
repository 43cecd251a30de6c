"""Go: imports that nothing uses once something is deleted; the compiler takes no file with such."""

from collections.abc import Iterator, Sequence

from codeagent.domain.facts import IMPORT, NONE
from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code


def unused_after(code: Code, path: str, removed: Sequence[Edit]) -> list[Edit]:
    """Return the edits that take out the imports of a file which only what is removed has used."""
    if code.language(path) != "go":
        return []
    gone: set[str] = set()
    left: set[str] = set()
    for node in _qualifiers(code.tree(path)):
        inside = any(edit.start <= node.start_byte < edit.end for edit in removed)
        (gone if inside else left).add(code.text(node, path))
    found = []
    for spec in _specs(code.tree(path)):
        names = _bound_by(code, path, spec)
        if names & gone and not names & left:
            found.append(spec)
    return [_lines_of(path, code.read(path), node) for node in _wholes(found)]


def _qualifiers(root: Node) -> Iterator[Node]:
    """Every name that may be that of a package: what a selector or a qualified type begins with."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type in ("selector_expression", "qualified_type"):
            first = node.named_children[0]
            if first.type in ("identifier", "package_identifier"):
                yield first
        pending += node.named_children


def _specs(root: Node) -> Iterator[Node]:
    for declaration in root.named_children:
        if declaration.type == "import_declaration":
            for child in declaration.named_children:
                found = child.named_children if child.type == "import_spec_list" else [child]
                yield from (one for one in found if one.type == "import_spec")


def _bound_by(code: Code, path: str, spec: Node) -> set[str]:
    """The names that a package may be bound to; its own is a guess where it lies outside the tree."""
    facts = code.naming.file(path).facts
    imported = (one for one in facts.bindings if one.value != NONE and facts.exprs[one.value][0] == IMPORT)
    return {one.name for one in imported if spec.start_byte <= one.start < spec.end_byte}


def _wholes(specs: list[Node]) -> list[Node]:
    """The imports to take out, or their whole declarations where nothing else is left in them."""
    found: list[Node] = []
    for spec in specs:
        above = spec.parent
        assert above is not None
        group = above if above.type == "import_spec_list" else None
        alone = group is None or all(one in specs for one in group.named_children)
        declaration = (group or spec).parent
        assert declaration is not None
        found.append(declaration if alone else spec)
    return list(dict.fromkeys(found))


def _lines_of(path: str, source: bytes, node: Node) -> Edit:
    """The edit that takes out the lines of an import, and those blank below a whole declaration."""
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    end = source.find(b"\n", node.end_byte) + 1 or len(source)
    if node.type == "import_declaration":
        end = len(source) - len(source[end:].lstrip(b"\r\n"))
    return Edit(path, start, end, b"")
