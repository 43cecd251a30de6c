"""The references of a graph by what they lead to."""

from collections.abc import Iterator, Mapping

from codeagent.domain.code import Symbol
from codeagent.domain.links import INHERIT_EDGE, NAME_ONLY, FileLinks
from codeagent.graph.graph import CodeGraph
from codeagent.graph.nearly import nearly_all_links
from codeagent.graph.references import heirs_of
from codeagent.retrieval.unresolved import Unresolved


class Backwards:
    """The references of a graph by what they lead to; only files on the way are looked into."""

    def __init__(self, graph: CodeGraph, links: Mapping[str, FileLinks] | None = None) -> None:
        self.graph = graph
        self.links: Mapping[str, FileLinks] = dict(graph.all_links()) if links is None else links
        self._homes: dict[str, list[str]] = {}  # target to the files that refer to it
        for path, one in self.links.items():
            for target in one.targets:
                self._homes.setdefault(target, []).append(path)
        self.unresolved = Unresolved(graph, [path for path, one in self.links.items() if one.failed])
        self._edges: dict[str, dict[str, list[int]]] = {}
        self._symbols: dict[str, dict[str, Symbol]] = {}
        self._ids: dict[str, list[str]] = {}
        self._heirs: dict[str, list[tuple[str, int]]] = {}
        self._bases: dict[str, list[tuple[str, int]]] = {}

    def symbols(self, path: str) -> dict[str, Symbol]:
        """Return the symbols of a file by id, in order."""
        if path not in self._symbols:
            self._symbols[path] = {one.id: one for one in self.graph.symbols(path)}
        return self._symbols[path]

    def _ids_of(self, path: str) -> list[str]:
        """The ids of the symbols of a file, in order; its facts are not needed for that."""
        if path not in self._ids:
            self._ids[path] = [path, *(f"{path}::{name}" for name in self.graph.defined_names(path))]
        return self._ids[path]

    def into(self, target: str) -> Iterator[tuple[str, int, int, str, int]]:
        """Yield (symbol that refers, kind, certainty, path, start) for each reference to a symbol."""
        for path in self._homes.get(target, ()):
            ids, flat = self._ids_of(path), self.links[path].edges
            heirs = heirs_of(self.links[path])
            for at in self._by_target(path).get(target, ()):
                yield heirs.get(at // 5) or ids[flat[at + 2]], flat[at + 1], flat[at + 4], path, flat[at]
        for path, (within, kind, start) in self.unresolved.into(target):
            yield self._ids_of(path)[within], kind, NAME_ONLY, path, start

    def _by_target(self, path: str) -> dict[str, list[int]]:
        if path not in self._edges:
            links = self.links[path]
            found: dict[str, list[int]] = {}
            for number, target in enumerate(links.edges[3::5]):
                found.setdefault(links.targets[target], []).append(5 * number)
            self._edges[path] = found
        return self._edges[path]

    def heirs(self, owner: str) -> list[tuple[str, int]]:
        """Return the classes that build on a class directly, with certainty."""
        if owner not in self._heirs:
            edges = self.into(owner)
            self._heirs[owner] = [(one, certainty) for one, kind, certainty, *_ in edges if kind == INHERIT_EDGE]
        return self._heirs[owner]

    def bases(self, owner: str) -> list[tuple[str, int]]:
        """Return the classes of the tree that a class builds on directly, with certainty."""
        if owner not in self._bases:
            self._bases[owner] = self._bases_of(owner)
        return self._bases[owner]

    def _bases_of(self, owner: str) -> list[tuple[str, int]]:
        path = owner.partition("::")[0]
        if path not in self.links:
            return []
        links, ids = self.links[path], self._ids_of(path)
        flat = links.edges
        found = {
            links.targets[flat[at + 3]]: flat[at + 4]
            for at in range(0, len(flat), 5)
            if flat[at + 1] == INHERIT_EDGE and ids[flat[at + 2]] == owner
        }
        return [(base, certainty) for base, certainty in found.items() if self.symbol(base) is not None]

    def symbol(self, identity: str) -> Symbol | None:
        """Return the symbol of an id, None for what is outside the tree or gone."""
        path = identity.partition("::")[0]
        return self.symbols(path).get(identity) if path in self.links else None


def nearly_backwards(graph: CodeGraph) -> Backwards:
    """Return what leads where, by names and single answers where linking would take long."""
    return Backwards(graph, nearly_all_links(graph))
