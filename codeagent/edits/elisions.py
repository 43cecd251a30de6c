"""Texts with something left out, as writers do to save words: told from code, found piece by piece, never written."""

import re
from typing import Final

from codeagent.edits.candidates import candidates
from codeagent.edits.document import Document, split
from codeagent.edits.located import Change, Located, Missed
from codeagent.edits.replacing import replaced
from codeagent.edits.rungs import LINE_BY_LINE, NOTES, Rung

_MARK: Final = r"(?:#|//|--|/\*|<!--|\{/\*|;|%|\*)"
_DOTS: Final = r"(?:\.\.\.|\u2026)"
_ELIDED: Final = re.compile(rf"\s*(?:{_MARK}\s*)?{_DOTS}(?:.*{_DOTS})?\s*(?:\*/\}}?|-->)?\s*")
_LAZY: Final = re.compile(
    rf"\s*{_MARK}\s*(?:{_DOTS}\s*(?:\*/\}}?|-->)?\s*\Z|{_DOTS}\s*(?:(?:the|your|all|any|keep|rest|of)\s+)*"
    r"(?:existing|remaining|remainder|unchanged|same|other|previous|original|code|implementation|methods|functions)\b)",
    re.IGNORECASE,
)


def left_out(search: str, replace: str) -> str:
    """Return a line of the new text that stands for code left out; "" where there is none.

    The same line in the search is either text of the file, or stands for what stays."""
    before = {line.strip() for line in split(search)}
    lazy = (line.strip() for line in split(replace) if _LAZY.match(line))
    return next((line for line in lazy if line not in before), "")


def around_elisions(document: Document, search: str, replace: str) -> Located | None:
    """Return where the pieces of a search stand, one after the other, each of them once. Raises Missed, Misfit."""
    pieces, new = _pieces(search), _pieces(replace)
    if len(pieces) < 2:
        return None
    if len(pieces) != len(new):
        raise Missed(
            f"the search text leaves something out {len(pieces) - 1} times and the new text {len(new) - 1} times",
            hint="leave out the same in both, or write both out",
        )
    changes: list[Change] = []
    line, at = 0, 0
    for old, text in zip(pieces, new, strict=True):
        if old.strip():
            done, at = _piece(document, old, text, at)
            changes += done.changes
            line = line or done.line
        elif text.strip():
            raise Missed("new text stands where the search text only leaves something out")
    return Located(tuple(changes), Rung.ELISION, line, NOTES[Rung.ELISION])


def _piece(document: Document, old: str, text: str, at: int) -> tuple[Located, int]:
    for rung in LINE_BY_LINE:
        found = [one for one in candidates(document, old, rung) if one.start >= at]
        if found[1:]:
            first = next(line.strip() for line in split(old) if line.strip())
            reason = f"the piece of the search text that starts with {first!r} fits {len(found)} places"
            raise Missed(reason, tuple(one.line for one in found))
        if found:
            return replaced(document, found[0], old, text, rung), found[0].end
    first = next(line.strip() for line in split(old) if line.strip())
    raise Missed(f"the piece of the search text that starts with {first!r} does not stand in {document.path}")


def _pieces(text: str) -> list[str]:
    """The texts between lines that stand for something left out, whole lines each."""
    pieces = [""]
    for line in split(text if text.endswith("\n") else text + "\n")[:-1]:
        if _ELIDED.fullmatch(line):
            pieces.append("")
        else:
            pieces[-1] += line + "\n"
    return pieces
