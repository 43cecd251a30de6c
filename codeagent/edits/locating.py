"""One search and replacement taken up the ladder: where it belongs and what is written there, or why nowhere."""

from typing import Final

from codeagent.edits.anchoring import line_offset, rewritten, same_but_blank, windows
from codeagent.edits.candidates import Found, candidates, nearest
from codeagent.edits.document import Document, split
from codeagent.edits.elisions import around_elisions, left_out
from codeagent.edits.located import Change, Located, Missed, trimmed
from codeagent.edits.merging import Misfit
from codeagent.edits.replacing import already, replaced
from codeagent.edits.rungs import LINE_BY_LINE, NOTES, Rung

_LEAST_TELLING: Final = 16  # characters of a part of a line that can hardly stand there by chance


def locate(document: Document, search: str, replace: str, near_line: int | None = None) -> Located:
    """Return where a search belongs and what is to be written there. Raises Missed."""
    lazy = left_out(search, replace)
    if lazy:
        raise Missed(f"the new text leaves something out: {lazy}", hint="write out all of the text that shall be there")
    if not search.strip():
        return _into_empty(document, search, replace)
    try:
        found = _line_by_line(document, search, replace, near_line)
        found = found or _without_blank_edges(document, search, replace, near_line)
        found = found or _by_windows(document, search, replace, Rung.BLANK_LINES)
        found = found or around_elisions(document, search, replace)
        found = found or _already(document, replace, near_line)
        found = found or _by_windows(document, search, replace, Rung.ANCHOR)
    except Misfit as misfit:
        raise Missed(f"the place is there, but {misfit}") from misfit
    if found is None:
        within = " but within longer words or lines" if search in document.text else ""
        raise Missed(f"the search text does not stand in {document.path}{within}")
    return found


def _into_empty(document: Document, search: str, replace: str) -> Located:
    if document.text.strip():
        what = "blank" if search else "empty"
        raise Missed(f"the search text is {what}, and {document.path} holds text", hint="give the text to be replaced")
    return Located((Change(0, len(document.text), replace),), Rung.EXACT, 1, "the file was empty")


def _line_by_line(document: Document, search: str, replace: str, near_line: int | None) -> Located | None:
    for rung in LINE_BY_LINE:
        found = candidates(document, search, rung)
        if found:
            done = replaced(document, _one(document, found, rung, near_line), search, replace, rung)
            more = f"; of {len(found)} places the one nearest to line {near_line}" if found[1:] else ""
            return Located(done.changes, done.rung, done.line, done.note + more)
    return None


def _one(document: Document, found: list[Found], rung: Rung, near_line: int | None) -> Found:
    chosen = nearest(found, near_line)
    if chosen is not None:
        return chosen
    how = "exactly" if rung is Rung.EXACT else "equally well"
    told = "" if near_line is None else f", and line {near_line} does not tell which is meant"
    raise Missed(
        f"the search text fits {len(found)} places of {document.path} {how}{told}", tuple(one.line for one in found)
    )


def _without_blank_edges(document: Document, search: str, replace: str, near_line: int | None) -> Located | None:
    """Blank lines at the start and end of a search may be missing in the file; they are context, not replaced."""
    lines, new = split(search), split(replace)
    ahead = next(row for row, line in enumerate(lines) if line.strip())
    behind = next(row for row, line in enumerate(reversed(lines)) if line.strip()) - (not lines[-1])
    if ahead == 0 and behind <= 0:
        return None
    for _ in range(ahead):
        new = new[1:] if len(new) > 1 and not new[0].strip() else new
    for _ in range(behind):
        new = [*new[:-2], ""] if len(new) > 1 and not new[-1] and not new[-2].strip() else new
    bare = "\n".join([*lines[ahead : len(lines) - behind - (not lines[-1])], *([""] if not lines[-1] else [])])
    found = _line_by_line(document, bare, "\n".join(new), near_line)
    if found is None or found.rung is Rung.ALREADY:
        return found
    return Located(found.changes, Rung.BLANK_LINES, found.line, f"{NOTES[Rung.BLANK_LINES]}, {found.note}")


def _already(document: Document, replace: str, near_line: int | None) -> Located | None:
    """What was to be replaced is gone, and the new text stands where it can only have been put by this edit."""
    bare = replace.strip()
    if not bare:
        return None
    found = candidates(document, replace, Rung.LINE_ENDS)
    text = document.text
    telling = [
        one
        for one in found
        if len(bare) >= _LEAST_TELLING
        or (not text[document.line_start(one.start) : one.start].strip() and _ends_line(document, one, replace))
    ]
    chosen = nearest(telling, near_line) if telling else None
    return already(chosen.line) if chosen else None


def _ends_line(document: Document, found: Found, replace: str) -> bool:
    return replace.endswith("\n") or document.at_line_end(found.end)


def _by_windows(document: Document, search: str, replace: str, rung: Rung) -> Located | None:
    found = windows(document, search) if rung is Rung.ANCHOR else same_but_blank(document, search)
    if not found:
        return None
    if found[1:]:
        lines = tuple(window.first + 1 for window in found)
        raise Missed(f"the search text is like {len(found)} places of {document.path}, and equal to none", lines)
    window = found[0]
    start, end = line_offset(document.text, window.first), line_offset(document.text, window.end)
    new = rewritten(document, window, search, replace)
    changes = trimmed(document.text[start:end], new, start)
    return Located(changes, rung, window.first + 1, NOTES[rung]) if changes else already(window.first + 1)
