"""The rungs of the ladder, strictest first, and the words in which each is told."""

from enum import StrEnum
from typing import Final


class Rung(StrEnum):
    """How far a search text differed from what stands in the file."""

    EXACT = "exact"
    LINE_ENDS = "line-ends"
    TRAILING = "trailing-space"
    INDENTATION = "indentation"
    SPACING = "spacing"
    LOOK_ALIKES = "look-alikes"
    BLANK_LINES = "blank-lines"
    ELISION = "elision"
    ALREADY = "already-so"
    ANCHOR = "anchor"


NOTES: Final = {
    Rung.EXACT: "found exactly",
    Rung.LINE_ENDS: "found but for its line ends",
    Rung.TRAILING: "found but for spaces at the ends of lines",
    Rung.INDENTATION: "found with another indentation; the new lines follow the file's",
    Rung.SPACING: "found but for spaces within lines",
    Rung.LOOK_ALIKES: "found but for characters that look alike (quotes, dashes, spaces, composed letters)",
    Rung.BLANK_LINES: "found but for blank lines",
    Rung.ELISION: "found piece by piece around what was left out; that stays as it is",
    Rung.ALREADY: "already so: nothing is changed",
    Rung.ANCHOR: "found by its first and last lines; of the lines between, those not meant to change stay as they are",
}

# Rungs on which every line of the search has its line in the file, in the order in which they are tried.
LINE_BY_LINE: Final = (
    Rung.EXACT,
    Rung.LINE_ENDS,
    Rung.TRAILING,
    Rung.INDENTATION,
    Rung.SPACING,
    Rung.LOOK_ALIKES,
)
