"""The facts and links of one snapshot, fetched when asked for; what the store lost is made again on the spot."""

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final, Protocol

import msgspec

from codeagent.domain.errors import Stale
from codeagent.domain.facts import FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.aims import Aims
from codeagent.graph.arranged import Arranged
from codeagent.graph.extract import counted, digest_of, encoded, extract
from codeagent.graph.records import Entry
from codeagent.graph.store import Store, StoreError
from codeagent.graph.views import FileView
from codeagent.graph.words import Words
from codeagent.languages import BY_NAME

_FACTS: Final = msgspec.msgpack.Decoder(FileFacts)
_LINKS: Final = msgspec.msgpack.Decoder(FileLinks)
_OFTEN: Final = 7  # questions of who refers to something, after which an index of that has paid
_ADDED_BYTES: Final = 80_000_000
_NOW_AND_THEN: Final = 64  # files unpacked
NO_LINKS: Final = FileLinks((), (), 0, 0)


class Readable(Protocol):
    """The tree that a snapshot was taken of."""

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises OSError."""


class ChangedError(Stale):
    """A file is no longer what the snapshot says, and the store no longer has what it was."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has changed since it was indexed", "run the command again")


class Shelf:
    """Facts by path, as the resolver wants them, and words and links by path."""

    def __init__(self, store: Store, tree: Readable, entries: Mapping[str, Entry]) -> None:
        self._store, self._tree, self.entries = store, tree, entries
        self._blobs: dict[int, bytes] = {}  # facts that are in memory, packed
        self.unpacked: dict[str, FileFacts] = {}
        self._lender: Shelf | None = None  # of a tree that most files of this one are the same as in
        self._added = 0  # bytes
        self._process = os.getpid()
        self._held: dict[int, bytes] | None = None  # packed links of another snapshot
        self._unstored: Mapping[int, bytes] = {}  # packed facts that are in memory alone
        self._linked: Mapping[int, bytes] = {}  # and packed links
        self._every: dict[int, bytes] = {}  # packed links of every file, once all were asked for a second time
        self._swept: list[tuple[str, bytes]] = []  # the same with their paths, where none is missing
        self._sweeps = self._asked = 0
        self._aims: Aims | None = None  # of `_swept`, once many were asked for
        self.relink: Callable[[str], FileLinks] | None = None
        self.before_unpacking: Callable[[], None] | None = None  # asked now and then: it may make room
        self.arranged = Arranged(self.__getitem__, self._lent)
        self._names = Words(lambda: self.entries, self._stored_words, self.decode)

    @property
    def store(self) -> Store:
        """Where what is not in memory comes from."""
        return self._store

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    # --- facts

    def __getitem__(self, path: str) -> FileFacts:
        facts = self.unpacked.get(path)
        if facts is None:
            if self.before_unpacking and not len(self.unpacked) % _NOW_AND_THEN:
                self.before_unpacking()
            lender = self._lending(path)
            facts = self.unpacked[path] = lender[path] if lender is not None else self.decode(path)
        return facts

    def view(self, path: str) -> FileView:
        """Return the facts of a file arranged for look-up."""
        return self.arranged.view(path)

    def _lent(self, path: str) -> Arranged | None:
        return lender.arranged if (lender := self._lending(path)) is not None else None

    def borrow(self, lender: "Shelf") -> None:
        """Take from a shelf whatever it has of the files that are the same there."""
        self._lender = lender
        self._names.borrow(lender._names, lambda path: self._lending(path) is not None)

    def _lending(self, path: str) -> "Shelf | None":
        """The shelf that has a file as it is here, too."""
        if self._lender is None:
            return None
        ours, theirs = self.entries[path], self._lender.entries.get(path)
        same = theirs is not None and theirs.facts == ours.facts != 0 and theirs.language == ours.language
        return self._lender if same else None

    def __contains__(self, path: object) -> bool:
        return path in self.entries

    def __iter__(self) -> Iterator[str]:
        return (path for path, entry in self.entries.items() if entry.facts)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def decode(self, path: str) -> FileFacts:
        """Return the facts of a file without keeping them."""
        entry = self.entries[path]
        blob = self._blobs.get(entry.facts)
        if blob is None and entry.facts:
            blob = self._fetched(entry)
        return self._again(entry) if blob is None else _FACTS.decode(blob)

    def decode_row(self, entry: Entry) -> FileFacts:
        """Return the facts of an entry of another snapshot; ChangedError where the store no longer has them."""
        blob = self._blobs.get(entry.facts) or self._fetched(entry)
        if blob is None:
            raise ChangedError(entry.path)
        return _FACTS.decode(blob)

    def blob(self, path: str) -> bytes:
        """Return the packed facts of a file."""
        entry = self.entries[path]
        return self._blobs.get(entry.facts) or self._fetched(entry) or encoded(self._again(entry))

    def add(self, row: int, blob: bytes) -> None:
        """Keep packed facts in memory, up to a limit: the store has them, too."""
        self._added += len(blob)
        if self._added < _ADDED_BYTES:
            self._blobs[row] = blob

    def keep(self, facts: Mapping[int, bytes], links: Mapping[int, bytes]) -> None:
        """Hold packed facts and links that no store has, for as long as this shelf is there."""
        self._blobs.update(facts)
        self._unstored, self._linked = facts, links

    @property
    def kept(self) -> tuple[Mapping[int, bytes], Mapping[int, bytes]]:
        """The packed facts and links that no store has."""
        return self._unstored, self._linked

    @property
    def unpacked_bytes(self) -> int:
        """How long the sources are whose facts are unpacked."""
        return sum(self.entries[path].size for path in self.unpacked)

    def forget(self) -> None:
        """Drop the facts that were unpacked so far."""
        self.unpacked.clear()
        self.arranged.clear()

    def in_fork(self) -> None:
        """Read through a connection of this process's own; call it in a worker before anything else."""
        if os.getpid() != self._process:
            self._process = os.getpid()
            self._store = self._store.of_a_fork()

    def load_all(self, most: int) -> None:
        """Take all packed facts into memory if their sources are no larger than `most` bytes together."""
        if sum(entry.size for entry in self._deep()) > most:
            self._blobs.clear()
            return
        missing = {entry.facts for entry in self.entries.values() if entry.facts} - self._blobs.keys()
        self._blobs.update(self._store.facts(missing))
        for path, entry in self.entries.items():
            if entry.facts and entry.facts not in self._blobs:
                self._blobs[entry.facts] = encoded(self._again(self.entries[path]))

    def _fetched(self, entry: Entry) -> bytes | None:
        try:
            return next((blob for _, blob in self._store.facts((entry.facts,))), None)
        except StoreError:
            return None

    def _again(self, entry: Entry) -> FileFacts:
        """Extract what the store has lost; a language that is only counted is never stored."""
        try:
            source = self._tree.read(entry.path)
        except OSError as error:
            raise ChangedError(entry.path) from error
        if digest_of(source) != entry.digest:
            raise ChangedError(entry.path)
        language = BY_NAME[entry.language]
        return extract(language, source) if entry.facts else counted(language, source)

    # --- words

    def mentioning(self, name: str) -> Iterable[str]:
        """Return the paths of the files in whose facts a name occurs, in path order."""
        return self._names.mentioning(name)

    def defining(self, name: str) -> Iterable[str]:
        """Return the paths of the files that define something of that name, members included, in path order."""
        return self._names.defining(name)

    def index_names(self) -> None:
        """Arrange the names for many questions; a few are answered faster by searching."""
        self._names.index()

    def words(self) -> Mapping[str, tuple[bytes, bytes]]:
        """Return (defined, mentioned) names of every file with facts, packed, in path order."""
        return self._names.all()

    def _deep(self) -> Iterator[Entry]:
        return (entry for entry in self.entries.values() if entry.facts)

    def _stored_words(self, rows: Iterable[int]) -> Iterator[tuple[int, bytes, bytes]]:
        return self._store.words(rows)

    # --- links

    def links(self, path: str) -> FileLinks:
        """Return the resolved references of a file."""
        return next(links for _, links in self.all_links((path,)))

    def hold(self, entries: Iterable[Entry]) -> None:
        """Take the facts and links of entries of another snapshot into memory, as far as the store has them."""
        wanted = list(entries)
        self._held = self.link_blobs(entry.links for entry in wanted)
        with suppress(StoreError):
            self._blobs.update(self._store.facts({entry.facts for entry in wanted} - self._blobs.keys()))

    def stored_links(self, entry: Entry) -> FileLinks | None:
        """Return the links of an entry of another snapshot, if the store still has them."""
        held = self._held if self._held is not None else self.link_blobs((entry.links,))
        blob = held.get(entry.links)
        return None if blob is None else _LINKS.decode(blob)

    def all_links(self, paths: Iterable[str], needle: bytes = b"") -> Iterator[tuple[str, FileLinks]]:
        """Yield (path, links) in the order of `paths`: of all, or of those whose packed links hold `needle`."""
        wanted = [self.entries[path] for path in paths]
        blobs = self._every or self.link_blobs(entry.links for entry in wanted if entry.links)
        for entry in wanted:
            blob = blobs.get(entry.links)
            if blob is not None:
                if needle in blob:
                    yield entry.path, _LINKS.decode(blob)
            elif entry.facts:
                yield entry.path, self.relink(entry.path) if self.relink else NO_LINKS
            elif not needle:
                yield entry.path, NO_LINKS

    def every_link(self, needle: bytes = b"") -> Iterator[tuple[str, FileLinks]]:
        """Yield as `all_links` does, of every file with facts; from the second time on out of memory."""
        self._sweeps += 1
        if self._sweeps == 2:
            self._every = self.link_blobs(entry.links for entry in self._deep())
            rows = [(entry.path, self._every[entry.links]) for entry in self._deep() if entry.links in self._every]
            self._swept = rows if len(rows) == len(self) else []
        if self._swept:
            return ((path, _LINKS.decode(blob)) for path, blob in self._swept if needle in blob)
        return self.all_links(list(self), needle)

    def leading_to(self, target: str) -> Iterator[tuple[str, FileLinks]]:
        """Yield (path, links) of every file that refers to a target, in their order; who asks often is answered from an
        index of all targets."""
        self._asked += 1
        if self._asked <= _OFTEN or not self._swept:
            found = self.every_link(msgspec.msgpack.encode(target))
            return ((path, links) for path, links in found if target in links.targets)
        self._aims = self._aims or Aims(self._swept)
        return self._aims.leading_to(target)

    def link_blobs(self, rows: Iterable[int]) -> dict[int, bytes]:
        """Return the packed links of rows, as far as they are known."""
        wanted = set(rows)
        found = {row: self._linked[row] for row in wanted & self._linked.keys()}
        with suppress(StoreError):
            found.update(self._store.links(wanted - found.keys()))
        return found


def link_row(links: FileLinks) -> tuple[int, int, bytes]:
    """Return (row, crc, blob) under which links are stored; equal links share a row."""
    from_blob = msgspec.msgpack.encode(links)
    return int.from_bytes(digest_of(from_blob)[:8], "little") >> 1, zlib.crc32(from_blob), from_blob
