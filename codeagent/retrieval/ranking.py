"""Files as a weighted graph of references, and personalised PageRank over it."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import rustworkx

from codeagent.domain.links import CALL_EDGE, IMPORT_EDGE, INHERIT_EDGE, INSTANTIATE_EDGE, NAME_ONLY
from codeagent.graph.graph import CodeGraph

DAMPING: Final = 0.5  # flow that goes on: at the usual 0.85 all of it ends in the leaves, the small helpers
_WEIGHT: Final = {CALL_EDGE: 1.0, INSTANTIATE_EDGE: 1.0, INHERIT_EDGE: 2.0, IMPORT_EDGE: 0.3}
_TEST: Final = 0.2  # what a reference from a test counts


@dataclass(frozen=True, slots=True)
class FileGraph:
    """Who uses whom, file by file, and which symbols are used from where."""

    paths: tuple[str, ...]
    numbers: Mapping[str, int]
    weights: Mapping[tuple[int, int], float]  # between different files
    uses: Mapping[str, Mapping[int, float]]  # symbol id to weight by using file (its own file included)


def file_graph(graph: CodeGraph) -> FileGraph:
    """Collect references between files of the tree; guesses by name alone are left out."""
    paths = tuple(graph.files)
    numbers = {path: number for number, path in enumerate(paths)}
    weights: dict[tuple[int, int], float] = {}
    uses: dict[str, dict[int, float]] = {}
    for path, links in graph.all_links():
        source = numbers[path]
        factor = _TEST if graph.files[path].test else 1.0
        counts = Counter(zip(links.edges[3::5], links.edges[1::5], links.edges[4::5], strict=True))
        for (aim, kind, certainty), count in counts.items():
            target = links.targets[aim]
            home = numbers.get(target.partition("::")[0])
            if home is None or certainty == NAME_ONLY:
                continue
            weight = factor * _WEIGHT.get(kind, 0.5) * math.sqrt(count)
            by_file = uses.setdefault(target, {})
            by_file[source] = by_file.get(source, 0.0) + weight
            if home != source:
                weights[source, home] = weights.get((source, home), 0.0) + weight
    return FileGraph(paths, numbers, weights, uses)


def page_rank(files: FileGraph, personal: Mapping[int, float]) -> list[float]:
    """Rank files by what flows to them from `personal` (file number to weight; empty: from everywhere)."""
    digraph: rustworkx.PyDiGraph[int, float] = rustworkx.PyDiGraph()
    digraph.add_nodes_from(range(len(files.paths)))
    edges = sorted((a, b, w) for (a, b), w in files.weights.items())
    digraph.add_edges_from(edges)
    if not files.paths:
        return []
    start = dict(personal) or None
    found = rustworkx.pagerank(digraph, alpha=DAMPING, weight_fn=float, personalization=start, dangling=start, tol=1e-7)
    return [found[number] for number in range(len(files.paths))]
