"""Imports of a Python file put in order: what is unused goes, duplicates are merged, sections sorted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.python.import_places import next_line, sort_key
from codeagent.refactorings.python.imports import Imported, ImportStatement, section
from codeagent.refactorings.python.layout import line_end, line_start, newline_of, starts_line

_MARKED: Final = re.compile(rb"isort:|fmt:\s*off")


@dataclass(frozen=True, slots=True)
class Style:
    """How imports are written: `width` is the longest line, in characters; `single`: each name has its own line."""

    width: int
    single: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """One statement to write: its names, the comment lines above it, the comment behind it.

    `source` is its text as it stands, kept where nothing in it changes."""

    module: str | None
    names: tuple[tuple[str, str | None], ...]
    above: bytes
    behind: bytes
    source: bytes

    @property
    def plain(self) -> bool:
        return not self.above and not self.behind and b"#" not in self.source


def organized(
    path: str,
    source: bytes,
    root: Node,
    statements: Sequence[ImportStatement],
    unused: set[int],
    tops: frozenset[str],
    style: Style,
) -> Iterator[Edit]:
    """Yield the edits that put every run of imports at the top level in order.

    `unused` holds the starts of imported names that go."""
    for run in _runs(root, statements):
        start, end = _first_byte(source, run[0]), line_end(source, run[-1].end)
        if _MARKED.search(source[start:end]) or not all(_alone(source, one) for one in run):
            continue
        text = _text(source, run, unused, tops, style)
        if text:
            new = text
        else:
            start, end = _emptied(source, start, end)
            new = b""
        if source[start:end] != new:
            yield Edit(path, start, end, new)


def _runs(root: Node, statements: Sequence[ImportStatement]) -> Iterator[list[ImportStatement]]:
    """Imports at the top level with nothing but comments and blank lines between them."""
    by_node = {one.start: one for one in statements if one.plain}
    run: list[ImportStatement] = []
    for node in root.named_children:
        if node.start_byte in by_node:
            run.append(by_node[node.start_byte])
        elif node.type != "comment":
            if run:
                yield run
            run = []
    if run:
        yield run


def _alone(source: bytes, statement: ImportStatement) -> bool:
    rest = source[statement.end : line_end(source, statement.end)].strip()
    return starts_line(source, statement.start) and (not rest or rest.startswith(b"#"))


def _first_byte(source: bytes, statement: ImportStatement) -> int:
    """Where a statement starts; comments above the first one of a run are the file's own."""
    return line_start(source, statement.start)


def _emptied(source: bytes, start: int, end: int) -> tuple[int, int]:
    stop = next_line(source, end)
    while start == 0 and stop < len(source) and not source[stop : line_end(source, stop)].strip():
        stop = next_line(source, stop)
    while start > 0 and not source[line_start(source, start - 1) : start].strip():
        start = line_start(source, start - 1)
    return start, stop


def _text(source: bytes, run: list[ImportStatement], unused: set[int], tops: frozenset[str], style: Style) -> bytes:
    lines = [line for line in _lines(source, run, unused) if line.names]
    lines = [one for line in lines for one in _apart(line)] if style.single else _merged(lines)
    newline = newline_of(source)
    if not any(name == "*" for line in lines for name, _ in line.names):  # what a star brings may be hidden later
        lines.sort(key=lambda line: _order(line, tops))
    parts: list[bytes] = []
    last = -1
    for line in lines:
        group = min(section(_module(line), tops), 4)
        if parts and group != last:
            parts.append(b"")
        last = group
        parts.append(line.above + _written(line, style.width, newline) + line.behind)
    return newline.join(parts)


def _order(line: _Line, tops: frozenset[str]) -> tuple[int, tuple[bool, int, str], str]:
    module = _module(line)
    return section(module, tops), sort_key(module, line.module is not None), line.names[0][0].lower()


def _module(line: _Line) -> str:
    return line.names[0][0] if line.module is None else line.module


def _lines(source: bytes, run: list[ImportStatement], unused: set[int]) -> Iterator[_Line]:
    seen: set[tuple[str | None, str, str | None]] = set()
    previous = run[0].start
    for number, statement in enumerate(run):
        start = line_start(source, statement.start)
        above = source[next_line(source, previous) : start] if number else b""
        previous = statement.end
        names = []
        for one in statement.names:
            key = (statement.module, one.name, one.alias)
            if one.start not in unused and key not in seen:
                names.append(one)
                seen.add(key)
        behind = source[statement.end : line_end(source, statement.end)]
        yield from _split(source, statement, names, _comments(above), behind)


def _comments(above: bytes) -> bytes:
    rows = above.splitlines(keepends=True)
    return b"".join(row for row in rows if row.strip())


def _split(
    source: bytes, statement: ImportStatement, names: list[Imported], above: bytes, behind: bytes
) -> Iterator[_Line]:
    """One line for a `from` statement, one for each name of `import a, b`."""
    whole = source[statement.start : statement.end]
    pairs = [(one.name, one.alias) for one in names]
    if statement.module is None and len(pairs) > 1:
        for number, pair in enumerate(pairs):
            yield _Line(None, (pair,), b"" if number else above, b"" if number else behind, b"")
        return
    same = len(names) == len(statement.names) and pairs == sorted(pairs, key=_by_type)
    yield _Line(statement.module, tuple(sorted(pairs, key=_by_type)), above, behind, whole if same else b"")


def _by_type(pair: tuple[str, str | None]) -> tuple[int, str, str]:
    """Constants, then classes, then the rest, as isort and ruff have it."""
    name = pair[0]
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower(), pair[1] or ""


def _apart(line: _Line) -> Iterator[_Line]:
    """One statement for each name; those with comments keep theirs."""
    if len(line.names) == 1 or not line.plain:
        yield line
        return
    for pair in line.names:
        yield _Line(line.module, (pair,), b"", b"", b"")


def _merged(lines: list[_Line]) -> list[_Line]:
    """Statements of one module become one; those with comments or aliases alone keep theirs."""
    found: list[_Line] = []
    at: dict[str, int] = {}
    for line in lines:
        joins = line.module is not None and line.plain and all(name != "*" for name, _ in line.names)
        single = len(line.names) == 1 and line.names[0][1] is not None
        if not joins or single or line.module is None:
            found.append(line)
        elif line.module in at:
            other = found[at[line.module]]
            names = tuple(sorted({*other.names, *line.names}, key=_by_type))
            found[at[line.module]] = _Line(line.module, names, other.above, other.behind, b"")
        else:
            at[line.module] = len(found)
            found.append(line)
    return found


def _written(line: _Line, width: int, newline: bytes) -> bytes:
    if line.source:
        return line.source
    names = [f"{name} as {alias}" if alias else name for name, alias in line.names]
    if line.module is None:
        return f"import {', '.join(names)}".encode()
    flat = f"from {line.module} import {', '.join(names)}"
    if len(flat) <= width or len(names) == 1:
        return flat.encode()
    rows = [f"from {line.module} import (", *(f"    {name}," for name in names), ")"]
    return newline.join(row.encode() for row in rows)
