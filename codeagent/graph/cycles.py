"""Circles among files that import each other, and the cheapest edge whose removal opens most of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import rustworkx

from codeagent.domain.facts import NOT_LOADED
from codeagent.domain.links import IMPORT_EDGE, NAME_ONLY
from codeagent.graph.tables import Tables

TRIALS: Final = 150  # edges tried per circle, the cheapest first
LOADED: Final = frozenset(("python", "javascript", "typescript", "tsx", "jsx"))  # modules that run as they load


@dataclass(frozen=True, slots=True)
class FileImports:
    """Which file imports which: positions in `Tables.paths`, with what it would cost to undo."""

    uses: Mapping[tuple[int, int], int]  # references of any kind that go along with the import
    places: Mapping[tuple[int, int], int]  # byte offset of the first import
    deferred: frozenset[tuple[int, int]]  # inside a function, for types only, or where the file is run as a script
    idle: frozenset[int]  # files of languages where importing runs nothing


@dataclass(frozen=True, slots=True)
class Circle:
    """Files in one circle; `path` is a shortest round trip through the edge to cut."""

    files: tuple[int, ...]
    path: tuple[int, ...]
    cut: tuple[int, int]
    weight: int
    left: int  # files still in a circle after the cut
    when: str  # "load": as modules load; "deferred": not then; "": the language does not care

    @property
    def at_import_time(self) -> bool:
        """Whether the circle closes while modules load."""
        return self.when == "load"


def file_imports(tables: Tables) -> FileImports:
    """Collect imports between files of the tree; a package file that holds its own parts counts too."""
    uses: dict[tuple[int, int], int] = {}
    places: dict[tuple[int, int], int] = {}
    loading: set[tuple[int, int]] = set()
    running = [tables.graph.files[path].language in LOADED for path in tables.paths]
    edges = tables.edges
    owner = tables.owners()
    flags: dict[int, dict[int, int]] = {}
    for source, target, kind, certainty, start in zip(
        edges.sources, edges.targets, edges.kinds, edges.certainties, edges.starts, strict=True
    ):
        pair = (owner[source], owner[target])
        if pair[0] == pair[1] or certainty == NAME_ONLY:
            continue
        uses[pair] = uses.get(pair, 0) + 1
        if kind == IMPORT_EDGE:
            places[pair] = min(places.get(pair, start), start)
            if pair not in loading and tables.symbols[source].kind in ("module", "class"):
                if pair[0] not in flags:
                    facts = tables.graph.facts(tables.paths[pair[0]])
                    flags[pair[0]] = {fact.start: fact.flags for fact in facts.imports}
                if not flags[pair[0]].get(start, 0) & NOT_LOADED:
                    loading.add(pair)
    idle = frozenset(n for n, runs in enumerate(running) if not runs)
    return FileImports({p: uses[p] for p in places}, places, frozenset(places.keys() - loading), idle)


def circles(imports: FileImports) -> list[Circle]:
    """Return every circle of files, those that hurt when modules load first, then the biggest.

    Files that are in a circle as modules load, and in a larger one by deferred imports, are in both."""
    every = sorted(imports.places)
    loading = [pair for pair in every if pair not in imports.deferred and pair[0] not in imports.idle]
    found = [*_circles(imports, loading, "load"), *_circles(imports, every, "deferred")]
    whole = {circle.files: circle for circle in reversed(found)}
    return sorted(whole.values(), key=lambda c: (c.when != "load", -len(c.files), c.files))


Graph = rustworkx.PyDiGraph


def _digraph(pairs: Mapping[tuple[int, int], int]) -> "Graph[int, int]":
    graph: Graph[int, int] = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(1 + max((max(pair) for pair in pairs), default=-1)))
    graph.add_edges_from([(a, b, 1) for a, b in sorted(pairs)])
    return graph


def _circles(imports: FileImports, pairs: list[tuple[int, int]], when: str) -> list[Circle]:
    """The circles that some of the imports make."""
    graph = _digraph(dict.fromkeys(pairs, 1))
    parts = [part for part in rustworkx.strongly_connected_components(graph) if len(part) > 1]
    return [_circle(graph, part, imports, pairs, when) for part in parts]


def _circle(
    whole: "Graph[int, int]", part: list[int], imports: FileImports, every: list[tuple[int, int]], when: str
) -> Circle:
    files = sorted(part)
    inside = set(files)
    graph = whole.subgraph(files)
    pairs = [p for p in every if p[0] in inside and p[1] in inside]
    at = {file: number for number, file in enumerate(files)}
    best: tuple[float, int, tuple[int, int], int] | None = None
    for pair in sorted(pairs, key=lambda p: (imports.uses[p], p))[:TRIALS]:
        graph.remove_edge(at[pair[0]], at[pair[1]])
        left = sum(len(c) for c in rustworkx.strongly_connected_components(graph) if len(c) > 1)
        graph.add_edge(at[pair[0]], at[pair[1]], 1)
        cost = imports.uses[pair]
        gain = (len(files) - left + 0.01) / cost
        if best is None or (gain, -cost) > (best[0], best[1]):
            best = (gain, -cost, pair, left)
    if best is None:
        raise ValueError("a circle without edges")
    cut = best[2]
    trip = tuple(source for source, _ in _loop(graph, at, files, cut))
    when = "" if imports.idle.issuperset(files) else when
    return Circle(tuple(files), trip, cut, imports.uses[cut], best[3], when)


def _loop(
    graph: "Graph[int, int]", at: Mapping[int, int], files: list[int], cut: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return the edges of a shortest round trip that starts with the edge to cut."""
    paths = rustworkx.dijkstra_shortest_paths(graph, at[cut[1]], target=at[cut[0]], default_weight=1.0)
    way = [files[n] for n in paths[at[cut[0]]]] if at[cut[0]] in paths else [cut[1], cut[0]]
    stops = [cut[0], *way]
    return list(pairwise(stops))
