"""Graphs whose links are made when they are asked for: soon where an edit reaches few files, else answer by answer."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.domain.links import FileLinks
from codeagent.graph.affected import Stale, affected
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linked import LateLinker, Linked, LinkTree, Wanted
from codeagent.graph.proposed import Proposed, proposed_graph
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.renewing import Renewal
from codeagent.graph.shelf import Shelf
from codeagent.graph.update import Delta, open_graph
from codeagent.workspace.patched import AnyTree

_SOON: Final = 100  # files that are linked anew in less time than a few answers take
_ADRIFT: Final = 200  # files that differ from the index, beyond which it is better brought up to date


def deferred_graph(graph: CodeGraph, contents: Mapping[str, bytes | None]) -> CodeGraph:
    """Return the graph of the same tree with these contents; None stands for a file that is gone.

    What its references lead to is found out when it is first asked for, if it ever is."""
    return _Deferring(graph, contents).run()


def open_deferred(root: Path, config: Config, rev: str | None = None) -> CodeGraph:
    """Open the graph of `root` as `open_graph` does, but for links: where an edit reaches too many files, the index is
    left as it was, and what is asked for is linked. Errors as `open_graph`."""
    return open_graph(root, rev, None, config, by=_Opening)


def _soon(base: Snapshot | None, now: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale | None:
    """What an edit reaches; None where that is much."""
    stale = affected(base, now, shelf, tree, _SOON)
    return stale if base is None or len(stale.paths) <= _SOON else None


class _Opening(Renewal):
    """Brings the index up to date, unless that means to link too much of it."""

    _basis: Snapshot | None = None  # of the index as it was
    _leave = False  # the index is left as it was

    def _affected(self, base: Snapshot | None, now: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        if base is None or not self._store.snapshot(self._name):
            return super()._affected(base, now, shelf, tree)
        self._basis = base
        stale = _soon(base, now, shelf, tree)
        if stale is not None:
            return stale
        if _differing(base.entries, now.values()) > _ADRIFT:
            return super()._affected(base, now, shelf, tree)
        self._leave = True
        return Stale(set(), set())

    def _commit(self, snapshot: Snapshot, rows: list[Linked]) -> None:
        if not self._leave:
            super()._commit(snapshot, rows)

    def _graph(self, snapshot: Snapshot, shelf: Shelf) -> CodeGraph:
        graph = super()._graph(snapshot, shelf)
        if self._basis is None:
            return graph
        known = Shelf(self._store, self._tree, {entry.path: entry for entry in self._basis.entries})
        earlier = CodeGraph(self._tree, None, self._basis, known)
        if self._leave:
            return _Deferred(self._tree, snapshot, shelf, earlier, {}, soon=False)
        return _Renewed(self._tree, snapshot, shelf, earlier)


class _Renewed(CodeGraph):
    """A graph of an index that was just brought up to date; what it was `earlier` may be nearer to another side."""

    def __init__(self, tree: AnyTree, snapshot: Snapshot, shelf: Shelf, earlier: CodeGraph) -> None:
        super().__init__(tree, None, snapshot, shelf)
        self.earlier = earlier


def _differing(entries: Iterable[Entry], others: Iterable[Entry]) -> int:
    """How many files are not the same."""
    digests = {entry.path: entry.digest for entry in entries}
    return sum(digests.get(entry.path) != entry.digest for entry in others)


class _Deferring(Proposed):
    """Only what files say: links are made when they are first asked for."""

    with_links = False

    def __init__(self, graph: CodeGraph, contents: Mapping[str, bytes | None]) -> None:
        super().__init__(graph, contents)
        self._origin: CodeGraph = graph.origin if isinstance(graph, _Deferred) else graph
        self._contents = {**(graph.contents if isinstance(graph, _Deferred) else {}), **contents}

    def _affected(self, base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        return Stale(set(), set())

    def _graph(self, snapshot: Snapshot, shelf: Shelf) -> CodeGraph:
        super()._graph(snapshot, shelf)
        origin = self._origin
        if isinstance(origin, _Renewed):
            origin = min((origin, origin.earlier), key=lambda one: self._distance(one, snapshot))
        return _Deferred(self._tree, snapshot, shelf, origin, self._contents)

    def _distance(self, graph: CodeGraph, snapshot: Snapshot) -> int:
        return _differing(graph.basis(linked=False)[0].entries, snapshot.entries)


class _TooMuchError(Exception):
    """An edit reaches so many files that linking them would take long."""


class _Soon(Proposed):
    """Links what an edit reaches, where that is little; what files say is known already."""

    def __init__(self, graph: "_Deferred") -> None:
        super().__init__(graph.origin, graph.contents)
        shelf, _ = graph.sources()
        self._made.update(shelf.kept[0])
        self._ready = shelf.entries

    def _read(self, delta: Delta, shelf: Shelf, rebuild: bool) -> None:
        known = {one.path for one in delta.wanted} & self._ready.keys()
        delta.kept.update((path, self._ready[path]) for path in known)
        delta.wanted = [one for one in delta.wanted if one.path not in known]
        super()._read(delta, shelf, rebuild)

    def _affected(self, base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        stale = _soon(base, entries, shelf, tree)
        if stale is None:
            raise _TooMuchError
        return stale


class _Deferred(CodeGraph):
    """A graph whose links are those of a linked graph of the same contents, made when they are first needed."""

    def __init__(
        self,
        tree: AnyTree,
        snapshot: Snapshot,
        shelf: Shelf,
        origin: CodeGraph,
        contents: Mapping[str, bytes | None],
        *,
        soon: bool = True,  # whether it is worth a look if its links are made soon
    ) -> None:
        super().__init__(tree, None, snapshot, shelf)
        self.origin, self.contents, self._may_be_soon = origin, contents, soon
        self._late = LateLinker(shelf, tree)

    @cached_property
    def _soon(self) -> CodeGraph | None:
        try:
            return _Soon(self).run() if self._may_be_soon else None
        except _TooMuchError:
            return None

    @cached_property
    def _linked(self) -> CodeGraph:
        return self._soon or proposed_graph(self.origin, self.contents)

    def basis(self, *, linked: bool = True) -> tuple[Snapshot, Shelf]:
        return self._linked.basis() if linked else super().basis()

    @property
    def at_hand(self) -> bool:
        return "_linked" in vars(self) or self._soon is not None

    @property
    def linked_nearby(self) -> CodeGraph | None:
        return None if self.at_hand else self.origin

    def asked(self, path: str, wanted: Wanted) -> FileLinks:
        self._entry(path)
        return self._linked.links(path) if self.at_hand else self._late(path, wanted)

    def links(self, path: str) -> FileLinks:
        return self._linked.links(path)

    def _all_links(self, needle: bytes = b"") -> Iterator[tuple[str, FileLinks]]:
        return self._linked._all_links(needle)

    def _leading_to(self, target: str) -> Iterator[tuple[str, FileLinks]]:
        return self._linked._leading_to(target)
