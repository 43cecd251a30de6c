"""What a writer is told whose edit has no place: what stands there instead, exactly, with line numbers."""

import re
from difflib import SequenceMatcher
from typing import Final

from codeagent.edits.document import Document
from codeagent.edits.folding import fold
from codeagent.edits.located import Missed

_PLACES: Final = 3
_LINES: Final = 30  # of one place
_AROUND: Final = 2
_COMMON: Final = 200  # lines with a word that then tells nothing
_WORTH: Final = 0.7  # of the likeness of the best place
_WORD: Final = re.compile(r"\w{2,}")
_LONGEST: Final = 300  # characters of a line, and words of a place


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
    """Return the first lines (1-based) of the places most like a search, best first.

    Lines that share rare words vote for a place; only the few places with most votes are compared."""
    wanted = [fold(line) for line in search.strip("\r\n").split("\n")]
    lines = document.folded
    rows: dict[str, list[int]] = {}
    for row, line in enumerate(lines):
        for word in {line, *_WORD.findall(line)} - {""}:
            rows.setdefault(word, []).append(row)
    votes: dict[int, float] = {}
    for at, line in enumerate(wanted[:_LINES]):
        for word in {line, *_WORD.findall(line)}:
            there = rows.get(word, ())
            for row in there if len(there) <= _COMMON else ():
                votes[max(0, row - at)] = votes.get(max(0, row - at), 0) + len(word) / len(there)
    ranked = sorted(votes, key=lambda row: -votes[row])[: _PLACES * 5]
    alike = {row: _likeness(wanted, lines[row : row + len(wanted)]) for row in ranked}
    chosen: list[int] = []
    for row in sorted(ranked, key=lambda row: -alike[row]):
        worth = alike[row] >= _WORTH * max(alike.values())
        if worth and all(abs(row - other) >= len(wanted) for other in chosen):
            chosen.append(row)
    return [row + 1 for row in chosen[:_PLACES]]


def _holding(document: Document, search: str) -> list[int]:
    """The first line that has the text, as a part of a word or a line."""
    at = document.text.find(search)
    return [document.line(at)] if at >= 0 else []


def _likeness(wanted: list[str], there: list[str]) -> float:
    first, second = (_WORD.findall("\n".join(lines))[:_LONGEST] for lines in (wanted, there))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _shown(document: Document, first: int, last: int) -> str:
    first, last = max(1, first), min(last, len(document.lines) - (not document.lines[-1]))
    cut = min(last, first + _LINES - 1)
    rows = [f"{number}\t{document.lines[number - 1][:_LONGEST]}" for number in range(first, cut + 1)]
    return "\n".join([f"{document.path}:{first}", *rows, *(["…"] if cut < last else [])])
