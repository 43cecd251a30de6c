"""Who depends on whom among subsystems, the layering that follows, and the edges that run against it."""

from collections.abc import Mapping, Sequence
from typing import Final

from codeagent.domain.insight import Dependencies, Dependency, FileLink
from codeagent.graph.tables import Tables
from codeagent.survey.externals import externals
from codeagent.survey.filegraph import FileGraph
from codeagent.survey.sources import aside
from codeagent.survey.subsystems import Community

ROUNDS: Final = 20  # of improving the order; it settles after a few


def dependencies(
    tables: Tables, files: FileGraph, groups: Sequence[Community], tests: frozenset[str]
) -> tuple[Dependencies, dict[str, int]]:
    """Return the dependencies of subsystems and each subsystem's level (0 depends on nobody below it)."""
    home = {path: group.name for group in groups for path in group.paths}
    totals, places, bonds = _between(tables, files, home)
    product = [g.name for g in groups if not all(path in tests or aside(path) for path in g.paths)]
    order = ranked(product, {pair: w for pair, w in bonds.items() if pair[0] in product and pair[1] in product})
    levels, against = _levels(order, totals)
    edges = tuple(_dependency(tables, pair, totals[pair], places[pair]) for pair in _heaviest(totals))
    odd = sorted(against, key=lambda p: (against[p] / max(1, totals.get((p[1], p[0]), 0)), p))
    bad = tuple(_dependency(tables, pair, totals[pair], places[pair]) for pair in odd)
    layers = tuple(tuple(n for n in order if levels[n] == level) for level in sorted(set(levels.values())))
    links = tuple(
        FileLink(tables.paths[a], tables.paths[b], _whole(files.references[a, b])) for a, b in sorted(files.references)
    )
    return Dependencies(edges, layers, bad, links, externals(tables)), levels


def _heaviest(totals: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    return sorted(totals, key=lambda pair: (-totals[pair], pair))


def _between(
    tables: Tables, files: FileGraph, home: Mapping[str, str]
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], tuple[int, int]], dict[tuple[str, str], float]]:
    """Return references between subsystems, a place of each, and how much of a bond they make.

    In a bond many files that use each other a little count more than one that uses another a lot."""
    totals: dict[tuple[str, str], float] = {}
    bonds: dict[tuple[str, str], float] = {}
    strongest: dict[tuple[str, str], tuple[float, tuple[int, int]]] = {}
    for pair, count in sorted(files.references.items()):
        a, b = home.get(tables.paths[pair[0]], ""), home.get(tables.paths[pair[1]], "")
        if a and b and a != b:
            totals[a, b] = totals.get((a, b), 0) + count
            bonds[a, b] = bonds.get((a, b), 0.0) + count**0.5
            if (a, b) not in strongest or count > strongest[a, b][0]:
                strongest[a, b] = (count, files.places[pair])
    whole = {pair: _whole(total) for pair, total in totals.items()}
    return whole, {pair: place for pair, (_, place) in strongest.items()}, bonds


def _whole(shares: float) -> int:
    return max(1, round(shares))


def _dependency(tables: Tables, pair: tuple[str, str], weight: int, place: tuple[int, int]) -> Dependency:
    symbol, start = place
    return Dependency(pair[0], pair[1], weight, tables.symbols[symbol].path, tables.line(symbol, start))


def ranked(names: Sequence[str], weights: Mapping[tuple[str, str], float]) -> list[str]:
    """Order names so that as little weight as possible points from an earlier to a later one.

    Starts from the balance of what each uses and what uses it, then moves single names while that helps."""
    balance = {n: sum(w * ((a == n) - (b == n)) for (a, b), w in weights.items()) for n in names}
    order = sorted(names, key=lambda n: (balance[n], n))
    for _ in range(ROUNDS):
        moved = False
        for name in sorted(names):
            at = order.index(name)
            best, gain = at, 0.0
            for step in (-1, 1):
                total, position = 0.0, at + step
                while 0 <= position < len(order):
                    other = order[position]
                    # `name` uses `other`: it should stand after it
                    pull = weights.get((name, other), 0.0) - weights.get((other, name), 0.0)
                    total += pull * step
                    if total > gain:
                        best, gain = position, total
                    position += step
            if best != at:
                order.insert(best, order.pop(at))
                moved = True
        if not moved:
            break
    return order


def _levels(
    order: Sequence[str], totals: Mapping[tuple[str, str], int]
) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return levels by the longest way down, and the edges that point upwards in the order."""
    position = {name: n for n, name in enumerate(order)}
    levels: dict[str, int] = {}
    for name in order:
        below = [b for (a, b) in totals if a == name and b in position and position[b] < position[name]]
        levels[name] = 1 + max((levels[b] for b in below), default=-1)
    against = {
        (a, b): w for (a, b), w in totals.items() if a in position and b in position and position[a] < position[b]
    }
    return levels, against
