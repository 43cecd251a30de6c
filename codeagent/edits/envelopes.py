"""Patches in an envelope, as some models are trained to write them: `*** Begin Patch`, sections of files, no lines."""

import re
from collections.abc import Sequence
from typing import Final

from codeagent.edits.request import EditRequest, Malformed, MovedFile, NewFile, RemovedFile, TextEdit

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_SECTION: Final = re.compile(r"\*\*\* (Add|Delete|Update) File: (.+)")
_MOVE: Final = "*** Move to:"
_FORM: Final = (
    "*** Begin Patch, then *** Add File: path, *** Delete File: path or *** Update File: path (next *** Move to: path "
    "where it moves) with @@ and lines that start with a space, - or +, then *** End Patch"
)


def parse_envelope(text: str) -> list[EditRequest]:
    """Return the edits of an envelope, whatever stands around it. Raises Malformed."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    marks = [line.strip() for line in lines]
    if _BEGIN not in marks:
        raise Malformed(f"there is no line {_BEGIN}", _FORM)
    first = marks.index(_BEGIN)
    if _END not in marks[first:]:
        raise Malformed(f"line {first + 1}: the patch does not end with {_END}", _FORM)
    end = marks.index(_END, first)
    heads = [(row, found) for row in range(first + 1, end) if (found := _SECTION.fullmatch(marks[row]))]
    if not heads or any(marks[row] for row in range(first + 1, heads[0][0])):
        raise Malformed(f"line {first + 2}: no file is named", _FORM)
    stops = [row for row, _ in heads[1:]] + [end]
    edits: list[EditRequest] = []
    for (row, head), stop in zip(heads, stops, strict=True):
        edits += _section(head[1], head[2].strip(), lines[row + 1 : stop], row + 2)
    return edits


def _section(action: str, path: str, lines: list[str], line: int) -> list[EditRequest]:
    """The edits of one file; `line` is the 1-based number of its first line."""
    if action == "Delete":
        return [RemovedFile(path)]
    if action == "Add":
        wrong = next((row for row, text in enumerate(lines) if text.strip() and not text.startswith("+")), None)
        if wrong is not None:
            raise Malformed(f"line {line + wrong}: a line of a new file does not start with +", _FORM)
        return [NewFile(path, "".join(f"{text[1:]}\n" for text in lines if text))]
    edits: list[EditRequest] = []
    if lines and lines[0].strip().startswith(_MOVE):
        to = lines[0].strip().removeprefix(_MOVE).strip()
        edits += [MovedFile(path, to)] if to != path else []
        lines, line = lines[1:], line + 1
    context: list[str] = []
    old: list[str] = []
    new: list[str] = []
    for row, text in enumerate([*lines, "@@"]):
        if text.startswith("@@"):
            edits += [chunk(path, context, old, new)] if old != new else []
            context = [] if old or new else context
            context, old, new = [*context, *filter(None, [text[2:].removeprefix(" ")])], [], []
        elif text.startswith("*** End of File"):
            continue
        elif text[:1] in ("", " ", "-", "+"):
            old += [text[1:]] if text[:1] != "+" else []
            new += [text[1:]] if text[:1] != "-" else []
        else:
            raise Malformed(f"line {line + row}: {text[:40]!r} starts with no space, - or +", _FORM)
    if not edits:
        raise Malformed(f"line {line}: nothing changes in {path}", _FORM)
    return edits


def chunk(path: str, context: Sequence[str], old: Sequence[str], new: Sequence[str]) -> TextEdit:
    """Return the edit of one chunk: lines that become others, somewhere after those of the context."""
    bare, fresh = list(old), list(new)
    while bare and fresh and bare[-1] == fresh[-1] == "":
        bare, fresh = bare[:-1], fresh[:-1]
    above = [part for line in context for part in (line, "...")]
    if any(line.strip() in {one.strip() for one in bare[:1]} for line in context[-1:]):
        above = above[:-2]  # the chunk begins with its own context
    return TextEdit(path, _text([*above, *bare]), _text([*above, *fresh]))


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
