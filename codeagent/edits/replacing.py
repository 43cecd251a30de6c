"""From a place that was found to what is written there."""

from codeagent.edits.candidates import Found
from codeagent.edits.document import Document, split
from codeagent.edits.located import Located, trimmed
from codeagent.edits.merging import merged
from codeagent.edits.rungs import NOTES, Rung


def replaced(document: Document, found: Found, search: str, replace: str, rung: Rung) -> Located:
    """Return the change at a place whose lines are those of the search. Raises Misfit."""
    text, start, end, note = document.text, found.start, found.end, NOTES[rung]
    before = text[document.line_start(start) : start]
    alone = not before.strip() and document.at_line_end(end) and not search.endswith("\n")
    if not replace:
        new = ""
        if alone:
            start, end = start - len(before), _past_line_end(text, end)
            note += "; its line goes with it"
    elif alone and before and "\n" not in search and _relative(before, replace):
        new = merged(before + text[start:end], search, replace, document.newline)[len(before) :]
        note += "; the new lines are indented like it"
    else:
        new = merged(text[start:end], search, replace, document.newline)
    if stands_there(text, start, text[start:end], new):
        return already(found.line)
    if not new and end == len(text) and not text.endswith("\n") and start == document.line_start(start):
        start = len(text[:start].removesuffix("\n").removesuffix("\r"))  # the file still has no final line end
    changes = trimmed(text[start:end], new, start)
    return Located(changes, rung, found.line, note) if changes else already(found.line)


def already(line: int) -> Located:
    """Return what is told of an edit whose text stands there."""
    return Located((), Rung.ALREADY, line, NOTES[Rung.ALREADY])


def stands_there(text: str, start: int, old: str, new: str) -> bool:
    """Tell whether new text only adds to what was found (at `start`), and what it adds is around it already."""
    at = new.find(old)
    if old == new or at < 0 or not new.replace(old, "", 1).strip():
        return old == new
    first = start - at
    end = first + len(new)
    if first < 0 or not text.startswith(new, first):
        return False
    ahead = text[text.rfind("\n", 0, first) + 1 : first]
    return not ahead.strip() and (new.endswith("\n") or end == len(text) or text.startswith(("\n", "\r\n"), end))


def _relative(before: str, replace: str) -> bool:
    """Whether the lines after the first are written as if the line had no indentation."""
    return any(line.strip() and not line.startswith(before) for line in split(replace)[1:])


def _past_line_end(text: str, at: int) -> int:
    return at + (2 if text.startswith("\r\n", at) else text.startswith("\n", at))
