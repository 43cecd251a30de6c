"""JavaScript and TypeScript: imports that nothing uses once something is deleted."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, every, leaves
from codeagent.refactorings.code import Code

_LANGUAGES: Final = frozenset(("javascript", "typescript", "tsx"))
_NAMES: Final = ("identifier", "type_identifier", "shorthand_property_identifier", "jsx_identifier")
_UNSEEN: Final = frozenset((b"React", b"h", b"Fragment"))  # what elements of JSX become calls of


def unused_after(code: Code, path: str, removed: Sequence[Edit]) -> list[Edit]:
    """Return the edits that take out the imports of a file which only what is removed has used."""
    language = code.language(path)
    if language not in _LANGUAGES:
        return []
    root, source = code.tree(path), code.read(path)
    statements = every(root, language, "import_statement")
    inside = [(one.start_byte, one.end_byte) for one in statements]
    gone: set[bytes] = set()
    left: set[bytes] = set(_UNSEEN)
    for leaf in leaves(root):
        if leaf.type in _NAMES and leaf.text and not any(start <= leaf.start_byte < end for start, end in inside):
            going = any(edit.start <= leaf.start_byte < edit.end for edit in removed)
            (gone if going else left).add(leaf.text)
    found: list[Edit] = []
    for statement in statements:
        names = dict(_bound(statement))
        kept = [part for part, name in names.items() if name not in gone or name in left]
        if names and not kept:
            found.append(_lines_of(path, source, statement))
        elif len(kept) < len(names):
            clause = next(one for one in statement.named_children if one.type == "import_clause")
            found.append(Edit(path, clause.start_byte, clause.end_byte, _without(source, clause, kept)))
    return found


def _bound(statement: Node) -> Iterator[tuple[Node, bytes]]:
    """What a statement imports, part by part, and the name that each is bound to."""
    clause = next((one for one in statement.named_children if one.type == "import_clause"), None)
    for part in clause.named_children if clause is not None else ():
        if part.type == "named_imports":
            specifiers = (one for one in part.named_children if one.type == "import_specifier")
            yield from ((one, one.named_children[-1].text or b"") for one in specifiers)
        else:  # the default, or `* as name`
            yield part, (part.named_children[-1] if part.named_children else part).text or b""


def _without(source: bytes, clause: Node, kept: Collection[Node]) -> bytes:
    """A clause with those of its parts that are kept, laid out as it was."""
    heads = []
    for part in clause.named_children:
        if part.type != "named_imports":
            heads += [part.text or b""] if part in kept else []
            continue
        listed = [one for one in part.named_children if one.type == "import_specifier"]
        stays = [one.text or b"" for one in listed if one in kept]
        if stays:
            glue = source[listed[0].end_byte : listed[1].start_byte] if len(listed) > 1 else b", "
            before, after = source[part.start_byte : listed[0].start_byte], source[listed[-1].end_byte : part.end_byte]
            heads.append(before + glue.join(stays) + after)
    return b", ".join(heads)


def _lines_of(path: str, source: bytes, statement: Node) -> Edit:
    start = source.rfind(b"\n", 0, statement.start_byte) + 1
    end = source.find(b"\n", statement.end_byte) + 1 or len(source)
    alone = not source[start : statement.start_byte].strip() and not source[statement.end_byte : end].strip(b" \t\r\n;")
    return Edit(path, start, end, b"") if alone else Edit(path, statement.start_byte, statement.end_byte, b"")
