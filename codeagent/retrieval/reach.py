"""What may break when symbols change: the graph walked backwards, by distance and certainty."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from codeagent.domain.links import CERTAINTIES, EDGE_KINDS, INHERIT_EDGE
from codeagent.graph.tables import Tables

FAR: Final = 12  # steps after which nothing is said any more
OVERRIDES: Final = "overrides"


@dataclass(frozen=True, slots=True)
class Reached:
    """A symbol that depends on a changed one; `edge` is the reference by which it was reached."""

    symbol: int  # number in the tables
    through: int  # the symbol it leans on
    distance: int
    certainty: int  # of CERTAINTIES: the weakest on the way
    why: str  # kind of edge, or "overrides"
    edge: int = -1  # position in the edge tables


def with_members(tables: Tables, symbols: Iterable[int]) -> list[int]:
    """The symbols and everything defined inside them."""
    wanted = set(symbols)
    for number, parent in enumerate(tables.parents):
        if parent in wanted:  # parents come before their members
            wanted.add(number)
    return sorted(wanted)


def reach(tables: Tables, changed: Iterable[int], depth: int = FAR) -> list[Reached]:
    """Everything that leads to a changed symbol, nearest first, each once, the surest way first."""
    incoming = _incoming(tables)
    start = sorted(set(changed))
    seen = set(start)
    found: list[Reached] = []
    level: deque[tuple[int, int, int]] = deque((number, 0, 0) for number in start)
    while level:
        number, distance, doubt = level.popleft()
        if distance >= depth:
            continue
        for one in _around(tables, incoming, number, distance + 1, doubt):
            if one.symbol not in seen:
                seen.add(one.symbol)
                found.append(one)
                level.append((one.symbol, one.distance, one.certainty))
    return found


def _incoming(tables: Tables) -> dict[int, list[int]]:
    """The edges into each symbol, the surest first."""
    edges = tables.edges
    incoming: dict[int, list[int]] = {}
    for number in sorted(range(len(edges.sources)), key=lambda n: (edges.certainties[n], n)):
        incoming.setdefault(edges.targets[number], []).append(number)
    return incoming


def _around(
    tables: Tables, incoming: dict[int, list[int]], number: int, distance: int, doubt: int
) -> Iterable[Reached]:
    edges = tables.edges
    for edge in incoming.get(number, ()):
        certainty = max(doubt, edges.certainties[edge])
        yield Reached(edges.sources[edge], number, distance, certainty, EDGE_KINDS[edges.kinds[edge]], edge)
    owner = tables.parents[number]
    if owner < 0:
        return
    name = tables.symbols[number].name
    for edge in incoming.get(owner, ()):  # the same member of a subclass overrides it
        if edges.kinds[edge] == INHERIT_EDGE:
            own = tables.numbers.get(f"{tables.symbols[edges.sources[edge]].id}.{name}")
            if own is not None:
                yield Reached(own, number, distance, max(doubt, edges.certainties[edge]), OVERRIDES, edge)


def said(certainty: int) -> str:
    """The name of a certainty."""
    return CERTAINTIES[certainty]
