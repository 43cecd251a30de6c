"""Ways through the graph: call paths and import cycles."""

from collections.abc import Collection, Mapping
from heapq import heappop, heappush
from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.domain.links import CALL_EDGE, CERTAINTIES, INSTANTIATE_EDGE, LIKELY, NAME_ONLY
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.cycles import Circle, FileImports, circles, file_imports
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import Edges, Tables
from codeagent.graph.tables import tables as tables_of
from codeagent.tools.places import SymbolName, meant, proof, several


def path(
    graph: CodeGraph,
    start: Annotated[str, "The symbol to start from; of a name of several overloads any."],
    end: SymbolName,
) -> Answer:
    """Find the surest call path from one symbol to another, of equally sure ones the shortest: one hit a call."""
    sources, targets = meant(graph, start), meant(graph, end)
    if {one.id for one in sources} & {one.id for one in targets}:
        raise UsageError(f"{sources[0].id} is both the start and the end", "name two different symbols")
    tables = graph.once(tables_of)
    ends = {tables.numbers[one.id] for one in targets}
    arrived = _surest(graph.once(_calls), tables.edges, [tables.numbers[one.id] for one in sources], ends)
    hits: list[Hit] = []
    at = next((one for one in arrived if one in ends), -1)
    while at in arrived:
        edge = arrived[at]
        at = tables.edges.sources[edge]
        hits.append(_step(graph, tables, edge))
    empty = proof(graph, f"no call path from {sources[0].id} to {targets[0].id} was found")
    return Answer(reversed(hits), empty, (*several(sources), *several(targets), *_doubts(hits)))


def _doubts(hits: list[Hit]) -> tuple[str, ...]:
    guessed = sum(1 for one in hits if one.certainty == CERTAINTIES[NAME_ONLY])
    if not guessed:
        return ()
    which = "a call on it rests" if guessed == 1 else f"{guessed} calls on it rest"
    return (f"no way is known that is sure: {which} on a name alone, and may reach another of that name",)


def _calls(graph: CodeGraph) -> dict[int, list[int]]:
    """The calls that each symbol makes, as positions among the edges."""
    outgoing: dict[int, list[int]] = {}
    edges = graph.once(tables_of).edges
    for number, kind in enumerate(edges.kinds):
        if kind in (CALL_EDGE, INSTANTIATE_EDGE):
            outgoing.setdefault(edges.sources[number], []).append(number)
    return outgoing


def _surest(
    outgoing: Mapping[int, list[int]], edges: Edges, starts: Collection[int], ends: Collection[int]
) -> dict[int, int]:
    """Dijkstra along calls, by guesses, then length, then doubts: the edge by which each symbol on the way is reached.

    {} where no way leads there."""
    arrived: dict[int, int] = {}
    done: set[int] = set()
    ahead = [((0, 0, 0), order, -1, start) for order, start in enumerate(starts)]
    while ahead:
        (guesses, length, doubts), _, number, at = heappop(ahead)
        if at in done:
            continue
        done.add(at)
        if number >= 0:
            arrived[at] = number
        if at in ends:
            return arrived
        for order, further in enumerate(outgoing.get(at, ())):
            if edges.targets[further] not in done:
                certainty = edges.certainties[further]
                cost = (guesses + (certainty == NAME_ONLY), length + 1, doubts + (certainty == LIKELY))
                heappush(ahead, (cost, order, further, edges.targets[further]))
    return {}


def _step(graph: CodeGraph, tables: Tables, edge: int) -> Hit:
    source, target = tables.symbols[tables.edges.sources[edge]], tables.symbols[tables.edges.targets[edge]]
    start = tables.edges.starts[edge]
    spot = graph.place(source.path, start, start)
    certainty = CERTAINTIES[tables.edges.certainties[edge]]
    return Hit(source.path, spot.line, spot.column, spot.line, source.id, "calls", certainty, {"target": target.id})


def cycles(graph: CodeGraph) -> Answer:
    """List import cycles between files: those that hurt while modules load first, then the largest."""
    tables = graph.once(tables_of)
    imports, found = graph.once(_circles)
    return Answer((_cycle(graph, tables, imports, one) for one in found), proof(graph, "no import cycle"))


def _circles(graph: CodeGraph) -> tuple[FileImports, list[Circle]]:
    imports = file_imports(graph.once(tables_of))
    return imports, circles(imports)


def _cycle(graph: CodeGraph, tables: Tables, imports: FileImports, circle: Circle) -> Hit:
    """A cycle stands at the import that is cheapest to cut; `route` is a shortest way around."""
    source, target = (tables.paths[file] for file in circle.cut)
    start = imports.places[circle.cut]
    spot = graph.place(source, start, start)
    more = {
        "files": [tables.paths[file] for file in circle.files],
        "route": [tables.paths[file] for file in circle.path],
        "cut": {"source": source, "target": target, "references": circle.weight},
        "at_import_time": circle.at_import_time,
        "when": circle.when,
    }
    return Hit(source, spot.line, spot.column, spot.line, source, "cycle", "exact", more)
