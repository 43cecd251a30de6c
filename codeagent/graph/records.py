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

    @property
    def resolved(self) -> str:
        """The share of calls that were resolved, in percent; 100 where all were and no call is left."""
        if not self.unknown_calls:
            return "100"
        share = 100 * (self.calls - self.unknown_calls) / self.calls
        return ">99" if share >= 99.5 else f"{share:.0f}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file to be read: its path and its size as listed."""

    path: str
    size: int


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One indexed path of a snapshot. Languages that are only counted have no rows (0)."""

    path: str
    identity: bytes  # changes with the content: stat or object id; empty where it must be read again to be sure
    language: str
    digest: bytes
    size: int
    test: bool
    facts: int  # row of the facts store
    head: "Head"
    links: int = 0  # row of the links store
    calls: int = 0
    unknown_calls: int = 0


def with_links(entry: Entry, before: Entry) -> Entry:
    """Return an entry with the links that another one had."""
    return msgspec.structs.replace(entry, links=before.links, calls=before.calls, unknown_calls=before.unknown_calls)


class Head(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The figures of a file's facts that answers need without the facts."""

    lines: int
    code_lines: int
    errors: int = 0
    package: str = ""


class Skip(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One path that is not indexed because of its *content*."""

    path: str
    identity: bytes
    reason: str


class Snapshot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A moment of a tree as the index knows it; paths in order."""

    stamp: str  # the extractor, resolver and grammars that made it
    taken: float  # seconds since the epoch
    entries: tuple[Entry, ...]
    skips: tuple[Skip, ...]
    others: tuple[str, ...]  # paths that git would list and whose names alone leave them out
    consulted: tuple[tuple[str, bytes], ...] = ()  # files that module finders read, with the digest of each


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot as msgpack."""
    return _ENCODER.encode(snapshot)


def decode_snapshot(body: bytes) -> Snapshot | None:
    """Return the snapshot of a body; None where it is none."""
    try:
        return _DECODER.decode(body)
    except msgspec.DecodeError:
        return None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Snapshot)


def record_of(entry: Entry, *, test: bool) -> FileRecord:
    """Return what is told of an indexed file, which may be a test by more than its name."""
    head = entry.head
    return FileRecord(
        entry.path,
        entry.language,
        entry.size,
        head.lines,
        head.code_lines,
        head.errors,
        entry.digest.hex(),
        test,
    )
