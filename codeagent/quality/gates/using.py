"""Whether anything refers to a definition, before a change and after it.

Where a graph has its links, they are counted. Where linking would take long, references are looked up one by one until
one leads there: first those that did on the other side, then all of its name, then those without a name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import takewhile
from typing import Final

from codeagent.domain.facts import ATTR, IMPORT, LIVE, NAME, SELF, FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.graph import CodeGraph
from codeagent.graph.spelling import StartingOn, spelled
from codeagent.quality.gates.change import Change

_DEAR: Final = 3  # what members of any value may take; names and members of the own class take less
_Place = tuple[str, int]  # a path, and where a reference starts


class Uses:
    """The uses of some definitions. `ids` maps those after the change to what they were, if anything."""

    def __init__(self, change: Change, ids: Mapping[str, str | None]) -> None:
        self._change, self._ids = change, ids
        self._before, self._after = change.before_graph, change.after_graph

    def was_used(self, old: str) -> bool:
        """Tell whether anything referred to a definition before the change."""
        if self._before.at_hand:
            return bool(self._counted_before[old])
        return _is_found(self._before, old, _named(self._before, old))

    def is_used(self, new: str) -> bool:
        """Tell whether anything refers to a definition after the change."""
        if self._after.at_hand:
            return bool(self._counted_after[new])
        led = self._led.get(self._ids.get(new) or "", ())
        return _is_found(self._after, new, self._places(led, new))

    def _places(self, led: Iterable[_Place], new: str) -> Iterator[_Place]:
        known = _by_weight(self._after, led)
        yield from (place for weight, place in known if weight < _DEAR)
        yield from _in_file(self._after, new.partition("::")[0], _name(new))
        yield from (place for weight, place in known if weight >= _DEAR)
        yield from _named(self._after, new)
        yield from self._nameless

    @cached_property
    def _counted_before(self) -> "Counter[str]":
        return _counted(self._before)

    @cached_property
    def _counted_after(self) -> "Counter[str]":
        return _counted(self._after)

    @cached_property
    def _led(self) -> Mapping[str, list[_Place]]:
        """Which references of untouched files led to what before the change."""
        wanted, touched = set(self._ids.values()), set(self._change.touched)
        found: dict[str, list[_Place]] = {}
        for path, links in self._before.all_links() if self._before.at_hand else ():
            numbers = {number for number, target in enumerate(links.targets) if target in wanted}
            if numbers and path not in touched:
                for start, target in zip(links.edges[0::5], links.edges[3::5], strict=True):
                    if target in numbers:
                        found.setdefault(links.targets[target], []).append((path, start))
        return found

    @cached_property
    def _nameless(self) -> list[_Place]:
        """References of changed files that are told by no name, such as a call of what a call gave."""
        paths = [path for path in self._change.written() if path in self._after.files]
        return [place for path in paths for place in _places(self._after, path, "")]


def _counted(graph: CodeGraph) -> "Counter[str]":
    """How often each symbol is referred to, by id."""
    found: Counter[str] = Counter()
    for _, links in graph.all_links():
        for number, count in Counter(links.edges[3::5]).items():
            found[links.targets[number]] += count
    return found


def _named(graph: CodeGraph, identity: str) -> Iterator[_Place]:
    """References that are spelled like a definition, the nearest files first: what is used is mostly used there."""
    home, name = identity.partition("::")[0], _name(identity)
    near = home.split("/")

    def distance(path: str) -> tuple[int, str]:
        shared = takewhile(lambda pair: pair[0] == pair[1], zip(near, path.split("/"), strict=False))
        return -sum(1 for _ in shared), path

    for path in sorted(graph.mentioning((name,)), key=distance):
        yield from _in_file(graph, path, name)


def _in_file(graph: CodeGraph, path: str, name: str) -> Iterator[_Place]:
    return (place for _, place in _by_weight(graph, _places(graph, path, name)))


def _name(identity: str) -> str:
    return identity.rpartition("::")[2].rpartition(".")[2].partition("#")[0]


def _places(graph: CodeGraph, path: str, name: str) -> Iterator[_Place]:
    facts = graph.facts(path)
    for start, expr in zip(facts.references[::5], facts.references[4::5], strict=True):
        if spelled(facts, expr) == name:
            yield path, start


def _by_weight(graph: CodeGraph, places: Iterable[_Place]) -> list[tuple[int, _Place]]:
    """The places with what each may take, the least first."""
    weights: dict[str, dict[int, int]] = {}
    rows: list[tuple[int, _Place]] = []
    for path, start in places:
        if path not in weights:
            facts = graph.facts(path)
            refs = facts.references
            weights[path] = {at: _weight(facts, expr) for at, expr in zip(refs[::5], refs[4::5], strict=True)}
        rows.append((weights[path][start], (path, start)))
    return sorted(rows)


def _weight(facts: FileFacts, index: int) -> int:
    """How much an answer may take: imports and names are looked up, members want the values that they are of."""
    expr = facts.exprs[index] if index >= 0 else ()
    if not expr or expr[0] not in (IMPORT, NAME, LIVE, ATTR):
        return _DEAR
    if expr[0] != ATTR:
        return 0 if expr[0] == IMPORT else 1
    return 2 if expr[1] >= 0 and facts.exprs[expr[1]][0] == SELF else _DEAR


def _is_found(graph: CodeGraph, identity: str, places: Iterable[_Place]) -> bool:
    asked: set[_Place] = set()
    for path, at in places:
        if (path, at) not in asked and path in graph.files:
            asked.add((path, at))
            if _leads(graph.asked(path, StartingOn((at,))), identity, at):
                return True
    return False


def _leads(links: FileLinks, identity: str, at: int) -> bool:
    rows = zip(links.edges[0::5], links.edges[3::5], strict=True)
    return any(start == at and links.targets[target] == identity for start, target in rows)
