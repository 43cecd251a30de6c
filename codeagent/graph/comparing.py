"""One file as it was and as it is: which of its items offer what they did, compared by value."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from codeagent.domain.facts import (
    CALL,
    DECORATE,
    DEF,
    IMPORT,
    KIND,
    NONE,
)
from codeagent.graph import calling
from codeagent.graph.interface import Interface, keys_of
from codeagent.graph.items import defined, is_inner, kin, taken_alike
from codeagent.graph.keys import BINDING, CLASS, FUNCTION, SITE, WRITE, Item
from codeagent.graph.likeness import Side, UnclearError, alike, same_call, same_meaning
from codeagent.graph.renamings import Renaming
from codeagent.graph.values import BOUND, FUNC, INST, TYPE
from codeagent.languages import BY_NAME

_INTERFACE: Final = KIND["interface"]
_COMPARED: Final = frozenset((FUNCTION, SITE, BINDING, WRITE, CLASS))
_CALLED: Final = frozenset((FUNC, BOUND, TYPE, INST))  # what the arguments of a call may reach
_BY_NAME: Final = frozenset((IMPORT, DECORATE))  # bindings that are followed by more than their values
Pair = tuple[Item, Item]


class ComparedFile:
    """A file on both sides; where definitions moved, the file where they were, and that where they are."""

    def __init__(self, path: str, before: Side, after: Side, renaming: Renaming, was: str = "") -> None:
        self.path, self._before, self._after, self._names = path, before, after, renaming.names
        self._paths = was or path, path
        self._sides = before.interface(self._paths[0]), after.interface(path)
        self._real = renaming.real.get(path, self._sides[1])
        said, says = (Counter(item[0] for item in side.items) for side in self._sides)
        self._changed = {*(said - says), *(says - said)}
        self.exchanged: set[str] = set()  # keys of names that were exchanged for others
        if renaming.names:
            self.exchanged.update(*map(renaming.keys, (*self._sides, self._real)))
            masks = [(side, side.mask_of(self.exchanged)) for side in self._sides]
            self._changed |= {item[0] for side, mask in masks for item in side.items if item[2] & mask}
        self.own: set[str] = set()  # keys of names of functions that differ, or rest on such
        self.inner: set[int] = set()  # the items that those are
        while self._grow():
            pass
        if self.own:
            before.own[path], after.own[path] = (side.mask_of(self.own) for side in self._sides)
        self.candidates = {item[0] for side in self._sides for item in self._touched(side) if not is_inner(side, item)}

    def _grow(self) -> bool:
        known = len(self.own)
        for side in self._sides:
            for item in self._touched(side):
                if is_inner(side, item):
                    self.own.update(item[1])
                    self.inner.add(item[0])
        return len(self.own) > known

    def _touched(self, side: Interface) -> Iterator[Item]:
        """What differs, and what rests on names of functions that may."""
        mask = side.mask_of(self.own)
        return (item for item in side.items if item[0] in self._changed or item[2] & mask)

    def noticed(self, same: set[int]) -> Iterator[str]:
        """Yield the keys of all that is not known to be as it was."""
        for side in self._sides:
            items = [item for item in side.items if item[0] in self.candidates and item[0] not in same]
            yield from keys_of(items)
            yield from side.own_functions(item for item in items if item[0] in self._changed)
        told = zip(self._sides[1].items, self._real.items, strict=True) if self._real is not self._sides[1] else ()
        yield from keys_of(new for old, new in told if old[0] in self.candidates and old[0] not in same)
        was, now = (side.view(self.path) for side in (self._before, self._after))
        valued, aliases = self._taken_back(now.valued), self._taken_back(now.aliases)
        yield from (f"{name}()" for name in was.valued ^ valued if name in self._functions())
        called = {name for side in (self._before, self._after) for name in side.flow.sites.of_file(self.path)}
        if (was.aliases ^ aliases) & called:  # other calls may reach the functions of this file
            yield from (side.unnamed for side in self._sides)

    def _taken_back(self, names: Iterable[str]) -> set[str]:
        """Names of now as they were, where they were exchanged in this file."""
        if self._real is self._sides[1]:
            return set(names)
        return {self._names.get(name, name) for name in names}

    def as_it_is(self, hashes: set[int]) -> set[int]:
        """Return hashes of items with those that the same items have in the file as it is now."""
        if self._real is self._sides[1]:
            return hashes
        items = zip(self._sides[1].items, self._real.items, strict=True)
        return hashes | {new[0] for old, new in items if old[0] in hashes}

    def differing(self, same: set[int]) -> Iterator[tuple[Side, Interface, list[Item]]]:
        """Yield the items of either side that are not on the other, or offer something else there."""
        for interface, side in zip(self._sides, (self._before, self._after), strict=True):
            yield side, interface, [one for one in interface.items if one[0] in self.candidates - same]

    def _functions(self) -> set[str]:
        return {side.facts.symbols[index].name for side in self._sides for index in side.functions}

    # --- comparing

    def unmatched(self) -> Iterator[str]:
        """Yield the keys of what is not on both sides, or is more than a value."""
        groups = [self._grouped(side) for side in self._sides]
        for key in groups[0].keys() | groups[1].keys():
            old, new = (group.get(key, []) for group in groups)
            if key[0] != SITE and (key[0] not in _COMPARED or len(old) != len(new)):
                yield from keys_of([*old, *new])

    def compare(self) -> set[int]:
        """Return the hashes of the candidates that offer what they did."""
        same: set[int] = set()
        other: set[int] = set()
        groups = [self._grouped(side) for side in self._sides]
        for key in groups[0].keys() | groups[1].keys():
            old, new = (group.get(key, []) for group in groups)
            hashes = {item[0] for item in (*old, *new)}
            (same if self._is_same(str(key[0]), old, new) else other).update(hashes)
        return same - other

    def is_same(self, item: Item) -> bool:
        """Whether an item of the file as it is now was there, and offers what it did."""
        said, says = self._by_hash
        now = says.get(item[0])
        then = said.get(now[0]) if now else None
        return then is not None and now is not None and self._is_same(now[3][0], [then], [now])

    @cached_property
    def _by_hash(self) -> tuple[dict[int, Item], dict[int, Item]]:
        """The items of before, and those of now by what they are as the file is: as names taken back say them."""
        told = zip(self._sides[1].items, self._real.items, strict=True)
        return {item[0]: item for item in self._sides[0].items}, {new[0]: item for item, new in told}

    def is_same_definition(self, dotted: str) -> bool:
        """Whether what goes by a dotted name is, as far as it says itself, what it was."""
        found = [[one for one in side.items if defined(side, one) == dotted] for side in self._sides]
        shapes = {
            (fact.kind, fact.flags) for side in self._sides for fact in (side.facts.symbols[side.dotted.index(dotted)],)
        }
        if len(shapes) > 1 or len(found[0]) != len(found[1]):
            return False
        return all(self._is_same(new[3][0], [old], [new]) for old, new in zip(*found, strict=True))

    def _grouped(self, side: Interface) -> dict[tuple[object, ...], list[Item]]:
        found: dict[tuple[object, ...], list[Item]] = {}
        for item in side.items:
            if item[0] in self.candidates:
                found.setdefault(kin(side, item), []).append(item)
        return found

    def _is_same(self, kind: str, old: list[Item], new: list[Item]) -> bool:
        if kind not in _COMPARED:
            return False
        compare = {
            FUNCTION: self._function, SITE: self._site, BINDING: self._binding, WRITE: self._write, CLASS: self._class,
        }[kind]  # fmt: skip
        try:
            if len(old) == len(new) and all(compare(pair) for pair in zip(old, new, strict=True)):
                return True
            sides = ((self._before, old), (self._after, new))
            return kind == SITE and all(self._reaches_nothing(side, item) for side, items in sides for item in items)
        except UnclearError:
            return False

    def _function(self, pair: Pair) -> bool:
        """Whether a function takes, declares and gives what it did."""
        interfaces = list(zip(self._sides, (self._before, self._after), self._paths, pair, strict=True))
        facts = [interface.facts.functions[item[3][1]] for interface, _, _, item in interfaces]
        taken = taken_alike(facts[0], facts[1], self._explicit)
        if taken is None:
            return False
        shapes = []
        for (interface, side, path, item), fact in zip(interfaces, facts, strict=True):
            declared = [fact.returns, fact.owner, *fact.decorators]
            for param in fact.params:
                declared += (param.annotation, param.default) if param.name in taken else ()
            if any(interface.text(index)[1] & side.own.get(path, 0) for index in declared if index != NONE):
                return False
            texts = [interface.text(index)[0] if index != NONE else NONE for index in declared]
            view = side.view(path)
            shapes.append(
                (
                    texts,
                    set(calling.handed_back(side.flow, view, view.facts.functions[item[3][1]])),
                    side.told(side.flow.result(path, fact.symbol)),
                    {value for index in fact.yields for value in side.values(path, index)},
                )
            )
        return shapes[0] == shapes[1] and self._declared_alike(pair, taken)

    @property
    def _explicit(self) -> bool:
        language = BY_NAME.get(self._sides[1].facts.language)
        return language is not None and language.scoping.explicit_receiver

    def _declared_alike(self, pair: Pair, taken: set[str]) -> bool:
        """Whether what a function says of itself means what it did."""
        told = []
        for side, item in zip(self._sides, pair, strict=True):
            fact = side.facts.functions[item[3][1]]
            params = [part for one in fact.params if one.name in taken for part in (one.annotation, one.default)]
            told.append([fact.returns, fact.owner, *fact.decorators, *params])
        pairs = list(zip(*told, strict=True))
        if any((old == NONE) != (new == NONE) for old, new in pairs):
            return False
        return all(same_meaning(self._before, self._after, self._paths, old, new) for old, new in pairs if old != NONE)

    def _class(self, pair: Pair) -> bool:
        """Whether a class extends what it did; what implements an interface by its form is told by nothing it says."""
        structural = BY_NAME[self._sides[1].facts.language].scoping.structural_interfaces
        kinds = (side.facts.symbols[side.facts.classes[item[3][1]].symbol].kind for side, item in self._both(pair))
        return not (structural and _INTERFACE in kinds) and self._meant(pair)

    def _both(self, pair: Pair) -> Iterator[tuple[Interface, Item]]:
        return zip(self._sides, pair, strict=True)

    def _meant(self, pair: Pair) -> bool:
        """Whether what is said as before means what it did, name by name."""
        old, new = pair
        roots = zip(*(side.roots(item[3]) for side, item in zip(self._sides, pair, strict=True)), strict=True)
        return old[0] == new[0] and all(same_meaning(self._before, self._after, self._paths, *one) for one in roots)

    def _binding(self, pair: Pair) -> bool:
        facts = [side.facts for side in self._sides]
        old, new = (fact.bindings[item[3][1]].value for fact, item in zip(facts, pair, strict=True))
        if NONE in (old, new):
            return old == new
        ops = {fact.exprs[index][0] for fact, index in zip(facts, (old, new), strict=True)}
        if ops == {IMPORT}:
            named = self._before.named(self._paths[0], old), self._after.named(self._paths[1], new)
            return named[0] == named[1] and alike(self._before, self._after, self._paths, old, new)
        if ops & _BY_NAME:
            return self._meant(pair)
        return alike(self._before, self._after, self._paths, old, new)

    def _write(self, pair: Pair) -> bool:
        old, new = (side.facts.writes[item[3][1]] for side, item in zip(self._sides, pair, strict=True))
        bases = pair[0][1] == pair[1][1] and alike(self._before, self._after, self._paths, old.base, new.base)
        return bases and alike(self._before, self._after, self._paths, old.value, new.value)

    def _site(self, pair: Pair) -> bool:
        (_, old), (_, new) = (item[3] for item in pair)
        return pair[0][1] == pair[1][1] and same_call(self._before, self._after, self._paths, old, new)

    def _reaches_nothing(self, side: Side, item: Item) -> bool:
        """Whether a call reaches no function of the tree, and is not one too many of its name."""
        view = side.view(self.path)
        expr = view.facts.exprs[item[3][1]]
        if expr[0] != CALL or any(index != NONE and view.facts.exprs[index][0] == DEF for index in expr[2]):
            return False
        names = [key[:-2] for key in item[1] if key.endswith("()") and "\0" not in key]
        counted = [[one.flow.sites.are_few(view, name) for name in names] for one in (self._before, self._after)]
        values = side.flow.expr(view, expr[1])
        return counted[0] == counted[1] and all(value[0] not in _CALLED for value in values)
