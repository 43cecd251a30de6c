"""Unified diffs as models write them: hunks are found by their text, line numbers only choose among equal places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from codeagent.edits.naming import FENCE
from codeagent.edits.request import EditRequest, Malformed, MovedFile, NewFile, RemovedFile, TextEdit

_OLD: Final = re.compile(r"--- (.+)")
_NEW: Final = re.compile(r"\+\+\+ (.+)")
_HUNK: Final = re.compile(r"@@+(?: -(\d+))?.*")
_RENAME: Final = re.compile(r"rename (from|to) (.+)")
_HEADERS: Final = (
    *("diff --git ", "index ", "new file mode ", "deleted file mode ", "old mode ", "new mode "),
    *("similarity index ", "dissimilarity index "),
)
_NOTHING: Final = "/dev/null"
_RENAMES: Final = "a file is moved by the lines rename from OLD and rename to NEW, hunks after them"
_FORM: Final = "--- path, +++ path, then hunks: @@ @@ and lines that start with a space, - or +"


@dataclass(slots=True)
class _File:
    old: str
    new: str
    line: int  # of the diff, 1-based
    renamed: bool = False  # as its head says
    hunks: list["_Hunk"] = field(default_factory=list)


@dataclass(slots=True)
class _Hunk:
    near: int | None
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Add one line of the hunk; one without a sign is context whose space was forgotten."""
        sign, text = (line[0], line[1:]) if line[:1] in (" ", "-", "+") else (" ", line)
        if sign != "+":
            self.old.append(text + "\n")
        if sign != "-":
            self.new.append(text + "\n")


def parse_diff(text: str, *, path: str = "") -> list[EditRequest]:
    """Return the edits of a diff, fenced or not; `path` is the file of hunks without one. Raises Malformed."""
    files = _files([line.removesuffix("\r") for line in text.split("\n")], path)
    edits = [edit for file in files for edit in _edits(file)]
    if not edits:
        raise Malformed("there is no hunk that changes anything", _FORM)
    return edits


def _files(lines: list[str], path: str) -> list[_File]:
    fenced = any((fence := FENCE.fullmatch(line)) and _opens_diff(fence[2]) for line in lines)
    files = [_File(path, path, 1)] if path else []
    hunk: _Hunk | None = None
    inside = not fenced
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = FENCE.fullmatch(line)
        if fence and (not inside or not line.startswith(" ")):
            inside = not fenced or _opens_diff(fence[2])
            hunk = None
        elif inside and (pair := _pair(lines, at)):
            if not (files and files[-1].renamed and (files[-1].old, files[-1].new) == pair):
                files.append(_File(*pair, at + 1))
            hunk, at = None, at + 1
        elif inside and _HUNK.fullmatch(line):
            if not files:
                raise Malformed(f"line {at + 1}: a hunk stands before any file name", _FORM)
            found = _HUNK.fullmatch(line)
            hunk = _Hunk(int(found[1]) if found and found[1] else None)
            files[-1].hunks.append(hunk)
        elif inside and (pair := _renaming(lines, at)):
            files.append(_File(*pair, at + 1, renamed=True))
            hunk, at = None, at + 1
        elif inside and line.startswith(("rename ", "copy ")):
            raise Malformed(f"line {at + 1}: a diff cannot copy a file, or rename it by half", _RENAMES)
        elif inside and line.startswith(_HEADERS):
            hunk = None
        elif hunk is not None and not line.startswith("\\"):
            if not fenced and line and line[0] not in " -+":
                hunk = None
            else:
                hunk.take(line)
        at += 1
    return files


def _opens_diff(info: str) -> bool:
    return info.split(" ")[0].lower() in ("diff", "patch", "udiff")


def _pair(lines: list[str], at: int) -> tuple[str, str] | None:
    """The old and the new name where two such lines stand together."""
    old = _OLD.fullmatch(lines[at])
    new = _NEW.fullmatch(lines[at + 1]) if old and at + 1 < len(lines) else None
    if old is None or new is None:
        return None
    first, second = (re.split(r"\t", name)[0].strip() for name in (old[1], new[1]))
    if all(name == _NOTHING or name.startswith(side) for name, side in ((first, "a/"), (second, "b/"))):
        first, second = (name if name == _NOTHING else name[2:] for name in (first, second))
    return first, second


def _renaming(lines: list[str], at: int) -> tuple[str, str] | None:
    """The old and the new name where two lines of a rename stand together."""
    found = [_RENAME.fullmatch(line) for line in lines[at : at + 2]]
    if len(found) < 2 or found[0] is None or found[1] is None or (found[0][1], found[1][1]) != ("from", "to"):
        return None
    return found[0][2].strip(), found[1][2].strip()


def _edits(file: _File) -> Iterator[EditRequest]:
    hunks = [_unpadded(hunk) for hunk in file.hunks]
    if file.new == _NOTHING:
        yield RemovedFile(file.old)
        return
    if _NOTHING != file.old != file.new and not file.renamed:
        raise Malformed(f"line {file.line}: {file.old} and {file.new} are two files", _RENAMES)
    if file.renamed and file.old != file.new:
        yield MovedFile(file.old, file.new)
    if file.old == _NOTHING and not any(hunk.old for hunk in hunks):
        yield NewFile(file.new, "".join(line for hunk in hunks for line in hunk.new))
        return
    for hunk in hunks:
        if hunk.old != hunk.new:
            yield TextEdit(file.old if file.renamed else file.new, "".join(hunk.old), "".join(hunk.new), hunk.near)


def _unpadded(hunk: _Hunk) -> _Hunk:
    """A hunk without the empty lines that only part it from what follows."""
    old, new = list(hunk.old), list(hunk.new)
    while old and new and old[-1] == new[-1] == "\n":
        old, new = old[:-1], new[:-1]
    return _Hunk(hunk.near, old, new)
