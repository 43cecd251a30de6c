"""How well a tree stands, in three numbers, so that what a plan would bring can be told before anything is done."""

from dataclasses import dataclass
from typing import Final

import rustworkx

from codeagent.graph.graph import CodeGraph
from codeagent.survey.test_reach import CALLABLES

EASY: Final = 10  # complexity of a function that is no burden
LONG: Final = 500  # lines of code of a file that is none


@dataclass(frozen=True, slots=True)
class Health:
    """`circles`: files that import each other in circles; `tangle`: complexity of functions above what is easy to
    follow, summed; `bulk`: lines of code of files above what is easy to hold, summed. Of the product alone."""

    circles: int
    tangle: int
    bulk: int

    def less(self, other: "Health") -> "Health":
        """Return by how much `other` is lower in each."""
        return Health(self.circles - other.circles, self.tangle - other.tangle, self.bulk - other.bulk)

    def part_of(self, whole: "Health") -> float:
        """Return the sum of what part of the whole each is."""
        pairs = ((self.circles, whole.circles), (self.tangle, whole.tangle), (self.bulk, whole.bulk))
        return sum(mine / max(1, all_of_it) for mine, all_of_it in pairs)


def health(graph: CodeGraph) -> Health:
    """Measure a tree."""
    product = [path for path, record in graph.files.items() if not record.test and graph.has_facts(path)]
    tangle = sum(
        max(0, symbol.complexity - EASY)
        for path in product
        for symbol in graph.symbols(path)
        if symbol.kind in CALLABLES
    )
    bulk = sum(max(0, graph.files[path].code_lines - LONG) for path in product)
    return Health(in_circles(graph), tangle, bulk)


def in_circles(graph: CodeGraph) -> int:
    """Return how many files import each other in circles."""
    whole: rustworkx.PyDiGraph[str, None] = rustworkx.PyDiGraph()
    at = dict(zip(graph.files, whole.add_nodes_from(list(graph.files)), strict=True))
    pairs = [pair for pair, kinds in graph.file_edges().items() if "imports" in kinds]
    whole.add_edges_from_no_data([(at[first], at[second]) for first, second in pairs])
    return sum(len(part) for part in rustworkx.strongly_connected_components(whole) if len(part) > 1)
