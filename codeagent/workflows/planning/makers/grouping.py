"""Groups of what a module defines that could be modules of their own: nothing in one needs what stays behind."""

from collections.abc import Iterator, Mapping
from typing import Final

import rustworkx

_LEAST_LINES: Final = 40  # that are worth a module
_MOST_LEAVING: Final = 0.75  # part of the lines
_MOST_TOGETHER: Final = 0.6  # part of the lines, in one group
_MOST_GROUPS: Final = 5


def groups_of(uses: Mapping[str, set[str]], lines: Mapping[str, int]) -> Iterator[list[list[str]]]:
    """Yield ways to split, the fullest first: lists of groups, each with those it needs before it.

    A group is a name with all that nobody but it needs; names that several groups need are groups as well. Of a name
    that most of a module serves, the servants leave and the name stays."""
    total = sum(lines.values())
    staying = _staying(uses, lines, total)
    yield from _ways(_without(uses, staying), lines, total)
    if staying:
        yield from _ways(uses, lines, total)


def _staying(uses: Mapping[str, set[str]], lines: Mapping[str, int], total: int) -> set[str]:
    """The names that are at the top of more than a module can lose at once, and what uses them."""
    staying: set[str] = set()
    while True:
        rest = _without(uses, staying)
        part_of, _ = _condensed(rest)
        huge = [
            head for head, names in _trees(rest).items() if sum(lines[one] for one in names) > total * _MOST_TOGETHER
        ]
        if not huge:
            return staying
        staying |= {name for name in rest if part_of[name] == part_of[huge[0]]}


def _without(uses: Mapping[str, set[str]], staying: set[str]) -> dict[str, set[str]]:
    """The names that need none of those that stay."""
    blocked = set(staying)
    waiting = True
    while waiting:
        more = {name for name, others in uses.items() if name not in blocked and others & blocked}
        blocked |= more
        waiting = bool(more)
    return {name: others for name, others in uses.items() if name not in blocked}


def _ways(uses: Mapping[str, set[str]], lines: Mapping[str, int], total: int) -> Iterator[list[list[str]]]:
    trees = _trees(uses)
    closed = {head: _needs(head, trees, uses) for head in trees}
    size = {head: sum(lines[name] for name in trees[head]) for head in trees}
    chosen: set[str] = set()
    ways: list[set[str]] = []
    for head in sorted(trees, key=lambda one: (-size[one], one)):
        wanted = closed[head]
        if size[head] < _LEAST_LINES or sum(size[one] for one in wanted) > total * _MOST_LEAVING:
            continue
        ways.append(set(wanted))
        both = chosen | wanted
        big = [one for one in both if size[one] >= _LEAST_LINES]
        if sum(size[one] for one in both) <= total * _MOST_LEAVING and len(big) <= _MOST_GROUPS:
            chosen = both
    order = {name: at for at, name in enumerate(uses)}
    for way in [chosen, *ways] if chosen and chosen not in ways else ways:
        yield _merged(way, trees, closed, size, order)


def _merged(
    way: set[str],
    trees: Mapping[str, list[str]],
    closed: Mapping[str, set[str]],
    size: Mapping[str, int],
    order: Mapping[str, int],
) -> list[list[str]]:
    """The groups of a way; small ones that need none of the big ones come together, others stay by themselves."""
    big = {head for head in way if size[head] >= _LEAST_LINES}
    common = sorted((head for head in way - big if not closed[head] & big), key=order.__getitem__)
    heads = sorted(way - set(common), key=lambda one: (len(closed[one]), order[one]))
    groups = [sorted((name for head in common for name in trees[head]), key=order.__getitem__)] if common else []
    return groups + [sorted(trees[head], key=order.__getitem__) for head in heads]


def _trees(uses: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Head to the names that are reached through it alone, those that use each other in a circle taken as one."""
    part_of, links = _condensed(uses)
    whole: rustworkx.PyDiGraph[int, None] = rustworkx.PyDiGraph()
    whole.add_nodes_from(list(range(len(set(part_of.values())) + 1)))  # part n is node n + 1; node 0 stands above all
    used = {second for _, second in links}
    whole.add_edges_from_no_data([(first + 1, second + 1) for first, second in sorted(links)])
    whole.add_edges_from_no_data([(0, part + 1) for part in sorted(set(part_of.values()) - used)])
    above = rustworkx.immediate_dominators(whole, 0)
    found: dict[int, list[str]] = {}
    for name, part in part_of.items():
        node = part + 1
        while above[node] != 0:
            node = above[node]
        found.setdefault(node - 1, []).append(name)
    return {next(name for name in names if part_of[name] == part): names for part, names in found.items()}


def _condensed(uses: Mapping[str, set[str]]) -> tuple[dict[str, int], set[tuple[int, int]]]:
    """The part of each name (those that use each other in a circle share one), and which part uses which."""
    graph: rustworkx.PyDiGraph[str, None] = rustworkx.PyDiGraph()
    at = dict(zip(uses, graph.add_nodes_from(list(uses)), strict=True))
    graph.add_edges_from_no_data([(at[name], at[other]) for name, others in uses.items() for other in sorted(others)])
    parts = rustworkx.strongly_connected_components(graph)
    home = {number: part for part, numbers in enumerate(parts) for number in numbers}
    links = {(home[first], home[second]) for first, second in graph.edge_list() if home[first] != home[second]}
    return {name: home[at[name]] for name in uses}, links


def _needs(head: str, trees: Mapping[str, list[str]], uses: Mapping[str, set[str]]) -> set[str]:
    """The heads of all groups that a group needs, itself among them."""
    home = {name: one for one, names in trees.items() for name in names}
    found, waiting = {head}, [head]
    while waiting:
        for name in trees[waiting.pop()]:
            for other in uses[name]:
                if home[other] not in found:
                    found.add(home[other])
                    waiting.append(home[other])
    return found
