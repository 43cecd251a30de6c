"""Reading a unified diff, as git writes it, and applying it to files; pure, and strict about context."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.binary import Binary, read_binary
from codeagent.domain.errors import UsageError

UNTOLD: Final = b"\0"
_HUNK: Final = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE: Final = re.compile(rb'\\([abfnrtv"\\]|[0-7]{1,3})')
_LETTERS: Final = {b"a": 7, b"b": 8, b"f": 12, b"n": 10, b"r": 13, b"t": 9, b"v": 11, b'"': 34, b"\\": 92}


@dataclass(slots=True)
class Hunk:
    """Lines with their ends: `old` at 1-based line `start` become `new`."""

    start: int
    old: list[bytes] = field(default_factory=list)
    new: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class FileDiff:
    """One file of a diff; `old` is None for a new file, `new` for a deleted one. `link`: it is a submodule.

    `binary` is its content where that is no text, `untold`: that it differs is all that the diff says."""

    old: str | None
    new: str | None
    hunks: list[Hunk] = field(default_factory=list)
    link: bool = False
    binary: Binary | None = None
    untold: bool = False

    @property
    def commits(self) -> tuple[str, str]:
        """The commits that a submodule stood and stands at; "" where it was not there, or is not."""
        return _commit(line for hunk in self.hunks for line in hunk.old), _commit(
            line for hunk in self.hunks for line in hunk.new
        )


def read_diff(text: bytes) -> list[FileDiff]:
    """Return the files of a diff; UsageError where it is none, or is damaged."""
    reader = _Reader(_split(text))
    files = list(reader.files())
    if not files and text.strip():
        raise UsageError("the patch holds no diff", "a unified diff is wanted, such as git diff prints")
    return files


def apply_diff(
    files: list[FileDiff], read: Callable[[str], bytes | None]
) -> tuple[dict[str, bytes | None], dict[str, str]]:
    """Return what becomes of every touched path (None: gone), and old path to new path of what moves.

    What is untold differs from before by a byte, which no text has. Raises UsageError where a file is not as the diff
    says."""
    after: dict[str, bytes | None] = {}
    moves: dict[str, str] = {}
    for file in files:
        source = read(file.old) if file.old is not None else None
        if file.old is not None and source is None:
            raise _misfit(file.old, "there is no such file")
        if file.old is None and file.new is not None and read(file.new) is not None:
            raise _misfit(file.new, "it exists already")
        if file.old is not None and file.old != file.new:
            after[file.old] = None
        if file.new is not None:
            after[file.new] = _patched(file.new, source or b"", file)
            if file.old is not None and file.old != file.new:
                moves[file.old] = file.new
    return after, moves


def _commit(lines: Iterable[bytes]) -> str:
    """The commit that `Subproject commit ID` names."""
    return b"".join(lines).rpartition(b" ")[2].decode("ascii", "replace").strip()


def _patched(path: str, source: bytes, file: FileDiff) -> bytes:
    if file.untold:
        return source + UNTOLD
    if file.binary is not None:
        made = file.binary.applied(source)
        if made is None:
            raise _misfit(path, "what is there now differs from what it was made from")
        return made
    lines, at = _split(source), 0
    result: list[bytes] = []
    for hunk in file.hunks:
        start = _place(lines, hunk, at)
        if start is None:
            raise _misfit(path, f"line {hunk.start} and what follows differ")
        result += lines[at:start]
        result += hunk.new
        at = start + len(hunk.old)
    return b"".join(result + lines[at:])


def _place(lines: list[bytes], hunk: Hunk, least: int) -> int | None:
    """Where the old lines stand: as told, or at the one other place that they fit."""
    told = hunk.start - 1 if hunk.old else hunk.start
    if told >= least and lines[told : told + len(hunk.old)] == hunk.old and told <= len(lines):
        return told
    size = len(hunk.old)
    fits = [at for at in range(least, len(lines) - size + 1) if lines[at : at + size] == hunk.old] if size else []
    return fits[0] if len(fits) == 1 else None


def _split(source: bytes) -> list[bytes]:
    """Lines end with \\n alone: a lone carriage return is part of its line."""
    rows = source.split(b"\n")
    return [row + b"\n" for row in rows[:-1]] + ([rows[-1]] if rows[-1] else [])


def _misfit(path: str, why: str) -> UsageError:
    return UsageError(f"the patch does not apply to {path}: {why}", "make it anew from the files as they are")


class _Reader:
    """Walks over the lines of a diff."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self._at = 0

    def files(self) -> Iterator[FileDiff]:
        file: FileDiff | None = None
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.startswith(b"diff --git "):
                if file:
                    yield file
                file = self._header(line)
            elif line.startswith(b"--- ") and self._peek(1).startswith(b"+++ "):
                if file and file.hunks:
                    yield file
                    file = None
                file = self._names(file)
            elif file and _HUNK.match(line):
                file.hunks.append(self._hunk(line))
            else:
                self._at += 1
        if file:
            yield file

    def _peek(self, ahead: int) -> bytes:
        return self._lines[self._at + ahead] if self._at + ahead < len(self._lines) else b""

    def _header(self, line: bytes) -> FileDiff:
        """The lines of git between `diff --git` and the first hunk."""
        old, new = _git_names(line)
        file = FileDiff(old, new)
        self._at += 1
        while self._at < len(self._lines) and not self._peek(0).startswith((b"diff --git ", b"--- ", b"@@ ")):
            line = self._peek(0).rstrip(b"\r\n")
            if line.startswith(b"GIT binary patch"):
                file.binary, self._at = read_binary(self._lines, self._at + 1)
                continue
            file.untold = file.untold or line.startswith(b"Binary files ")
            file.link = file.link or line.endswith(b" 160000")
            if line.startswith(b"new file"):
                file.old = None
            elif line.startswith(b"deleted file"):
                file.new = None
            elif line.startswith((b"rename from ", b"rename to ")):
                name = _name(line.split(b" ", 2)[2], strip=False)
                file.old, file.new = (name, file.new) if b" from " in line else (file.old, name)
            elif line.startswith(b"copy from "):
                raise UsageError(f"the patch copies a file: {new}", "make it without --find-copies")
            self._at += 1
        return file

    def _names(self, file: FileDiff | None) -> FileDiff:
        old, new = (self._peek(n)[4:].split(b"\t")[0].rstrip(b"\r\n") for n in (0, 1))
        self._at += 2
        if file is None:
            file = FileDiff(_name(old), _name(new))
        if old == b"/dev/null":
            file.old = None
        if new == b"/dev/null":
            file.new = None
        return file

    def _hunk(self, line: bytes) -> Hunk:
        match = _HUNK.match(line)
        assert match is not None
        old, new = (1 if match[n] is None else int(match[n]) for n in (2, 4))
        hunk = Hunk(int(match[1]))
        self._at += 1
        while len(hunk.old) < old or len(hunk.new) < new or self._peek(0).startswith(b"\\"):
            row = self._peek(0)
            if row.startswith(b"\\"):
                _without_end(hunk, self._peek(-1)[:1])
            elif row[:1] in (b" ", b"-", b"+", b"\n", b"\r"):
                body = row[1:] if row[:1] in (b" ", b"-", b"+") else row
                if row[:1] != b"+":
                    hunk.old.append(body)
                if row[:1] != b"-":
                    hunk.new.append(body)
            else:
                raise UsageError("the patch is cut short or damaged", "make it anew")
            self._at += 1
        return hunk


def _without_end(hunk: Hunk, mark: bytes) -> None:
    """`\\ No newline at end of file` speaks of the line above it."""
    if mark != b"+" and hunk.old:
        hunk.old[-1] = hunk.old[-1].removesuffix(b"\n")
    if mark != b"-" and hunk.new:
        hunk.new[-1] = hunk.new[-1].removesuffix(b"\n")


def _git_names(line: bytes) -> tuple[str | None, str | None]:
    rest = line[len(b"diff --git ") :].rstrip(b"\r\n")
    if rest.startswith(b'"'):
        end = re.match(rb'"(?:[^"\\]|\\.)*"', rest)
        first = end[0] if end else rest
        return _name(first), _name(rest[len(first) + 1 :])
    half = rest[: len(rest) // 2]
    if rest[2:].startswith(half[2:] + b" b/"):  # the two names are the same
        return _name(half), _name(rest[len(half) + 1 :])
    old, _, new = rest.partition(b" b/")
    return _name(old), _name(b"b/" + new)


def _name(text: bytes, *, strip: bool = True) -> str | None:
    """A path as git quotes it, without its `a/` or `b/`."""
    if text.startswith(b'"') and text.endswith(b'"'):
        text = _ESCAPE.sub(lambda m: bytes([_LETTERS[m[1]] if m[1] in _LETTERS else int(m[1], 8)]), text[1:-1])
    if text == b"/dev/null":
        return None
    path = text.decode("utf-8", "surrogateescape")
    path = path[2:] if strip and path[:2] in ("a/", "b/") else path
    if path.startswith("/") or ".." in path.split("/"):
        raise UsageError(f"the patch names {path}, which is outside the repository")
    return path
