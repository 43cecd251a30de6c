"""The graph of what a tree would be with a change made to it; nothing is written, not even to the index."""

from collections.abc import Mapping

from codeagent.graph.affected import Changed, Stale, changed_names
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linked import Linked, LinkTree
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.renewing import Renewal
from codeagent.graph.shelf import Shelf
from codeagent.graph.store import FactsRow
from codeagent.graph.update import nobody
from codeagent.workspace.patched import PatchedTree


def proposed_graph(graph: CodeGraph, contents: Mapping[str, bytes | None]) -> CodeGraph:
    """Return the graph of the same tree with these contents; None stands for a file that is gone."""
    return Proposed(graph, contents).run()


def proposed_names(
    graph: CodeGraph, contents: Mapping[str, bytes | None], moves: Mapping[str, str]
) -> tuple[CodeGraph, Changed]:
    """Return the same without links, which takes a small part of the time, and the names that what changed goes by.

    `moves` are the old paths of files that are in `contents` under a new one."""
    update = _Unlinked(graph, contents)
    update.moves = moves
    return update.run(), update.names


class Proposed(Renewal):
    """Brings the snapshot of a graph, which may be a proposed one itself, up to a change, in memory alone."""

    with_links = True  # whether those of the graph that it starts from matter

    def __init__(self, graph: CodeGraph, contents: Mapping[str, bytes | None]) -> None:
        self._snapshot, self._before = graph.basis(linked=self.with_links)
        self._made, self._links = map(dict, self._before.kept)
        super().__init__(PatchedTree(graph.tree, contents), "proposed", self._before.store, nobody)

    def _stored(self, name: str) -> Snapshot | None:
        return self._snapshot

    def _shelf(self, entries: Mapping[str, Entry]) -> Shelf:
        shelf = super()._shelf(entries)
        shelf.keep(self._made, self._links)
        shelf.borrow(self._before)
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


class _Unlinked(Proposed):
    """Only what files say: what their names mean can be asked, edges cannot."""

    with_links = False
    names = Changed()
    moves: Mapping[str, str] = {}

    def _affected(self, base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        self.names = changed_names(base, entries, shelf, tree, self.moves) if base else Changed()
        return Stale(set(), set())
