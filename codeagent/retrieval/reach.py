"""What may break when symbols change: the graph walked backwards, the surest and shortest way to each symbol."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.links import (
    CALL_EDGE,
    CERTAINTIES,
    EDGE_KINDS,
    IMPORT_EDGE,
    INHERIT_EDGE,
    LIKELY,
    NAME_ONLY,
    FileLinks,
)
from codeagent.graph.graph import CodeGraph
from codeagent.graph.nearly import nearly_all_links
from codeagent.graph.references import heirs_of
from codeagent.retrieval.unresolved import Unresolved

FAR: Final = 12  # steps after which nothing is said any more
OVERRIDES: Final = "overrides"
OVERRIDDEN: Final = "overridden"


@dataclass(frozen=True, slots=True)
class Reached:
    """A symbol that depends on a changed one; it stands at byte `start` of `path` where it leans on `through`."""

    symbol: str
    through: str
    distance: int
    certainty: int  # of CERTAINTIES: the weakest on the way
    why: str  # kind of edge, OVERRIDES (a subclass's own member) or OVERRIDDEN (a base's member it may run for)
    path: str
    start: int


class Backwards:
    """The references of a graph by what they lead to; only files on the way are looked into."""

    def __init__(self, graph: CodeGraph, links: Mapping[str, FileLinks] | None = None) -> None:
        self._graph = graph
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
            self._symbols[path] = {one.id: one for one in self._graph.symbols(path)}
        return self._symbols[path]

    def _ids_of(self, path: str) -> list[str]:
        """The ids of the symbols of a file, in order; its facts are not needed for that."""
        if path not in self._ids:
            self._ids[path] = [path, *(f"{path}::{name}" for name in self._graph.defined_names(path))]
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

    def is_named(self, one: Reached) -> bool:
        """Tell whether a reference spells the name of what it leads to, or of its class where that is special."""
        *_, owner, name = ["", *one.through.rpartition("::")[2].split(".")]
        wanted = (name, owner) if name.startswith("__") else (name,)
        source = self._graph.read(one.path)
        return any(source.startswith(said.partition("#")[0].encode(), one.start) for said in wanted if said)

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


def with_members(back: Backwards, symbols: Iterable[str]) -> list[str]:
    """The symbols and everything defined inside them."""
    wanted = set(symbols)
    for path in {one.partition("::")[0] for one in wanted}:
        for identity, symbol in back.symbols(path).items():
            if symbol.parent in wanted:  # parents come before their members
                wanted.add(identity)
    return sorted(wanted)


def reach(back: Backwards, changed: Iterable[str], depth: int = FAR) -> list[Reached]:
    """Everything that leads to a changed symbol, nearest first, each once, the surest way first.

    What a name alone suggests is told and not followed further; neither is a module that imports, nor an override."""
    start = sorted(set(changed))
    best: dict[str, Reached] = {}
    done = set(start)
    waiting: list[tuple[int, int, str]] = []

    def meet(found: Iterator[Reached]) -> None:
        for one in found:
            known = best.get(one.symbol)
            if one.symbol not in done and (
                known is None or (one.certainty, one.distance) < (known.certainty, known.distance)
            ):
                best[one.symbol] = one
                heapq.heappush(waiting, (one.certainty, one.distance, one.symbol))

    for identity in start:
        meet(_dependents(back, identity, 1, 0))
        meet(_relatives(back, identity))
    while waiting:
        certainty, distance, identity = heapq.heappop(waiting)
        if identity not in done:
            done.add(identity)
            one = best[identity]
            if distance < depth and "::" in identity and _leads_on(back, one):
                meet(_dependents(back, identity, distance + 1, certainty))
    return sorted(best.values(), key=lambda one: (one.distance, one.certainty, one.path, one.start, one.symbol))


def _leads_on(back: Backwards, one: Reached) -> bool:
    """Whether what leans on a symbol is at risk as well.

    A wrapper that may call the symbol as a value, under another name, says nothing of the wrapper's other callers;
    those who hand the value over refer to the symbol themselves."""
    if one.certainty == NAME_ONLY or one.why == OVERRIDES:
        return False
    return one.certainty != LIKELY or one.why != EDGE_KINDS[CALL_EDGE] or back.is_named(one)


def _dependents(back: Backwards, identity: str, distance: int, doubt: int) -> Iterator[Reached]:
    for source, kind, certainty, path, start in sorted(
        back.into(identity), key=lambda edge: (edge[2], edge[1] == IMPORT_EDGE, edge[4])
    ):
        yield Reached(source, identity, distance, max(doubt, certainty), EDGE_KINDS[kind], path, start)


def _relatives(back: Backwards, identity: str) -> Iterator[Reached]:
    """The same member of subclasses, which may rely on it, and of bases, through which it may be called."""
    symbol = back.symbol(identity)
    if symbol is None or symbol.parent is None or "::" not in symbol.parent:
        return
    for owner, certainty in _family(back, symbol.parent, symbol.name, down=True):
        yield _related(back, f"{owner}.{symbol.name}", identity, certainty, OVERRIDES)
    for owner, certainty in _family(back, symbol.parent, symbol.name, down=False):
        yield _related(back, f"{owner}.{symbol.name}", identity, max(certainty, LIKELY), OVERRIDDEN)


def _related(back: Backwards, member: str, identity: str, certainty: int, why: str) -> Reached:
    symbol = back.symbol(member)
    assert symbol is not None
    return Reached(member, identity, 1, certainty, why, symbol.path, symbol.name_span.start)


def _family(back: Backwards, owner: str, name: str, *, down: bool) -> Iterator[tuple[str, int]]:
    """The nearest classes below (or above) that have a member of this name, through those that have none."""
    waiting, seen = [(owner, 0)], {owner}
    while waiting:
        current, doubt = waiting.pop()
        for other, certainty in back.heirs(current) if down else back.bases(current):
            if other in seen:
                continue
            seen.add(other)
            found = (other, max(doubt, certainty))
            if back.symbol(f"{other}.{name}") is None:
                waiting.append(found)
            else:
                yield found
                if down:
                    waiting.append(found)


def said(certainty: int) -> str:
    """The name of a certainty."""
    return CERTAINTIES[certainty]
