"""The names that a Python module lists in `__all__`, and edits of that list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.import_places import next_line
from codeagent.refactorings.python.layout import indent_of, line_end, line_start, newline_of, starts_line


@dataclass(frozen=True, slots=True)
class Export:
    """One string of `__all__`."""

    name: str
    node: Node


def exports(root: Node) -> list[Export] | None:
    """Return what a module lists in `__all__ = [...]` or adds by `+=`; None where it has no such list."""
    found: list[Export] = []
    listed = False
    for node in root.named_children:
        inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else None
        if inner is None or inner.type not in ("assignment", "augmented_assignment"):
            continue
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is not None and left.text == b"__all__" and right is not None:
            listed = True
            found += _strings(right)
    return found if listed else None


def _strings(node: Node) -> Iterator[Export]:
    if node.type == "string":
        content = "".join((one.text or b"").decode() for one in node.named_children if one.type == "string_content")
        yield Export(content, node)
    elif node.type in ("list", "tuple", "binary_operator", "parenthesized_expression"):
        for one in node.named_children:
            yield from _strings(one)


def asked_of(code: Code, path: str, names: Iterable[str]) -> Iterator[str]:
    """Yield, in words, which files ask at run time what a module lists, where names of that list leave it."""
    gone = {one.name for one in exports(code.tree(path)) or ()}.intersection(names)
    asking = code.graph.incoming(f"{path}::__all__", ("references",)) if gone else ()
    for other in sorted({one.path for one in asking} - {path}):
        yield f"{other} asks for __all__ of {path}, which no longer has {', '.join(sorted(gone))}"


def without(path: str, source: bytes, root: Node, names: set[str]) -> Iterator[Edit]:
    """Yield the edits that take names out of `__all__`."""
    listed = exports(root) or []
    for one in listed:
        if one.name not in names:
            continue
        start, end = one.node.start_byte, one.node.end_byte
        comma = source[end : line_end(source, end)].lstrip().startswith(b",")
        rest = source[end : line_end(source, end)].strip()
        if starts_line(source, start) and rest in (b"", b","):
            yield Edit(path, line_start(source, start), next_line(source, end), b"")
        elif comma:
            tail = source[end:]
            skip = tail.index(b",") + 1
            skip += len(tail[skip:]) - len(tail[skip:].lstrip(b" \t"))
            yield Edit(path, start, end + skip, b"")
        else:
            before = source[:start].rstrip()
            cut = len(before) - 1 if before.endswith(b",") else start
            earlier = [other for other in listed if other.node.end_byte <= cut and other.name not in names]
            yield Edit(path, cut if earlier else start, end, b"")


def added(path: str, source: bytes, root: Node, names: list[str]) -> Iterator[Edit]:
    """Yield the edit that adds names to a module's `__all__`, if it has one with names in it."""
    listed = exports(root)
    fresh = [name for name in names if name not in {one.name for one in listed or ()}]
    if not listed or not fresh:
        return
    last = listed[-1].node
    quote = source[last.start_byte : last.start_byte + 1].decode()
    lined = starts_line(source, last.start_byte)
    glue = newline_of(source) + indent_of(source, last.start_byte) if lined else b" "
    text = b"".join(b"," + glue + f"{quote}{name}{quote}".encode() for name in fresh)
    yield Edit(path, last.end_byte, last.end_byte, text)
