"""From a root folder to a current `CodeGraph`: what changed, extract, resolve, store."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import msgspec

from codeagent.config import Config, load_config
from codeagent.domain.counting import counted
from codeagent.domain.events import Event, Notice, Progress
from codeagent.graph.affected import Stale, affected
from codeagent.graph.cachefolder import index_path, shrink, touch
from codeagent.graph.gather import Gatherer, Outcome, Reader, Wanted, facts_row_of, read_from
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linking import Kept, LateLinker, Linked, Linker, LinkTree, paused_gc
from codeagent.graph.records import Entry, Head, Skip, Snapshot, decode_snapshot, encode_snapshot, with_links
from codeagent.graph.shelf import Shelf
from codeagent.graph.stamp import extractor_stamp
from codeagent.graph.store import FactsRow, Store, StoreError
from codeagent.graph.sweeping import sweep
from codeagent.graph.testfiles import is_test
from codeagent.workspace.files import discover
from codeagent.workspace.git import enclosing
from codeagent.workspace.patched import AnyTree
from codeagent.workspace.policy import Limits
from codeagent.workspace.refs import resolve_revision
from codeagent.workspace.revisions import Revision, WorkingTree

WORKING = ""  # the name of the working tree's snapshot; a revision's is its commit
_SETTLING_NS = 50_000_000  # a file written this shortly before we looked may change again within one tick of its clock
_FLUSH_BYTES = 8_000_000
_REVISIONS = 8  # snapshots of revisions that are kept

Emit = Callable[[Event], None]


def open_graph(
    root: Path,
    rev: str | None = None,
    emit: Emit | None = None,
    config: Config | None = None,
    *,
    rebuild: bool = False,
    in_memory: bool = False,
    by: "type[Update] | None" = None,
) -> CodeGraph:
    """Bring the index of `root` (an existing folder) or of revision `rev` up to date and return its graph.

    Where the index cannot be kept on disk it is made in memory, and a Notice says why. With
    `rebuild` everything is made anew, with `in_memory` nothing is kept. UsageError: `rev` names no commit."""
    settings = config or load_config(root)
    say = emit or nobody
    tree, name = open_tree(root, rev, settings)
    path = index_path(settings.cache_dir, root)
    for attempt in range(0 if in_memory else 2):
        store = None
        try:
            store = Store(path, str(root))
            graph = (by or Update)(tree, name, store, say).run(rebuild=rebuild)
            _keep_small(settings, path, store, say)
            return graph
        except StoreError as error:
            if store:
                store.close()
            if error.damaged and attempt == 0 and store and store.discard():
                continue  # made anew by the second attempt
            say(Notice(f"the index cannot be kept in {path.parent}: {error}; working in memory"))
            break
    return Update(tree, name, Store(None), say).run()


def open_tree(root: Path, rev: str | None, settings: Config) -> tuple[WorkingTree | Revision, str]:
    """Return what is to be indexed and the name of its snapshot. A bare repository stands for its HEAD."""
    limits = Limits(max_bytes=settings.max_file_bytes, exclude=settings.exclude)
    repository = enclosing(root)
    if repository and (rev is not None or repository.bare):
        sha = resolve_revision(repository, "HEAD" if rev is None else rev)
        return Revision(root, sha, limits), sha
    if rev is not None:
        return Revision(root, rev, limits), rev  # raises: no repository
    return WorkingTree(root, discover(root, limits)), WORKING


def nobody(event: Event) -> None:
    """Nobody listens."""


def _keep_small(settings: Config, path: Path, store: Store, say: Emit) -> None:
    touch(path)
    if store.wrote:
        for gone in shrink(settings.cache_dir, settings.cache_megabytes << 20, spare=path):
            say(Notice(f"dropped the index {gone.parent.name}: the cache is over {settings.cache_megabytes} MB"))


@dataclass(slots=True)
class Delta:
    """How a tree differs from a snapshot: what stays, and what must be read."""

    kept: dict[str, Entry] = field(default_factory=dict)
    skips: dict[str, Skip] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)

    def leaves(self, old: Snapshot) -> bool:
        """Whether nothing has changed."""
        return not self.wanted and len(self.kept) == len(old.entries) and len(self.skips) == len(old.skips)


class Update:
    """One run of bringing one snapshot up to date."""

    def __init__(self, tree: AnyTree, name: str, store: Store, emit: Emit) -> None:
        self._tree, self._name, self._store, self._emit = tree, name, store, emit
        self._stamp = extractor_stamp()
        self._began = time.time()

    def run(self, *, rebuild: bool = False) -> CodeGraph:
        """Return the graph of the tree as it is now."""
        old = None if rebuild else self._stored(self._name)
        others = self._others()
        with paused_gc():
            if old is not None:
                delta = self._compare(old)
                if old.others == others and delta.leaves(old):
                    return self._graph(old, self._shelf(delta.kept))
            else:
                delta = Delta(wanted=[Wanted(file.path, file.size) for file in self._tree.discovery.files])
            base = old if old is not None or rebuild else self._nearest()
            snapshot, shelf = self._renewed(base, delta, others, rebuild)
        return self._graph(snapshot, shelf)

    # --- what there is

    def _stored(self, name: str) -> Snapshot | None:
        body = self._store.snapshot(name)
        snapshot = decode_snapshot(body) if body else None
        return snapshot if snapshot and snapshot.stamp == self._stamp else None

    def _nearest(self) -> Snapshot | None:
        """A snapshot of the same repository to start from: most files will be the same."""
        return next((found for name, _ in self._store.snapshots() if (found := self._stored(name))), None)

    def _others(self) -> tuple[str, ...]:
        return tuple(sorted(chain.from_iterable(self._tree.discovery.skipped.values())))

    def _compare(self, old: Snapshot) -> Delta:
        delta = Delta()
        entries = {entry.path: entry for entry in old.entries}
        skips = {skip.path: skip for skip in old.skips}
        for file in self._tree.discovery.files:
            path = file.path
            known = entries.get(path) or skips.get(path)
            if known is None or not known.identity or known.identity != self._tree.identity(path):
                delta.wanted.append(Wanted(path, file.size))
            elif isinstance(known, Entry):
                delta.kept[path] = known
            else:
                delta.skips[path] = known
        return delta

    # --- what is new

    def _shelf(self, entries: Mapping[str, Entry]) -> Shelf:
        return Shelf(self._store, self._tree, entries)

    def _affected(self, base: Snapshot | None, now: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        return affected(base, now, shelf, tree)

    def _renewed(
        self, base: Snapshot | None, delta: Delta, others: tuple[str, ...], rebuild: bool
    ) -> tuple[Snapshot, Shelf]:
        before = {entry.path: entry for entry in base.entries} if base else {}
        entries = delta.kept
        shelf = self._shelf(entries)
        self._read(delta, shelf, rebuild)
        ordered = {path: entries[path] for path in sorted(entries)}
        shelf.entries = ordered
        links = LinkTree(self._tree, self._tree.paths, ordered)
        stale = self._affected(base, ordered, shelf, links)
        for path, entry in ordered.items():
            if path not in stale.paths and path in before:
                ordered[path] = with_links(entry, before[path])
        linker = Linker(shelf, links, Kept(shelf, before, stale.keys, stale.interfaces, stale.gone), stale.flow)
        rows = self._linked(linker, sorted(stale.paths), ordered)
        consulted = dict(base.consulted if base and stale.keys is not None else ()) | links.consulted
        snapshot = Snapshot(
            self._stamp,
            self._began,
            tuple(ordered.values()),
            tuple(delta.skips[path] for path in sorted(delta.skips)),
            others,
            tuple(sorted(consulted.items())),
        )
        self._commit(snapshot, rows)
        return snapshot, shelf

    def _read(self, delta: Delta, shelf: Shelf, rebuild: bool) -> None:
        """Read and extract what is wanted; facts go to the store as they come, entries and skips to `delta`."""
        if not delta.wanted:
            return
        known: set[int] = set() if rebuild else {row for row, _ in self._store.ids("facts")}
        read: Reader = self._tree.read
        if isinstance(self._tree, Revision):
            read = read_from(dict(self._tree.read_many([file.path for file in delta.wanted])))
        waiting: list[FactsRow] = []
        found: dict[str, Outcome] = {}
        held = 0
        for path, outcome in Gatherer(read, known, self._stamp).gather(delta.wanted):
            self._emit(Progress("read", len(found), len(delta.wanted)))
            found[path] = outcome
            if outcome.extracted and outcome.extracted.blob:
                row = facts_row_of(outcome)
                shelf.add(row.id, row.blob)
                waiting.append(row)
                held += len(row.blob)
            if held > _FLUSH_BYTES:
                self._flush(waiting)
                held = 0
        self._flush(waiting)
        self._enter(found, delta)

    def _flush(self, waiting: list[FactsRow]) -> None:
        if waiting:
            with self._store.writing():
                self._store.put_facts(waiting)
            waiting.clear()

    def _enter(self, found: Mapping[str, Outcome], delta: Delta) -> None:
        """Turn outcomes into entries and skips."""
        heads = dict(self._store.heads(outcome.row for outcome in found.values() if outcome.known))
        identities = self._identities(found)
        lost = {}
        for path, outcome in found.items():
            extracted = outcome.extracted
            if outcome.reason or extracted is None:
                delta.skips[path] = Skip(path, identities[path], outcome.reason or "unreadable")
                continue
            head = Head(extracted.lines, extracted.code_lines, extracted.errors, extracted.package)
            if outcome.known:
                if outcome.row not in heads:
                    lost[path] = outcome
                    continue
                head = msgspec.msgpack.decode(heads[outcome.row], type=Head)
            delta.kept[path] = Entry(
                path, identities[path], outcome.language, extracted.digest, extracted.size,
                is_test(path, outcome.language), outcome.row, head,
            )  # fmt: skip
        if lost:
            self._extract_again(lost, delta)

    def _extract_again(self, lost: Mapping[str, Outcome], delta: Delta) -> None:
        """Rows that were there when we asked are damaged, or another process has dropped them."""
        again: dict[str, Outcome] = {}
        wanted = [Wanted(path, 0) for path in lost]
        rows = []
        for path, outcome in Gatherer(self._tree.read, set(), self._stamp).gather(wanted):
            again[path] = outcome
            if outcome.extracted and outcome.extracted.blob:
                rows.append(facts_row_of(outcome))
        self._flush(rows)
        self._enter(again, delta)

    def _identities(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The identity of each file read; empty where it changed too recently to be sure."""
        if isinstance(self._tree, Revision):
            return {path: self._tree.identity(path) for path in paths}
        young = int(self._began * 1e9) - _SETTLING_NS
        times = {file.path: max(file.mtime_ns, file.ctime_ns) for file in self._tree.discovery.files}
        return {path: self._tree.identity(path) if times[path] < young else b"" for path in paths}

    def _linked(self, linker: Linker, stale: list[str], ordered: dict[str, Entry]) -> list[Linked]:
        rows = []
        for path, linked in linker.link_all(stale, done=lambda n: self._emit(Progress("resolve", n, len(stale)))):
            entry = ordered[path]
            ordered[path] = msgspec.structs.replace(
                entry, links=linked.row, calls=linked.calls, unknown_calls=linked.unknown_calls
            )
            rows.append(linked)
        if linker.failed:
            first = min(linker.failed)
            failed = counted(len(linker.failed), "file")
            self._emit(Notice(f"{failed} could not be resolved, such as {first}: calls made there are unknown"))
        return rows

    def _commit(self, snapshot: Snapshot, rows: list[Linked]) -> None:
        with self._store.writing():
            self._store.put_links((linked.row, linked.crc, linked.blob) for linked in rows)
            self._store.put_snapshot(self._name, len(snapshot.entries), encode_snapshot(snapshot))
            self._store.forget_old(_REVISIONS)
            sweep(self._store)

    def _graph(self, snapshot: Snapshot, shelf: Shelf) -> CodeGraph:
        self._store.look()
        shelf.relink = LateLinker(shelf, self._tree)
        return CodeGraph(self._tree, self._name or None, snapshot, shelf)
