"""Whether values of two snapshots are the same: what stands in a changed file is told by its name or its text."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from codeagent.domain.facts import CALL, DEF, LITERAL, NONE, STAR, Expr
from codeagent.graph.denoting import denote
from codeagent.graph.flow import Flow
from codeagent.graph.interface import Interface
from codeagent.graph.values import (
    BOUND,
    BOX,
    BOX_METHOD,
    ELEMENTS,
    FUNC,
    GENERATOR,
    INST,
    MAPPED,
    MODULE,
    PACKED,
    PAIR,
    PAIRS,
    PARENT,
    TYPE,
    TYPED_INST,
    VARIABLE,
    VARIABLE_INST,
    Values,
)
from codeagent.graph.views import FileView
from codeagent.graph.world import Facts, World
from codeagent.languages.language import Tree

_DEFINED: Final = frozenset((FUNC, BOUND, TYPE, INST, GENERATOR, PARENT))  # their third member is a symbol
_WRITTEN: Final = frozenset((BOX, TYPED_INST, MAPPED, VARIABLE, VARIABLE_INST))  # here it is an expression
_AROUND: Final = frozenset((ELEMENTS, PAIRS, PAIR))


Place = tuple[str, str]  # path, dotted name
Paths = tuple[str, str]  # of a file as it was, and as it is
NO_HOMES: Final[Mapping[Place, Place]] = {}


def written_home(path: str, index: int) -> object:
    """Return what stands for the thing that an expression of a file makes."""
    return path, -1 - index


class UnclearError(Exception):
    """A value cannot be compared with one of the other snapshot."""


class Side:
    """One of the snapshots. `interfaces` are of the files that differ, `own` the names in each that may differ; `homes`
    tells of definitions that moved from one file to another, by path and dotted name, where they were."""

    def __init__(
        self, facts: Facts, tree: Tree, interfaces: Mapping[str, Interface], homes: Mapping[Place, Place] = NO_HOMES
    ) -> None:
        self.homes = homes
        self.aligned: set[str] = set()  # of the files that differ, those whose expressions have the numbers they had
        self.met: set[object] = set()  # the definitions that values which were compared are
        self.vague = False  # whether any was something in which there may be others
        self.written: set[tuple[str, int]] = set()  # expressions in which there are others
        self.flow = Flow(World(facts, tree))
        self.interfaces = interfaces
        self.others: dict[str, Interface] = {}  # of files that are the same on both sides
        self.own: dict[str, int] = dict.fromkeys(interfaces, 0)

    def interface(self, path: str) -> Interface:
        """Return what is known of a file that is compared."""
        return self.interfaces.get(path) or self.others[path]

    def view(self, path: str) -> FileView:
        """Return the facts of a file arranged for look-up."""
        return self.flow.world.view(path)

    def values(self, path: str, index: int) -> frozenset[object]:
        """Return what an expression may be, as it can be compared."""
        return self.told(self.flow.expr(self.view(path), index))

    def named(self, path: str, index: int) -> frozenset[object]:
        """Return what an expression names, as it can be compared."""
        found = denote(self.flow, self.view(path), index)
        return frozenset(one if isinstance(one, str) else self._met(*one) for one in found)

    def told(self, values: Values) -> frozenset[object]:
        """Return values as they can be compared."""
        return frozenset(map(self._told, values))

    def argument(self, path: str, index: int) -> object:
        """Return what an argument hands over."""
        if index == NONE:
            return None
        expr = self.view(path).facts.exprs[index]
        if expr[0] == STAR:
            return STAR, self.values(path, expr[1])
        return expr[0] == LITERAL, self.values(path, index)

    def _told(self, value: Any) -> object:
        kind, *rest = value
        if kind in _DEFINED:
            self.vague |= kind != BOUND and len(rest) > 2
            return (kind, self._met(rest[0], rest[1]), *map(self._more, rest[2:]))
        if kind in _WRITTEN:
            self.vague |= len(rest) > 2 or (rest[0] in self.interfaces and rest[0] not in self.aligned)
            self.written.add((rest[0], rest[1]))
            self.met.add(written_home(rest[0], rest[1]))
        self.vague |= kind == PACKED
        if kind == PACKED:
            return kind, self.home(rest[0], rest[1][0]), rest[1][1]
        if kind in _WRITTEN:
            return (kind, rest[0], self._expression(rest[0], rest[1]), *map(self._more, rest[2:]))
        if kind in _AROUND:
            return kind, self._told(rest[0])
        if kind == BOX_METHOD:
            return kind, rest[0], self._told(rest[1])
        return value if kind == MODULE else self._elsewhere(value)

    def _met(self, path: str, symbol: int) -> object:
        home = self.home(path, symbol)
        self.met.add(home)
        return home

    def home(self, path: str, symbol: int) -> object:
        """Where a definition is, or was before it moved."""
        known = self.interfaces.get(path)
        if known is None:
            return path, symbol
        place = (path, known.dotted[symbol])
        return self.homes.get(place, place)

    def _expression(self, path: str, index: int) -> object:
        known = self.interfaces.get(path)
        if known is None:
            return index
        text, rests = known.text(index)
        if rests & self.own[path]:
            raise UnclearError
        return text

    def _more(self, part: Any) -> object:
        """A receiver is a value; type arguments and what they stand for are not looked into."""
        if isinstance(part, tuple) and part and isinstance(part[0], int):
            return self._told(part)
        return self._elsewhere(part)

    def _elsewhere(self, part: Any) -> object:
        if isinstance(part, str) and part in self.interfaces:
            raise UnclearError
        if isinstance(part, tuple):
            for one in part:
                self._elsewhere(one)
        return part


def alike(before: Side, after: Side, paths: Paths, old: int, new: int) -> bool:
    """Tell whether two expressions, one of each snapshot, have the same values."""
    if NONE in (old, new):
        return old == new
    return before.values(paths[0], old) == after.values(paths[1], new)


def same_meaning(before: Side, after: Side, paths: Paths, old: int, new: int) -> bool:
    """Tell whether two expressions of the same words have the same values, and each of their names stands for the same.

    Raises UnclearError where values cannot be compared."""
    pending, seen = [(old, new)], set()
    while pending:
        pair = pending.pop()
        if NONE in pair or pair in seen:
            continue
        seen.add(pair)
        if not alike(before, after, paths, *pair) or before.named(paths[0], pair[0]) != after.named(paths[1], pair[1]):
            return False
        parts = [side.interface(path).parts_of(at) for side, path, at in zip((before, after), paths, pair, strict=True)]
        if len(parts[0]) != len(parts[1]):
            return False
        pending += zip(*parts, strict=True)
    return True


def same_call(before: Side, after: Side, paths: Paths, old: int, new: int) -> bool:
    """Tell whether two call sites lead to the same and hand over the same."""
    sites = [
        (side, path, side.interface(path).facts.exprs[at])
        for side, path, at in zip((before, after), paths, (old, new), strict=True)
    ]
    one, other = (expr for _, _, expr in sites)
    if one[0] != other[0] or not _same_callee(before, after, paths, one[1], other[1], _hands_lambdas(sites)):
        return False
    if isinstance(one[2], int):  # a decorator, and what it stands on
        return alike(before, after, paths, one[2], other[2])
    given = [
        (list(map(partial(side.argument, path), expr[2])), [(name, side.argument(path, at)) for name, at in expr[3]])
        for side, path, expr in sites
    ]
    return given[0] == given[1]


def _hands_lambdas(sites: Iterable[tuple[Side, str, Expr]]) -> bool:
    """Whether a call hands over lambdas: what is called says what their parameters are."""
    for side, path, expr in sites:
        exprs = side.view(path).facts.exprs
        if expr[0] == CALL and any(index != NONE and exprs[index][0] == DEF for index in expr[2]):
            return True
    return False


def _same_callee(before: Side, after: Side, paths: Paths, old: int, new: int, told: bool) -> bool:
    """Whether two calls lead to the same; unless `told`, what that gives is nothing that a call hands over."""
    met = [(side.met.copy(), side.vague) for side in (before, after)]
    same = alike(before, after, paths, old, new)
    for side, (known, vague) in zip((before, after), () if told else met, strict=not told):
        side.met, side.vague = known, vague
    return same
