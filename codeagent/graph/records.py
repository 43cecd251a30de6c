"""What a snapshot remembers of each file, and what answers say about how fresh and whole they are."""

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One indexed file: sizes in bytes and lines, `digest` the hex BLAKE2b-128 of its bytes."""

    path: str
    language: str
    size: int
    lines: int
    code_lines: int
    errors: int  # parse errors
    digest: str
    test: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current an answer is and how much of the tree it rests on."""

    revision: str | None  # the commit looked at, or the one checked out; None outside git
    dirty: bool  # the working tree differs from that commit
    indexed_at: float  # seconds since the epoch
    files: int
    parsed: int  # files with facts and no parse error
    parse_errors: int  # files with at least one
    unknown_calls: int
    calls: int


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One indexed path of a snapshot; the stat triple is zero in revisions."""

    path: str
    language: str
    digest: bytes
    size: int
    mtime_ns: int
    inode: int
    facts: int  # row of the facts store
    links: int  # row of the links store
    lines: int
    code_lines: int
    errors: int
    calls: int
    unknown_calls: int
    package: str
    test: bool


class Skip(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One path that is not indexed because of its *content*, with the stat that the verdict rests on."""

    path: str
    reason: str
    size: int
    mtime_ns: int
    inode: int
