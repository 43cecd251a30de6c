"""Files and how heavily they use one another: the weighted graph that structure is read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.links import CALL_EDGE, EXACT, IMPORT_EDGE, INHERIT_EDGE, INSTANTIATE_EDGE, NAME_ONLY
from codeagent.graph.tables import Edges, Tables

# An import or a base class binds two files more than one more call does.
WEIGHTS: Final = {CALL_EDGE: 2, IMPORT_EDGE: 3, INHERIT_EDGE: 5, INSTANTIATE_EDGE: 2}
LIKELY_FACTOR: Final = 0.5


@dataclass(frozen=True, slots=True)
class FileGraph:
    """Edges between files (positions in `Tables.paths`): weight, references, and one place (offset).

    A reference that leads to several files, such as the name of a package of Go, is a share of one for each."""

    weights: Mapping[tuple[int, int], float]
    references: Mapping[tuple[int, int], float]
    places: Mapping[tuple[int, int], tuple[int, int]]  # (symbol number, byte offset) of the first import or use
    imports: Mapping[tuple[int, int], int]  # import edges only, to the offset of the first


def file_graph(tables: Tables) -> FileGraph:
    """Sum the references between files; guesses by name are left out, and files that name nothing of one another.

    What a call of an interface may run is no dependency of the file that calls it."""
    weights: dict[tuple[int, int], float] = {}
    references: dict[tuple[int, int], float] = {}
    places: dict[tuple[int, int], tuple[int, int]] = {}
    imports: dict[tuple[int, int], int] = {}
    named: set[tuple[int, int]] = set()
    owner = tables.owners()
    edges = tables.edges
    shares = _shares(edges)
    for source, target, kind, certainty, start in zip(
        edges.sources, edges.targets, edges.kinds, edges.certainties, edges.starts, strict=True
    ):
        pair = (owner[source], owner[target])
        if pair[0] == pair[1] or certainty == NAME_ONLY:
            continue
        if certainty == EXACT:
            named.add(pair)
        weight = WEIGHTS.get(kind, 1)
        weights[pair] = weights.get(pair, 0) + (weight if certainty == EXACT else weight * LIKELY_FACTOR)
        references[pair] = references.get(pair, 0) + shares.get((source, start), 1)
        if pair not in places:
            places[pair] = (source, start)
        if kind == IMPORT_EDGE and pair not in imports:
            imports[pair] = start
    for pair in weights.keys() - named:
        del weights[pair], references[pair], places[pair]
    return FileGraph(weights, references, places, imports)


def _shares(edges: Edges) -> dict[tuple[int, int], float]:
    """By symbol and offset, what one edge is of the reference there, where that has more edges than one."""
    counts: dict[tuple[int, int], int] = {}
    before = (-1, -1)
    for place in zip(edges.sources, edges.starts, strict=True):
        if place == before:
            counts[place] = counts.get(place, 1) + 1
        before = place
    return {place: 1 / count for place, count in counts.items()}
