"""A place known by its first and last lines: most lines between are the same, and none that differs is overwritten."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from codeagent.edits.document import Document
from codeagent.edits.folding import fold
from codeagent.edits.indenting import Shift
from codeagent.edits.merging import Misfit, Rows, shifted

LEAST_LINES: Final = 3  # of text, or the anchors are all there is
LEAST_LIKENESS: Final = 0.8  # of all lines
LINE_LIKENESS: Final = 0.9  # of a line that is to be replaced though the writer remembered it otherwise
_WIDTH: Final = 500  # characters of a line that are compared


@dataclass(frozen=True, slots=True)
class Window:
    """Lines `first` to `end` of a file that a search may stand for; `pairs`: its lines by those of the search."""

    first: int
    end: int
    likeness: float
    pairs: dict[int, int]


def windows(document: Document, search: str) -> list[Window]:
    """Return every window that is like enough; of those that start together only the most alike."""
    wanted = [fold(line) for line in _bare(search)]
    if sum(map(bool, wanted)) < LEAST_LINES:
        return []
    lines = document.folded
    spread = max(1, len(wanted) // 4)
    lasts = [row for row, line in enumerate(lines) if line == wanted[-1]]
    found: list[Window] = []
    for first in (row for row, line in enumerate(lines) if line == wanted[0]):
        here = [
            _compared(wanted, lines, first, last + 1)
            for last in lasts
            if abs(last + 1 - first - len(wanted)) <= spread and last > first
        ]
        alike = [window for window in here if window.likeness >= LEAST_LIKENESS]
        if alike:
            found.append(max(alike, key=lambda window: (window.likeness, -window.end)))
    return found


def same_but_blank(document: Document, search: str) -> list[Window]:
    """Return every window that has the lines of the search and only blank lines more or less."""
    bare = [fold(line) for line in _bare(search)]
    wanted = [line for line in bare if line]
    lines = document.folded
    rows = [row for row, line in enumerate(lines) if line]
    starts = [at for at in range(len(rows) - len(wanted) + 1) if lines[rows[at]] == wanted[0]]
    return [
        _compared(bare, lines, rows[at], rows[at + len(wanted) - 1] + 1)
        for at in starts
        if [lines[row] for row in rows[at : at + len(wanted)]] == wanted
    ]


def _bare(search: str) -> list[str]:
    return search.strip("\r\n").replace("\r\n", "\n").split("\n")


def _compared(wanted: list[str], lines: list[str], first: int, end: int) -> Window:
    """Which lines of the search are which of the window, and how much alike both are."""
    there, pairs, score = lines[first:end], {}, 0.0
    for tag, at, stop, low, high in SequenceMatcher(None, wanted, there, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and stop - at == high - low):
            for here, row in zip(range(at, stop), range(low, high), strict=True):
                alike = 1.0 if tag == "equal" else likeness(wanted[here], there[row])
                score += alike
                if alike >= LINE_LIKENESS:
                    pairs[here] = row
    return Window(first, end, score / max(len(wanted), len(there)), pairs)


def likeness(first: str, second: str) -> float:
    """Return how much alike two lines are, 0 to 1."""
    matcher = SequenceMatcher(None, first[:_WIDTH], second[:_WIDTH], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= LINE_LIKENESS else 0.0


def rewritten(document: Document, window: Window, search: str, replace: str) -> str:
    """Return the text of a window's lines with the writer's changes made; Misfit where they meet unknown lines."""
    old = document.text[line_offset(document.text, window.first) : line_offset(document.text, window.end)]
    rows = Rows(old, document.newline)
    before, after = _bare(search), _bare(replace) if replace else []
    known = sorted(window.pairs.items())
    shift = Shift([before[here] for here, _ in known], [rows.lines[row] for _, row in known], after)
    if not shift:
        raise Misfit("its lines are indented differently, each in its own way")
    chosen: list[int | str] = []
    at = 0  # the first row not yet dealt with
    for tag, first, stop, low, high in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            start, end = _reached(window, first, stop)
            chosen += [*range(at, start), *(moved for _, moved in shifted(shift, after[low:high]))]
            at = end
    chosen += range(at, window.end - window.first)
    return rows.joined([*chosen, ""]) if old.endswith("\n") else rows.joined(chosen)


def _reached(window: Window, first: int, stop: int) -> tuple[int, int]:
    """The rows that lines `first` to `stop` of the search stand for: half-open, empty for an insertion."""
    rows = [window.pairs.get(line) for line in range(first, stop)]
    if None in rows:
        raise Misfit("a line that is to be replaced reads otherwise in the file")
    if rows:
        known = [row for row in rows if row is not None]
        if known != list(range(known[0], known[0] + len(known))):
            raise Misfit("lines that the search does not have stand between those that are to be replaced")
        return known[0], known[-1] + 1
    before, after = window.pairs.get(first - 1), window.pairs.get(first)
    if before is not None and (after is None or after == before + 1):
        return before + 1, before + 1
    if after is not None and before is None:
        return after, after
    raise Misfit("lines that the search does not have stand where new lines are to go")


def line_offset(text: str, row: int) -> int:
    """Return where a 0-based line starts; the end of the text where there is none."""
    at = 0
    for _ in range(row):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at
