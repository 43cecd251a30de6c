"""The graph of what a tree would be with a change made to it; nothing is written, not even to the index."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from codeagent.domain.links import FileLinks
from codeagent.graph.affected import Changed, Stale, changed_names
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linking import Linked, LinkTree
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.shelf import Shelf
from codeagent.graph.store import FactsRow
from codeagent.graph.update import Update, nobody
from codeagent.workspace.patched import AnyTree, PatchedTree


def proposed_graph(graph: CodeGraph, contents: Mapping[str, bytes | None]) -> CodeGraph:
    """Return the graph of the same tree with these contents; None stands for a file that is gone."""
    return _Proposed(graph, contents).run()


def deferred_graph(graph: CodeGraph, contents: Mapping[str, bytes | None]) -> CodeGraph:
    """Return the same graph; what its references mean is found out when edges are first asked for, if they ever are."""
    return _Deferring(graph, contents).run()


def proposed_names(graph: CodeGraph, contents: Mapping[str, bytes | None]) -> tuple[CodeGraph, Changed]:
    """Return the same without links, which takes a small part of the time, and the names that what changed goes by."""
    update = _Unlinked(graph, contents)
    return update.run(), update.names


class _Proposed(Update):
    """Brings the snapshot of a graph, which may be a proposed one itself, up to a change, in memory alone."""

    def __init__(self, graph: CodeGraph, contents: Mapping[str, bytes | None]) -> None:
        self._snapshot, store = graph.basis()
        facts, links = graph.sources()[0].kept
        self._made, self._links = dict(facts), dict(links)
        super().__init__(PatchedTree(graph.tree, contents), "proposed", store, nobody)

    def _stored(self, name: str) -> Snapshot | None:
        return self._snapshot

    def _shelf(self, entries: Mapping[str, Entry]) -> Shelf:
        shelf = super()._shelf(entries)
        shelf.keep(self._made, self._links)
        return shelf

    def _flush(self, waiting: list[FactsRow]) -> None:
        for row in waiting:
            self._made[row.id] = row.blob
        waiting.clear()

    def _commit(self, snapshot: Snapshot, rows: list[Linked]) -> None:
        self._links.update((linked.row, linked.blob) for linked in rows)

    def _graph(self, snapshot: Snapshot, shelf: Shelf) -> CodeGraph:
        shelf.keep(self._made, self._links)
        return super()._graph(snapshot, shelf)


class _Unlinked(_Proposed):
    """Only what files say: what their names mean can be asked, edges cannot."""

    names = Changed()

    def _affected(self, base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        self.names = changed_names(base, entries, shelf, tree) if base else Changed()
        return Stale(set(), set())


class _Deferring(_Unlinked):
    """Only what files say, for now."""

    def __init__(self, graph: CodeGraph, contents: Mapping[str, bytes | None]) -> None:
        super().__init__(graph, contents)
        self._origin: CodeGraph = graph.origin if isinstance(graph, _Deferred) else graph
        self._contents = {**(graph.contents if isinstance(graph, _Deferred) else {}), **contents}

    def _affected(self, base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        return Stale(set(), set())

    def _graph(self, snapshot: Snapshot, shelf: Shelf) -> CodeGraph:
        super()._graph(snapshot, shelf)
        return _Deferred(self._tree, snapshot, shelf, self._origin, self._contents)


class _Deferred(CodeGraph):
    """A graph whose links are those of a linked graph of the same contents, made when they are first needed."""

    def __init__(
        self,
        tree: AnyTree,
        snapshot: Snapshot,
        shelf: Shelf,
        origin: CodeGraph,
        contents: Mapping[str, bytes | None],
    ) -> None:
        super().__init__(tree, None, snapshot, shelf)
        self.origin, self.contents = origin, contents

    @cached_property
    def _linked(self) -> CodeGraph:
        return proposed_graph(self.origin, self.contents)

    def links(self, path: str) -> FileLinks:
        return self._linked.links(path)

    def _all_links(self, needle: bytes = b"") -> Iterator[tuple[str, FileLinks]]:
        return self._linked._all_links(needle)
