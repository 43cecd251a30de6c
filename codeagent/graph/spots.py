"""Bytes to lines and columns, and back: lines are 1-based, columns are 1-based characters."""

from bisect import bisect_right
from collections.abc import Sequence

from codeagent.domain.code import Place


def line_of(lines: Sequence[int], start: int, end: int) -> int:
    """Return the 1-based line of the last byte of a half-open span, given where each line starts."""
    return bisect_right(lines, max(end - 1, start))


def place_of(path: str, source: bytes, start: int, end: int) -> Place:
    """Return the place of a byte span of a file."""
    before = source.rfind(b"\n", 0, start) + 1
    line = source.count(b"\n", 0, start) + 1
    column = len(source[before:start].decode("utf-8", "replace")) + 1
    return Place(path, line, column, line + source.count(b"\n", start, max(end - 1, start)))


def offset_of(source: bytes, line: int, column: int) -> int | None:
    """Return the byte offset of a 1-based line and column; None where there is no such place."""
    rows = source.split(b"\n")
    if not 1 <= line <= len(rows) or column < 1:
        return None
    text = rows[line - 1].decode("utf-8", "surrogateescape")
    if column > len(text) + 1:
        return None
    before = sum(len(row) + 1 for row in rows[: line - 1])
    return before + len(text[: column - 1].encode("utf-8", "surrogateescape"))


def line_at(source: bytes, offset: int) -> int:
    """Return the 1-based line that a byte stands on."""
    return source.count(b"\n", 0, offset) + 1
