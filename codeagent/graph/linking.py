"""Linking many files: in process where they are few, else in forked workers that share the facts."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from codeagent.domain.facts import CALLS, FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.flow import Flow
from codeagent.graph.interfaces import Interfaces
from codeagent.graph.linked import Linked, LinkTree, Wanted
from codeagent.graph.memory import memory_used
from codeagent.graph.pool import Pool, worker_count
from codeagent.graph.records import Entry
from codeagent.graph.resolve import Resolver
from codeagent.graph.reusing import Answers, kept_answers
from codeagent.graph.shelf import ChangedError, Shelf, link_row
from codeagent.graph.trimming import trim

_FEW = 60  # files that are linked before a second process would have begun
_CHUNK_BYTES = 300_000
_CHUNK_FILES = 64
_HELD_BYTES = 64_000_000  # of sources, up to which all facts are held in memory, packed
_WORKER_BYTES = 150_000_000  # that a worker may add to its memory before it lets go of what it can have again
_UNPACKED_BYTES = 24_000_000  # of sources whose facts it may hold all the same
_UNPACKED_OF_MANY = 8_000_000  # and where answers take the room: in a tree of more than `_HELD_BYTES`
_ANSWERS = 300_000  # that it may find before it lets go of those that are quickly found again
_DEAR_ANSWERS = 500_000  # that it may keep even so


class _Answer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a worker hands back: links, and the digests of the files that its module finders have read."""

    linked: list[Linked]
    consulted: dict[str, bytes]
    failed: set[str]


class Kept:
    """What the references of files stood for in another snapshot, as far as an edit leaves it alone."""

    def __init__(
        self,
        shelf: Shelf,
        before: Mapping[str, Entry],
        keys: set[str] | None,
        interfaces: Interfaces | None = None,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        self._shelf, self._before, self._keys, self._gone = shelf, before, keys, gone
        self._interfaces = interfaces or Interfaces(shelf)

    def load(self, paths: Sequence[str]) -> None:
        """Take what `answers` will need into memory: before forking, for the store cannot be used in a fork."""
        if self._keys is not None:
            self._shelf.hold([self._before[path] for path in paths if path in self._before])

    def answers(self, path: str) -> Answers | None:
        """Return the answers that still hold in a file; None where everything is to be asked anew."""
        was = self._before.get(path)
        if self._keys is None or was is None or not was.facts or not was.links:
            return None
        links = self._shelf.stored_links(was)
        if links is None:
            return None
        return kept_answers(path, self._interfaces.was(was), links, self._interfaces.now(path), self._keys, self._gone)


class Linker:
    """Links files of one snapshot."""

    def __init__(self, shelf: Shelf, tree: LinkTree, kept: "Kept | None" = None, flow: Flow | None = None) -> None:
        self._shelf, self.tree, self._kept = shelf, tree, kept
        self.failed: set[str] = set()
        self._kept_answers = 0  # when it let go of some for the last time
        self._resolver = Resolver(shelf, tree, flow)

    def link(self, path: str, wanted: Wanted | None = None) -> FileLinks:
        """Return the links of one file; of one that the resolver fails on, none, with every call unknown.

        With `wanted` those of some references alone."""
        try:
            return self._resolver.link(path, self._kept.answers(path) if self._kept else None, wanted)
        except ChangedError:
            raise
        except Exception:  # one file must not take the run down: it is reported
            self.failed.add(path)
            self._resolver = Resolver(self._shelf, self.tree)  # what it was in the midst of is not to be trusted
            return unlinked(self._shelf[path])

    def link_all(
        self, paths: Sequence[str], workers: int | None = None, done: Callable[[int], None] | None = None
    ) -> Iterator[tuple[str, Linked]]:
        """Yield (path, packed links) of each path, as they are done."""
        workers = worker_count() if workers is None else workers
        few = workers < 2 or len(paths) < _FEW
        results = self._in_turn(paths) if few else self._at_once(paths, workers)
        for finished, (item, linked) in enumerate(results, 1):
            if done:
                done(finished)
            yield paths[item], linked

    def _in_turn(self, paths: Sequence[str]) -> Iterator[tuple[int, Linked]]:
        return ((item, self._packed(item, path)) for item, path in enumerate(paths))

    def _at_once(self, paths: Sequence[str], workers: int) -> Iterator[tuple[int, Linked]]:
        self._shelf.load_all(_HELD_BYTES)
        self._shelf.index_names()
        if self._kept:
            self._kept.load(paths)
        encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(_Answer).decode
        most = memory_used() + _WORKER_BYTES

        sizes = [self._shelf.entries[path].size for path in paths]
        room = _UNPACKED_BYTES if sum(sizes) <= _HELD_BYTES else _UNPACKED_OF_MANY

        def make_room() -> None:
            if memory_used() > most and self._shelf.unpacked_bytes > room:
                trim(self._shelf, room * 3 // 4)
                self._resolver.forget_views()

        def job(items: Sequence[int]) -> bytes:
            self._shelf.in_fork()
            self._shelf.before_unpacking = make_room
            if memory_used() > most and self._resolver.weight > self._kept_answers + _ANSWERS:
                self._forget()
            linked = [self._packed(item, paths[item]) for item in items]
            return encode(_Answer(linked, self.tree.consulted, self.failed))

        for items, answer in Pool(job, in_order(sizes, _CHUNK_BYTES, _CHUNK_FILES), workers).run():
            found = self._given_up(items, paths) if answer is None else decode(answer)
            self.tree.consulted.update(found.consulted)
            self.failed |= found.failed
            yield from ((linked.item, linked) for linked in found.linked)

    def _forget(self) -> None:
        """Let go of answers: first of those that are quickly found again. Links are the same either way.

        What took looking at many files is kept as long as possible: where files rest on ones far away, everything would
        be evaluated again and again. What is freed stays with the process, and is used first."""
        self._resolver.forget_cheap()
        if self._resolver.weight > _DEAR_ANSWERS:
            self._resolver = Resolver(self._shelf, self.tree)
            gc.collect()  # the evaluator's parts know each other; nothing else frees them here
        self._kept_answers = self._resolver.weight

    def _packed(self, item: int, path: str) -> Linked:
        return _linked(item, self.link(path))

    def _given_up(self, items: Sequence[int], paths: Sequence[str]) -> "_Answer":
        """The answer for files whose linking ended its process, or did not end."""
        linked = [_linked(item, unlinked(self._shelf[paths[item]])) for item in items]
        return _Answer(linked, {}, {paths[item] for item in items})


def in_order(sizes: Sequence[int], most_bytes: int, most_files: int) -> list[list[int]]:
    """Group items into chunks in their order: files of one folder rest on the same others."""
    chunks: list[list[int]] = []
    room = 0
    for item, size in enumerate(sizes):
        if room < size or not chunks or len(chunks[-1]) >= most_files:
            chunks.append([])
            room = most_bytes
        chunks[-1].append(item)
        room -= size
    return chunks


def _linked(item: int, links: FileLinks) -> Linked:
    row, crc, blob = link_row(links)
    return Linked(item, row, crc, blob, links.calls, links.unknown_calls)


def unlinked(facts: FileFacts) -> FileLinks:
    """Return the links of a file of which nothing could be resolved."""
    calls = sum(1 for role in facts.references[2::5] if role == CALLS)
    return FileLinks((), (), calls, calls, failed=True)
