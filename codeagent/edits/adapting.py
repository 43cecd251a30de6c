"""New code made to fit a place: its indentation becomes that of the place, in the tabs or spaces of the file."""

import re
from math import gcd
from typing import Final

from codeagent.edits.document import split
from codeagent.edits.indenting import indent_of
from codeagent.graph.extract import has_facts
from codeagent.languages import BY_NAME, syntax

_INDENT: Final = re.compile(rb"^(\t+| {2,})[^\s*]", re.MULTILINE)  # of code: lines of comments may start with " *"


def adapted(text: str, indent: str, language: str, source: bytes) -> str:
    """Return a text without blank lines around it, every line but the blank ones moved to start at `indent`.

    Lines within a string that start left of the code around it stand where they are meant to be, and stay."""
    lines = split(text.strip("\r\n").rstrip())
    fixed = _fixed(lines, language)
    moving = [line for row, line in enumerate(lines) if line.strip() and row not in fixed]
    if not moving:
        return "\n".join(lines)
    if _first_is_bare(lines, indent):
        lines[0] = indent + lines[0]
        moving[0] = lines[0]
    least = min(map(indent_of, moving), key=len)
    width, step = _steps([indent_of(line).removeprefix(least) for line in moving], source)
    return "\n".join(
        line if row in fixed or not line.strip() else indent + _levels(line.removeprefix(least), width, step)
        for row, line in enumerate(lines)
    )


def _first_is_bare(lines: list[str], indent: str) -> bool:
    """Whether all lines but the first have the indentation of the place already."""
    rest = [line for line in lines[1:] if line.strip()]
    if not rest or not indent or indent_of(lines[0]) or not all(line.startswith(indent) for line in rest):
        return False
    deeper = all(len(indent_of(line)) > len(indent) for line in rest)
    return deeper or lines[0].startswith(("@", "#", "//", "/*")) or rest[-1].strip()[0] in ")]}"


def _steps(indents: list[str], source: bytes) -> tuple[int, str]:
    """The width of one level of the text and what one is in the file; 0 where lines may stay as they are."""
    deeper = {one for one in indents if one}
    there = [found[1].decode() for found in _INDENT.finditer(source)]
    kinds = {sign for one in deeper for sign in one}
    if len(kinds) != 1 or not there or kinds & {one[0] for one in there}:
        return 0, ""
    width = gcd(*(len(one) for one in deeper))
    return width, min(there, key=len) if there[0][0] == " " else "\t"


def _levels(line: str, width: int, step: str) -> str:
    if not width:
        return line
    indent = indent_of(line)
    return step * (len(indent) // width) + line[len(indent) :]


def _fixed(lines: list[str], language: str) -> set[int]:
    """The lines that go on a string which has lines left of the code that it starts in."""
    if not has_facts(BY_NAME[language]):
        return set()
    source = "\n".join(lines).encode()
    rows: set[int] = set()
    pending = [syntax.parse(language, source)]
    while pending:
        node = pending.pop()
        first, last = node.start_point[0], node.end_point[0]
        if "string" in node.type and last > first:
            inside = range(first + 1, last + 1)
            start = len(indent_of(lines[first]))
            if any(lines[row].strip() and len(indent_of(lines[row])) < start for row in inside):
                rows.update(inside)
        elif last > first:
            pending.extend(node.children)
    return rows
