"""New text for a place: the lines that the writer changed are written, all others stay as the file has them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from codeagent.edits.document import split
from codeagent.edits.indenting import Shift

_LINE: Final = re.compile(r"([^\n]*?)(\r?\n|\Z)")


class Misfit(Exception):
    """The place is there, but the new lines cannot be written to it; `args[0]` says why."""


class Rows:
    """Lines with their own ends; the last line has none, and is empty where the text ends in a line end."""

    def __init__(self, text: str, newline: str) -> None:
        found = _LINE.findall(text)
        self.lines = [line for line, end in found if end] + [text[text.rfind("\n") + 1 :]]
        self.ends = [end for _, end in found if end]
        self.newline = self.ends[0] if self.ends else newline

    def joined(self, chosen: Sequence[int | str]) -> str:
        """Return a text of lines of these rows (by number) and of new ones (by their text)."""
        parts: list[str] = []
        for one in chosen:
            line, end = (one, self.newline) if isinstance(one, str) else (self.lines[one], self._end(one))
            parts += [line, end]
        return "".join(parts[:-1])

    def _end(self, row: int) -> str:
        return self.ends[row] if row < len(self.ends) else self.newline


def merged(old: str, search: str, replace: str, newline: str) -> str:
    """Return what replaces `old`, the text found for `search`, line by line the same lines."""
    rows, before, after = Rows(old, newline), split(search), split(replace)
    if len(before) == len(rows.lines) + 1:  # the file ends without the line end that the search has
        before, after = before[:-1], after[:-1] if not after[-1] else after
    elif not before[-1] and after[-1]:  # whole lines become whole lines
        after = [*after, ""]
    if any(_trails(line) for line in before) and not any(_trails(line) for line in rows.lines):
        before, after = ([line.rstrip() for line in lines] for lines in (before, after))
    shift = Shift(before, rows.lines, after)
    chosen: list[int | str] = []
    for tag, first, end, start, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            chosen += range(first, end)
        else:
            chosen += [_same_line(line, before, rows) or moved for line, moved in shifted(shift, after[start:stop])]
    return rows.joined(chosen)


def _trails(line: str) -> bool:
    return line != line.rstrip()


def _same_line(line: str, before: Sequence[str], rows: "Rows") -> str:
    """The line as the file has it, where the search has it too: it was only moved."""
    there = {rows.lines[row] for row, one in enumerate(before) if one == line and line.strip()}
    return there.pop() if len(there) == 1 else ""


def shifted(shift: Shift, lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return lines, each with what it is in the indentation of the place; Misfit where one has too little."""
    found = []
    for line in lines:
        moved = shift.line(line)
        if moved is None:
            raise Misfit(f"the line {line.strip()!r} of the new text has less indentation than its place takes away")
        found.append((line, moved))
    return found
