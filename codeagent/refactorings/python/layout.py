"""Text as a Python file is laid out: its line ending, its indentation, and blocks moved to another depth."""

import re
from collections.abc import Iterator

from codeagent.languages.syntax import Node

BOM = b"\xef\xbb\xbf"
_BRACKETED = frozenset(
    "list dictionary set list_comprehension set_comprehension dictionary_comprehension generator_expression"
    " parenthesized_expression string tuple".split()
)


def newline_of(source: bytes) -> bytes:
    """Return the line ending of a file, by its first line."""
    at = source.find(b"\n")
    return b"\r\n" if at > 0 and source[at - 1 : at] == b"\r" else b"\n"


def line_start(source: bytes, offset: int) -> int:
    """Return where the line of an offset starts, after a byte order mark."""
    start = source.rfind(b"\n", 0, offset) + 1
    return start + len(BOM) if start == 0 and source.startswith(BOM) else start


def line_end(source: bytes, offset: int) -> int:
    """Return where the line of an offset ends, before its line ending."""
    end = source.find(b"\n", offset)
    end = len(source) if end < 0 else end
    return end - 1 if source[end - 1 : end] == b"\r" and end > offset else end


def indent_of(source: bytes, offset: int) -> bytes:
    """Return the blanks that the line of an offset starts with."""
    match = re.compile(rb"[ \t\f]*").match(source, line_start(source, offset))
    return match[0] if match else b""


def starts_line(source: bytes, offset: int) -> bool:
    """Tell whether only blanks stand before an offset in its line."""
    return not source[line_start(source, offset) : offset].strip()


def unit_of(root: Node, source: bytes) -> bytes:
    """Return what one level of indentation is in a file: the first that is met, or four blanks."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "block" and node.parent is not None and node.named_children:
            outer, inner = (
                indent_of(source, node.parent.start_byte),
                indent_of(source, node.named_children[0].start_byte),
            )
            if len(inner) > len(outer) and inner.startswith(outer):
                return inner[len(outer) :]
        pending.extend(reversed(node.named_children))
    return b"    "


def reindented(root: Node, source: bytes, start: int, end: int, new: bytes) -> bytes:
    """Return bytes `start` to `end` with the indentation of their first line exchanged for `new` in all later lines.

    Lines that start inside a string, and those that are indented less, stay as they are."""
    return b"".join(indent + source[first:last] for indent, first, last in moved(root, source, start, end, new))


def moved(root: Node, source: bytes, start: int, end: int, new: bytes) -> list[tuple[bytes, int, int]]:
    """Return what `reindented` is made of: the indentation that is put before bytes `first` to `last`, for each."""
    old = indent_of(source, start)
    inside = [(one.start_byte, one.end_byte) for one in _long_strings(root, start, end)]
    parts, at, indent = [], start, b""
    for begin in _line_starts(source, start, end):
        text = source[begin : line_end(source, begin)]
        if any(first < begin <= last for first, last in inside) or not text.startswith(old) or not text.strip():
            continue
        parts.append((indent, at, begin))
        at, indent = begin + len(old), new
    return [*parts, (indent, at, end)]


def _line_starts(source: bytes, start: int, end: int) -> Iterator[int]:
    at = source.find(b"\n", start, end)
    while at >= 0:
        yield at + 1
        at = source.find(b"\n", at + 1, end)


def _long_strings(root: Node, start: int, end: int) -> Iterator[Node]:
    """Yield the strings in a part of a file that hold a line break."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.end_byte <= start or node.start_byte >= end or node.start_point[0] == node.end_point[0]:
            continue
        if node.type == "string":
            yield node
        else:
            pending.extend(node.named_children)


def needs_brackets(node: Node, text: bytes) -> bool:
    """Tell whether an expression must be bracketed to be a statement's value of its own."""
    if node.type == "named_expression":
        return True
    bracketed = node.type in _BRACKETED and text[:1] not in b"abcdefghijklmnopqrstuvwxyz"
    if b"\n" not in text or bracketed:
        return False
    function = node.child_by_field_name("function") if node.type == "call" else None
    return function is None or b"\n" in (function.text or b"\n")


def spaced(source: bytes, start: int, end: int, text: bytes) -> bytes:
    """Return a text with blanks where it would grow together with the words around bytes `start` to `end`."""
    before = b" " if _wordy(source[start - 1 : start]) and _wordy(text[:1]) and start else b""
    after = b" " if _wordy(text[-1:]) and _wordy(source[end : end + 1]) else b""
    return before + text + after


def _wordy(char: bytes) -> bool:
    return char.isalnum() or char == b"_" or char >= b"\x80"
