"""Every place that a search text may stand for on one rung, and the choice of the one that is meant."""

import re
from dataclasses import dataclass
from typing import Final

from codeagent.edits.document import Document, split
from codeagent.edits.indenting import Shift
from codeagent.edits.patterns import patterns
from codeagent.edits.rungs import Rung

_WORD: Final = re.compile(r"\w")
_NEAR: Final = 100  # lines that `near_line` may be off by
_REINDENTED: Final = (Rung.INDENTATION, Rung.SPACING, Rung.LOOK_ALIKES)


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start` to `end` of a document, and their first line (1-based)."""

    start: int
    end: int
    line: int


def candidates(document: Document, search: str, rung: Rung, within: tuple[int, int] | None = None) -> list[Found]:
    """Return the places that fit on a rung, in order; `within`: only between these characters."""
    low, high = within or (0, len(document.text))
    for pattern in patterns(search, rung):
        found, at = [], low
        while match := pattern.search(document.text, at, high):
            if _fits(document, search, match, rung):
                found.append(Found(match.start(), match.end(), document.line(match.start())))
            at = match.start() + 1
        if found:
            return found
    return []


def _fits(document: Document, search: str, match: re.Match[str], rung: Rung) -> bool:
    text, start, end = document.text, match.start(), match.end()
    if search.endswith("\n"):
        whole = start == document.line_start(start)
    else:
        whole = not (_inside_word(text, start) or _inside_word(text, end))
    return whole and (rung not in _REINDENTED or bool(Shift(*_same_lines(search, match[0]))))


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(_WORD.match(text[at - 1]) and _WORD.match(text[at]))


def _same_lines(search: str, there: str) -> tuple[list[str], list[str]]:
    """The lines of both; the file may end without the line end that the search has."""
    first, second = split(search), split(there)
    return first[: len(second)], second


def nearest(found: list[Found], line: int | None) -> Found | None:
    """Return the place that a line number speaks for; None where it does not tell which.

    The nearest counts only when the next one is at least twice as far."""
    if len(found) == 1:
        return found[0]
    if line is None:
        return None
    first, second = sorted(found, key=lambda one: abs(one.line - line))[:2]
    off, other = abs(first.line - line), abs(second.line - line)
    return first if off <= _NEAR and off * 2 <= other and off < other else None
