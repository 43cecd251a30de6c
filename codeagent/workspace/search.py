"""Text search over a snapshot's files: ripgrep on disk, and the same in Python for revisions and where rg is missing.

`ripgrepy` composes the ripgrep command, in its safe form only: it appends the pattern as a bare argument, so that a
pattern such as `--pre=CMD` would be read as an option and run a program; given as `--regexp=PATTERN` it never is.
Its `run` is not used: it has no limit on time or output, passes on the whole environment, takes one path only, and
drops all matches when a single file cannot be read. Our process runner executes what it composed.
"""

import os
import re
import shutil
import sysconfig
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from ripgrepy import RipGrepNotFound, Ripgrepy

from codeagent.domain.errors import UsageError
from codeagent.workspace import process
from codeagent.workspace.revisions import Snapshot, WorkingTree

_ARGUMENTS: Final = 24_000 if os.name == "nt" else 200_000  # bytes of paths in one command, well below every limit
_OUTPUT: Final = 64 << 20  # bytes of answers from one command
_TIMEOUT: Final = 60.0  # seconds
_BINARY_WINDOW: Final = 8000
_LINE_SENSITIVE: Final = re.compile(r"\\[AZz]|\(\?<|[\^$]")  # may hold for a line and yet not for the whole file


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a regular expression, or the text itself where `fixed`."""

    pattern: str
    fixed: bool = False
    ignore_case: bool = False
    whole_words: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One match. `start` and `end` are bytes in the file; `text` is its line without the line end."""

    path: str
    line: int  # 1-based
    column: int  # 1-based, in characters
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """The hits in order of path and place; `cut` says that there were more than was asked for or could be taken in."""

    hits: tuple[Hit, ...]
    engine: str  # "ripgrep" or "python"
    cut: bool = False


def search(
    snapshot: Snapshot, query: Query, paths: Iterable[str] | None = None, *, most: int = 10_000, rg: str = ""
) -> Found:
    """Find `query` in `paths` (all files of the snapshot unless given), line by line, at most `most` hits.

    Matches of nothing, as of `x*`, are no hits. The two engines differ in rare corners of their regular expressions.
    `rg` names the program to use instead of the one found. Raises UsageError for a pattern that is none.
    """
    if not query.pattern or "\n" in query.pattern or "\0" in query.pattern:
        raise UsageError("the pattern must be one line that is not empty", "matches never span lines")
    wanted = sorted(paths if paths is not None else (file.path for file in snapshot.discovery.files))
    program = find_ripgrep(rg) if isinstance(snapshot, WorkingTree) else None
    if program and isinstance(snapshot, WorkingTree):
        return _by_ripgrep(snapshot, query, wanted, most, program)
    return _by_python(snapshot, query, wanted, most)


def find_ripgrep(configured: str = "") -> str | None:
    """The ripgrep to use: the configured one, the one installed beside this Python, the one on PATH; None for none."""
    beside = Path(sysconfig.get_path("scripts"), "rg.exe" if os.name == "nt" else "rg")
    for candidate in (configured, os.fspath(beside), "rg"):
        if candidate and (program := shutil.which(candidate)):
            return program
    return None


def _command(query: Query, program: str) -> list[str]:
    try:
        composed = Ripgrepy("--regexp=" + query.pattern, "", rg_path=program)
    except RipGrepNotFound as error:
        raise process.ProgramMissing(f"{program} cannot be started") from error
    composed = composed.json().crlf().no_config().no_ignore().no_messages().encoding("none")
    composed = composed.fixed_strings() if query.fixed else composed.engine("auto")
    composed = composed.ignore_case() if query.ignore_case else composed.case_sensitive()
    composed = composed.word_regexp() if query.whole_words else composed
    return [*composed.command, composed.regex_pattern, "--"]


def _by_ripgrep(tree: WorkingTree, query: Query, wanted: Sequence[str], most: int, program: str) -> Found:
    command = _command(query, program)
    spellings = tree.discovery.spellings
    spoken = {name: path for path, name in spellings.items()}
    hits: list[Hit] = []
    cut = False
    for batch in _batches([spellings.get(path, path) for path in wanted]):
        done = process.run([*command, *batch], cwd=tree.root, timeout=_TIMEOUT, limit=_OUTPUT)
        if done.code == 2 and not done.stdout:
            _refuse(query, done.stderr.decode("utf-8", "replace"))
        hits.extend(_hits(done.stdout, spoken))
        cut = cut or done.truncated or done.timed_out
        if len(hits) > most:
            break
    hits.sort(key=lambda hit: (hit.path, hit.start))
    return Found(tuple(hits[:most]), "ripgrep", cut or len(hits) > most)


def _refuse(query: Query, complaint: str) -> None:
    """Raise UsageError if ripgrep did not understand the pattern; other complaints are about files that went away."""
    if "regex" in complaint or "PCRE2" in complaint:
        last = [line.strip() for line in complaint.splitlines() if line.strip()][-1]
        said = re.sub(r"^(?:error|PCRE2: error compiling pattern at offset \d+): ", "", last)
        raise UsageError(f"{query.pattern!r} is no regular expression: {said}", "search for the text itself: --fixed")


def _batches(paths: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for path in paths:
        size += len(os.fsencode(path)) + 16
        if size > _ARGUMENTS and batch:
            yield batch
            batch, size = [], 0
        batch.append(path)
    if batch:
        yield batch


class _Text(msgspec.Struct, frozen=True):
    text: str = ""
    base64: str | None = msgspec.field(default=None, name="bytes")  # where it is not UTF-8

    def raw(self) -> bytes:
        """The bytes themselves."""
        return self.text.encode("utf-8") if self.base64 is None else b64decode(self.base64)


class _Submatch(msgspec.Struct, frozen=True):
    start: int
    end: int


class _Data(msgspec.Struct, frozen=True):
    path: _Text = _Text()
    lines: _Text = _Text()
    line_number: int | None = None
    absolute_offset: int = 0
    submatches: tuple[_Submatch, ...] = ()
    binary_offset: int | None = None


class _Message(msgspec.Struct, frozen=True):
    type: str
    data: _Data


_DECODER: Final = msgspec.json.Decoder(_Message)


def _hits(output: bytes, spoken: dict[str, str]) -> Iterator[Hit]:
    """Hits of ripgrep's JSON lines; a file that turns out to be binary gives none."""
    of_file: list[Hit] = []
    for line in output.split(b"\n"):
        try:
            message = _DECODER.decode(line)
        except msgspec.DecodeError:  # the last line of an answer that was cut
            continue
        if message.type == "match":
            path = os.fsdecode(message.data.path.raw())
            of_file.extend(_of_line(spoken.get(path, path), message.data))
        elif message.type == "end":
            if message.data.binary_offset is None:
                yield from of_file
            of_file = []
    yield from of_file


def _of_line(path: str, data: _Data) -> Iterator[Hit]:
    raw = data.lines.raw()
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    for match in data.submatches:
        if match.start == match.end:
            continue
        column = len(raw[: match.start].decode("utf-8", "replace")) + 1
        start = data.absolute_offset + match.start
        yield Hit(path, data.line_number or 1, column, start, data.absolute_offset + match.end, text)


def _by_python(snapshot: Snapshot, query: Query, wanted: Sequence[str], most: int) -> Found:
    matcher = _compiled(query)
    hits: list[Hit] = []
    for path, data in snapshot.read_many(wanted):
        if data is not None and b"\0" not in data[:_BINARY_WINDOW]:
            hits.extend(_in_file(matcher, path, data))
            if len(hits) > most:
                break
    return Found(tuple(hits[:most]), "python", len(hits) > most)


def _compiled(query: Query) -> re.Pattern[str]:
    body = re.escape(query.pattern) if query.fixed else query.pattern
    body = rf"\b(?:{body})\b" if query.whole_words else body
    try:
        return re.compile(body, re.IGNORECASE if query.ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        message = f"{query.pattern!r} is no regular expression: {error}"
        raise UsageError(message, "search for the text itself: --fixed") from error


def _in_file(matcher: re.Pattern[str], path: str, data: bytes) -> Iterator[Hit]:
    text = data.decode("utf-8", "surrogateescape")
    if not _LINE_SENSITIVE.search(matcher.pattern) and matcher.search(text) is None:
        return
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.removesuffix("\r")
        for match in matcher.finditer(bare):
            if not match.group():
                continue
            start = offset + _width(line[: match.start()])
            shown = _shown(bare)
            yield Hit(path, number, match.start() + 1, start, start + _width(match.group()), shown)
        offset += _width(line) + 1


def _width(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _shown(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
