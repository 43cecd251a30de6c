"""Whether anything still refers to a definition after a change, but for itself.

Where the graph has its links, they are looked through. Where linking would take long, references are looked up one by
one until one leads there: those that did before, those in the files of the change, and elsewhere those of its name,
where the change can have made another of them lead there."""

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
_Found = Mapping[str, list[_Place]]  # by symbol id


class Uses:
    """The uses of some definitions. `ids` maps those after the change to what they were, if anything; `gained` are the
    names that the change brought into references."""

    def __init__(self, change: Change, ids: Mapping[str, str | None], gained: frozenset[str]) -> None:
        self._change, self._ids, self._gained = change, ids, gained
        self._before, self._after = change.before_graph, change.after_graph

    def is_used(self, new: str) -> bool:
        """Tell whether anything outside a definition refers to it after the change."""
        if self._after.at_hand:
            return any(self._is_outside(new, place) for place in self._linked.get(new, ()))
        asked: set[_Place] = set()
        for path, at in self._places(new):
            if (path, at) not in asked and path in self._after.files and self._is_outside(new, (path, at)):
                asked.add((path, at))
                if _leads(self._after.asked(path, StartingOn((at,))), new, at):
                    return True
        return False

    def _is_outside(self, new: str, place: _Place) -> bool:
        path = new.partition("::")[0]
        if place[0] != path:
            return True
        span = next(symbol.span for symbol in self._after.symbols(path) if symbol.id == new)
        return not span.start <= place[1] < span.end

    def _places(self, new: str) -> Iterator[_Place]:
        old, name, home = self._ids.get(new), _name(new), new.partition("::")[0]
        known = _by_weight(self._after, self._led.get(old or "", ()))
        yield from (place for weight, place in known if weight < _DEAR)
        yield from _in_file(self._after, home, name)
        yield from (place for weight, place in known if weight >= _DEAR)
        for path in self._written:
            yield from _in_file(self._after, path, name)
        if not self._before.at_hand or old is None or _name(old) != name or _owner(new) in self._gained:
            yield from _named(self._after, new)
        yield from self._nameless

    @cached_property
    def _linked(self) -> _Found:
        """What leads to the definitions after the change."""
        return _found(self._after, self._ids.keys(), ())

    @cached_property
    def _led(self) -> _Found:
        """What led to them before the change, in files that it does not touch."""
        if not self._before.at_hand:
            return {}
        return _found(self._before, {old for old in self._ids.values() if old}, self._change.touched)

    @property
    def _written(self) -> list[str]:
        return [path for path in self._change.written() if path in self._after.files and self._after.has_facts(path)]

    @cached_property
    def _nameless(self) -> list[_Place]:
        """References of changed files that are told by no name, such as a call of what a call gave."""
        return [place for path in self._written for place in _places(self._after, path, "")]


def _found(graph: CodeGraph, wanted: Iterable[str], but: Iterable[str]) -> _Found:
    """Which references lead to symbols, but for those in some files."""
    wanted, but = frozenset(wanted), frozenset(but)
    found: dict[str, list[_Place]] = {}
    for path, links in graph.all_links():
        numbers = {number for number, target in enumerate(links.targets) if target in wanted}
        if numbers and path not in but:
            for start, target in zip(links.edges[0::5], links.edges[3::5], strict=True):
                if target in numbers:
                    found.setdefault(links.targets[target], []).append((path, start))
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


def _owner(identity: str) -> str:
    """The name of what a definition is a member of; "" where it is none."""
    return _name(identity.rpartition("::")[2].rpartition(".")[0])


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


def _leads(links: FileLinks, identity: str, at: int) -> bool:
    rows = zip(links.edges[0::5], links.edges[3::5], strict=True)
    return any(start == at and links.targets[target] == identity for start, target in rows)
