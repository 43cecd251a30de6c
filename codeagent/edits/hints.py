"""What a writer is told whose edit has no place: what stands there instead, exactly, with line numbers."""

from collections import Counter
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from codeagent.edits.document import Document
from codeagent.edits.located import Missed
from codeagent.edits.patterns import fold

_PLACES: Final = 3
_LINES: Final = 30  # of one place
_AROUND: Final = 2
_LONGEST: Final = 2000  # characters of a line


def hint(document: Document, search: str, missed: Missed) -> str:
    """Return what to do about an edit that missed, and the text of the places it may have meant."""
    height = len(search.strip("\r\n").split("\n"))
    if missed.lines:
        more = missed.lines[_PLACES:]
        told = f"\n… and at {', '.join(f'line {line}' for line in more[:20])}" if more else ""
        shown = [_shown(document, line - _AROUND, line + height - 1 + _AROUND) for line in missed.lines[:_PLACES]]
        what = missed.hint or "add lines around it until only one place fits, or give near_line"
        return "\n".join([what, *shown]) + told
    if missed.hint:
        return missed.hint
    near = nearest(document, search) or _holding(document, search)
    if not near:
        return f"nothing in {document.path} is like it: read the file again"
    shown = [_shown(document, row, row + height - 1) for row in near]
    return "\n".join(["the nearest text, exactly as it stands there:", *shown])


def nearest(document: Document, search: str) -> list[int]:
    """Return the first lines (1-based) of the places most like a search, best first."""
    wanted = [fold(line) for line in search.strip("\r\n").split("\n")]
    lines = [fold(line) for line in document.lines]
    telling = {line: count for line, count in Counter(lines).items() if len(line) > 2 and count <= 20}
    close = {line: _closest(line, telling) for line in {line for line in wanted if line}}
    votes: Counter[int] = Counter()
    rows: dict[str, list[int]] = {}
    for row, line in enumerate(lines):
        rows.setdefault(line, []).append(row)
    for at, line in enumerate(wanted):
        for one in close.get(line, ()):
            for row in rows[one]:
                votes[max(0, row - at)] += len(one)
    ranked = [row for row, _ in votes.most_common(_PLACES * 10)]
    ranked.sort(key=lambda row: -_likeness(wanted, lines[row : row + len(wanted)]))
    chosen: list[int] = []
    for row in ranked:
        if all(abs(row - other) >= len(wanted) for other in chosen):
            chosen.append(row)
    return [row + 1 for row in chosen[:_PLACES]]


def _holding(document: Document, search: str) -> list[int]:
    """The first line that has the text, as a part of a word or a line."""
    at = document.text.find(search)
    return [document.line(at)] if at >= 0 else []


def _closest(line: str, telling: dict[str, int]) -> list[str]:
    return [line] if line in telling else get_close_matches(line, telling, n=3, cutoff=0.7)


def _likeness(wanted: list[str], there: list[str]) -> float:
    return SequenceMatcher(None, "\n".join(wanted)[:_LONGEST], "\n".join(there)[:_LONGEST], autojunk=False).ratio()


def _shown(document: Document, first: int, last: int) -> str:
    first, last = max(1, first), min(last, len(document.lines) - (not document.lines[-1]))
    cut = min(last, first + _LINES - 1)
    rows = [f"{number}\t{document.lines[number - 1][:_LONGEST]}" for number in range(first, cut + 1)]
    return "\n".join([f"{document.path}:{first}", *rows, *(["…"] if cut < last else [])])
