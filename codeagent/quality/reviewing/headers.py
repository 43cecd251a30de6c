"""The header of a definition on one line: what it is called and takes, not what it does."""

import re
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.reviewing.sides import Side

LONGEST: Final = 240  # letters
_OPENED: Final = re.compile(r"([(\[{<])\s+(?=\S)")
_CLOSED: Final = re.compile(r",?\s+([)\]}>])")


def header(side: Side, symbol: Symbol) -> str:
    """Return the header of a symbol, cut short where it is very long; of a value, the line that defines it."""
    source = side.read(symbol.path)
    node = definition_node(side, symbol)
    body = _body(node)
    end = body.start_byte if body is not None else node.end_byte
    text = b" ".join(source[start:stop] for start, stop in _kept(node, end))
    if body is None and symbol.span == symbol.name_span:
        text = text.split(b"\n")[0]
    flat = " ".join(text.decode("utf-8", "replace").split()).rstrip("{ :").strip()
    return _short(_CLOSED.sub(r"\1", _OPENED.sub(r"\1", flat)))


def definition_node(side: Side, symbol: Symbol) -> Node:
    """Return the node that defines a symbol: the nearest around its name that has a body, else its statement."""
    root = side.tree(symbol.path)
    name = syntax.around(root, symbol.name_span.start, symbol.name_span.end)
    if symbol.span == symbol.name_span:
        return statement_of(name)
    at, found = name, name
    while at.parent is not None and symbol.span.start <= at.start_byte and at.end_byte <= symbol.span.end:
        found = at
        if _body(at) is not None:
            return at
        at = at.parent
    return found


def statement_of(node: Node) -> Node:
    """Return the whole statement that a node is part of."""
    at = node
    while at.parent is not None and at.parent.parent is not None and not _holds_statements(at.parent):
        at = at.parent
    return at


def _holds_statements(node: Node) -> bool:
    return any(word in node.type for word in ("block", "body", "program", "module", "source_file", "_list"))


def _body(node: Node) -> Node | None:
    """The body of a definition, or of the function that a variable is given."""
    body = node.child_by_field_name("body")
    if body is None and (value := node.child_by_field_name("value")) is not None:
        body = value.child_by_field_name("body")
    return body


def _kept(node: Node, end: int) -> list[tuple[int, int]]:
    """The spans of a header without comments and decorators."""
    spans, at = [], node.start_byte
    pending = [node]
    left_out: list[Node] = []
    while pending:
        for child in pending.pop().children:
            if child.start_byte < end:
                (left_out if child.type == "decorator" or "comment" in child.type else pending).append(child)
    for child in sorted(left_out, key=lambda one: one.start_byte):
        spans.append((at, child.start_byte))
        at = child.end_byte
    return [*spans, (at, end)]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
