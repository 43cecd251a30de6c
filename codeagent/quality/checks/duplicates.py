"""duplicate-code: the same lines in two or more places, found by hashing windows of lines in linear time."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.languages import LANGUAGES
from codeagent.quality.checks.subject import Subject, finding

RULE = "duplicate-code"
WINDOW: Final = 6  # lines hashed together
BUCKET: Final = 30  # earlier places a window is compared with
VARIETY: Final = 0.5  # part of a copy's lines that must differ from each other: tables of data are no code
_STEPS: Final = 16  # in which a table of data is gone through for code behind it
_CHUNK: Final = 64  # lines compared at once
_NOISE: Final = re.compile(rb"^(import|from|use|using|#include|package|export \* from|\W*$)\b|^\W*$")
_SPACE: Final = re.compile(rb"\s+")


@dataclass(slots=True)
class Lines:
    """The lines of one file that count, normalised, with their 1-based numbers."""

    path: str
    texts: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Copy:
    """`length` lines from `at` in file `file`, the same as those from `other_at` in `other`."""

    file: int
    at: int
    other: int
    other_at: int
    length: int


def duplicates(subject: Subject) -> Iterator[Finding]:
    """Find blocks of product code that occur more than once; each family of copies is reported once."""
    least = int(subject.limit(RULE, "lines")) if subject.limit(RULE, "lines") < 1e9 else 0
    if not least:
        return
    files = [lines_of(path, subject) for path in subject.tables.paths if subject.product(path)]
    families: dict[tuple[int, int], list[Copy]] = {}
    for copy in copies([f.texts for f in files], least):
        families.setdefault((copy.other, copy.other_at), []).append(copy)
    for family in families.values():
        yield _finding(subject, files, family)


def lines_of(path: str, subject: Subject) -> Lines:
    """Return a file's lines without blank lines, comments, imports and lone punctuation."""
    language = next((known for known in LANGUAGES if known.name == subject.tables.graph.files[path].language), None)
    comments = tuple(mark.encode() for mark in language.comments) if language else ()
    source = subject.contents.get(path) if path in subject.contents else subject.tables.graph.read(path)
    lines = Lines(path)
    for number, raw in enumerate((source or b"").split(b"\n"), 1):
        text = _SPACE.sub(b" ", raw).strip()
        if not text or _NOISE.match(text) or (comments and text.startswith(comments)) or text[:1] == b"*":
            continue
        lines.texts.append(text)
        lines.numbers.append(number)
    return lines


def copies(files: Sequence[Sequence[bytes]], least: int) -> Iterator[Copy]:
    """Yield maximal copies of at least `least` lines, each against its earliest longest match."""
    window = min(WINDOW, least)
    seen: dict[int, list[tuple[int, int]]] = {}
    for file, texts in enumerate(files):
        covered = 0  # lines before this are part of a copy that was reported
        for at in range(len(texts) - window + 1):
            key = hash(tuple(texts[at : at + window]))
            places = seen.setdefault(key, [])
            if at >= covered:
                best = _longest(files, file, at, places)
                if best and best.length >= least:
                    varied = _varied(texts[at : at + best.length])
                    covered = at + (best.length if varied else best.length // _STEPS)
                    if varied:
                        yield best
            if len(places) < BUCKET:
                places.append((file, at))


def _longest(files: Sequence[Sequence[bytes]], file: int, at: int, places: Sequence[tuple[int, int]]) -> Copy | None:
    best: Copy | None = None
    texts = files[file]
    for other, other_at in places:
        theirs = files[other]
        room = min(len(texts) - at, len(theirs) - other_at)
        if other == file:
            room = min(room, at - other_at)  # a copy never overlaps its original
        length = _same(texts, at, theirs, other_at, room)
        if best is None or length > best.length:
            best = Copy(file, at, other, other_at, length)
    return best


def _same(texts: Sequence[bytes], at: int, theirs: Sequence[bytes], other_at: int, room: int) -> int:
    """How many lines are the same from there on, `room` at most: whole chunks first, then line by line."""
    length, chunk = 0, _CHUNK
    while chunk:
        here, there = at + length, other_at + length
        if length + chunk <= room and texts[here : here + chunk] == theirs[there : there + chunk]:
            length += chunk
        else:
            chunk //= _CHUNK
    return length


def _varied(texts: Sequence[bytes]) -> bool:
    return len(set(texts)) >= len(texts) * VARIETY


def _finding(subject: Subject, files: Sequence[Lines], family: Sequence[Copy]) -> Finding:
    first = family[0]
    length = min(copy.length for copy in family)
    home = files[first.other]
    start, end = home.numbers[first.other_at], home.numbers[first.other_at + length - 1]
    block = b"\n".join(home.texts[first.other_at : first.other_at + length])
    related = tuple((files[copy.file].path, files[copy.file].numbers[copy.at]) for copy in family)
    shown = ", ".join(f"{path}:{line}" for path, line in related[:3]) + (" …" if len(related) > 3 else "")
    severity = Severity.WARNING if length >= subject.limit(RULE, "places-warning") else Severity.INFO
    return finding(
        RULE,
        severity,
        f"{length} lines of code are repeated in {shown}",
        home.path,
        start,
        enclosing(subject, home.path, start),
        anchor=hashlib.blake2b(block, digest_size=8).hexdigest(),
        end_line=end,
        value=length,
        limit=subject.limit(RULE, "lines"),
        related=related,
    )


def enclosing(subject: Subject, path: str, line: int) -> str:
    """Return the innermost symbol whose definition holds a line."""
    tables = subject.tables
    file = bisect_right(tables.paths, path) - 1
    best = tables.symbols[tables.first[file]]
    for number in tables.of_file(file):
        symbol = tables.symbols[number]
        if best.line <= symbol.line <= line <= symbol.end_line and symbol.kind != "module":
            best = symbol
    return best.id
