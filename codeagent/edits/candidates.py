"""Every place that a search text may stand for on one rung, and the choice of the one that is meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.edits.document import Document, split
from codeagent.edits.folding import fold
from codeagent.edits.indenting import Shift
from codeagent.edits.patterns import patterns
from codeagent.edits.rungs import Rung

_WORD: Final = re.compile(r"\w")
_NEAR: Final = 5  # lines that `near_line` may be off by
_FARTHER: Final = 3  # times as far as the nearest place any other must be
_REINDENTED: Final = (Rung.INDENTATION, Rung.SPACING, Rung.LOOK_ALIKES)


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start` to `end` of a document, and their first line (1-based)."""

    start: int
    end: int
    line: int


def candidates(document: Document, search: str, rung: Rung) -> list[Found]:
    """Return the places that fit on a rung, in order."""
    if not document.holds([fold(line) for line in split(search)[1:-1]]):
        return []  # on every rung the lines between must read alike; no need to look closely
    for spans in _looks(document.text, search, rung):
        found = [Found(start, end, document.line(start)) for start, end in spans if _fits(document, search, start, end)]
        if rung in _REINDENTED:
            found = [one for one in found if Shift(*_same_lines(search, document.text[one.start : one.end]))]
        if found:
            return found
    return []


def _looks(text: str, search: str, rung: Rung) -> Iterator[Iterator[tuple[int, int]]]:
    """The places of each way to look, one way after the other."""
    if rung is Rung.EXACT:
        yield _exact(text, search)
    else:
        yield from (_matches(text, pattern) for pattern in patterns(search, rung))


def _exact(text: str, search: str) -> Iterator[tuple[int, int]]:
    at = text.find(search)
    while at >= 0:
        yield at, at + len(search)
        at = text.find(search, at + 1)


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    match = pattern.search(text)
    while match:
        yield match.span()
        match = pattern.search(text, match.start() + 1)


def _fits(document: Document, search: str, start: int, end: int) -> bool:
    """Whether a search for whole lines starts a line, and any other cuts no word."""
    if search.endswith("\n"):
        return start == document.line_start(start)
    return not (_inside_word(document.text, start) or _inside_word(document.text, end))


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(_WORD.match(text[at - 1]) and _WORD.match(text[at]))


def _same_lines(search: str, there: str) -> tuple[list[str], list[str]]:
    """The lines of both; the file may end without the line end that the search has."""
    first, second = split(search), split(there)
    return first[: len(second)], second


def nearest(found: list[Found], line: int | None) -> Found | None:
    """Return the place that a line number speaks for; None where it does not tell which.

    It may be a few lines off, where the next place is several times as far: a line far from all places, or between
    two, was counted in another text."""
    if len(found) == 1:
        return found[0]
    if line is None:
        return None
    first, second = sorted(found, key=lambda one: abs(one.line - line))[:2]
    off, other = abs(first.line - line), abs(second.line - line)
    return first if off <= _NEAR and off * _FARTHER <= other and off < other else None
