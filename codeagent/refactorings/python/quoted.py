"""Names in quoted annotations: `"Cart"` in `def f(cart: "Cart")` is read by type checkers alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.python.dotted_strings import strings

_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Quoted:
    """One name in a quoted annotation, by the bytes of the string's content."""

    name: str
    start: int
    end: int


def quoted_names(root: Node, start: int, end: int) -> Iterator[Quoted]:
    """Yield the names in quoted annotations, and in the first argument of `cast`, between two bytes."""
    for node in strings(root):
        if start <= node.start_byte < end and (enclosing(node, "type") is not None or _cast(node)):
            for match in _NAME.finditer((node.text or b"").decode("utf-8", "surrogateescape")):
                yield Quoted(match[0], node.start_byte, node.end_byte)


def _cast(content: Node) -> bool:
    string = content.parent
    arguments = string.parent if string is not None else None
    call = arguments.parent if arguments is not None else None
    if string is None or arguments is None or call is None or call.type != "call":
        return False
    function = call.child_by_field_name("function")
    name = (function.text or b"").rpartition(b".")[2] if function is not None else b""
    return name == b"cast" and arguments.named_children[0] == string
