"""From a root folder to a current `CodeGraph`: what is kept of it, and whether that is current."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from pathlib import Path

from codeagent.config import Config, load_config
from codeagent.domain.events import Event, Notice
from codeagent.graph.cachefolder import index_path, shrink, touch
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linked import LateLinker
from codeagent.graph.memory import paused_gc
from codeagent.graph.records import Entry, Listed, Skip, Snapshot, decode_snapshot
from codeagent.graph.shelf import Shelf
from codeagent.graph.stamp import extractor_stamp
from codeagent.graph.store import Store, StoreError
from codeagent.workspace.files import discover
from codeagent.workspace.git import enclosing
from codeagent.workspace.patched import AnyTree
from codeagent.workspace.policy import Limits
from codeagent.workspace.refs import resolve_revision
from codeagent.workspace.revisions import Revision, WorkingTree

WORKING = ""  # the name of the working tree's snapshot; a revision's is its commit

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
    wanted: list[Listed] = field(default_factory=list)

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
                delta = Delta(wanted=[Listed(file.path, file.size) for file in self._tree.discovery.files])
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
                delta.wanted.append(Listed(path, file.size))
            elif isinstance(known, Entry):
                delta.kept[path] = known
            else:
                delta.skips[path] = known
        return delta

    # --- what is new

    def _shelf(self, entries: Mapping[str, Entry]) -> Shelf:
        return Shelf(self._store, self._tree, entries)

    def _renewed(
        self, base: Snapshot | None, delta: Delta, others: tuple[str, ...], rebuild: bool
    ) -> tuple[Snapshot, Shelf]:
        """What is new, read and linked; who does that is imported here, as most questions need no evaluator."""
        renewal = import_module("codeagent.graph.renewing").Renewal(self._tree, self._name, self._store, self._emit)
        renewal._began = self._began
        done: tuple[Snapshot, Shelf] = renewal._renewed(base, delta, others, rebuild)
        return done

    def _graph(self, snapshot: Snapshot, shelf: Shelf) -> CodeGraph:
        self._store.look()
        shelf.relink = LateLinker(shelf, self._tree)
        return CodeGraph(self._tree, self._name or None, snapshot, shelf)
