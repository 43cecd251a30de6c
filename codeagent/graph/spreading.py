"""How far keys spread that changed: whatever rests on one of them goes by keys of its own, and so on.

An over-estimate by names, until nothing is added or too much is reached."""

from collections.abc import Callable, Iterable
from typing import Final

from codeagent.domain.facts import ATTR, CALL, IMPORT, KIND, LITERAL, LIVE, NAME, NONE, FileFacts
from codeagent.graph import sites
from codeagent.graph.interface import Interface
from codeagent.graph.interfaces import Interfaces
from codeagent.graph.keys import EVERYTHING, Item
from codeagent.graph.name_keys import specs_are_paths
from codeagent.graph.names import spec_words
from codeagent.graph.seeds import Seeds
from codeagent.graph.shelf import Shelf

_INTERFACE: Final = KIND["interface"]
_FEW: Final = 10  # files that mention a name before it pays to look whether it is their own


Judge = Callable[[Interface, str, Item], bool]


class TooFarError(Exception):
    """So much may be affected that everything is linked anew."""


class Spread:
    """Finds the files that keys reach which changed in some files."""

    def __init__(self, shelf: Shelf, changed: set[str], interfaces: Interfaces) -> None:
        self._shelf, self._changed, self.interfaces = shelf, changed, interfaces

    def run(self, seeds: Seeds, most: float, is_same: Judge | None = None) -> tuple[set[str], set[str]]:
        """Return what is reached, and the keys that were followed; TooFarError beyond so many files.

        Nothing follows from what `is_same` says of, that it offers what it did."""
        return _Run(self._shelf, self._changed, self.interfaces, seeds, most, is_same).run()


class _Run:
    """Grows the set of affected files from the keys that changed."""

    def __init__(
        self,
        shelf: Shelf,
        changed: set[str],
        interfaces: Interfaces,
        seeds: Seeds,
        most: float,
        is_same: Judge | None,
    ) -> None:
        self._is_same = is_same
        self._shelf, self._changed, self._kept, self._most = shelf, changed, interfaces, most
        self._interfaces: dict[str, Interface] = {}
        self._same = seeds.same
        self._own = set(seeds.own)
        self._keys: set[str] = set()
        self._pending: list[str] = []
        self._followed: set[str] = set()
        self._passed: dict[tuple[str, int], tuple[Interface, Item]] = {}  # what offered the same when it was asked
        self._hit: set[str] = set(changed)
        self._known: list[str] = []  # hit, and looked into
        self._fresh: list[str] = list(changed)  # hit, and not yet looked into
        self._add(seeds.keys)
        self._keys |= self._own
        self._pending += self._own

    def _add(self, keys: Iterable[str]) -> None:
        """Take in keys that changed; one that is a function's own has an effect from now on, however it came to it."""
        for key in keys:
            if key not in self._keys or key in self._own:
                if key == EVERYTHING:
                    raise TooFarError
                self._own.discard(key)
                self._keys.add(key)
                self._pending.append(key)

    def run(self) -> tuple[set[str], set[str]]:
        """Follow the keys until there are no more."""
        while self._pending or self._fresh or self._reconsidered():
            keys, self._pending = self._pending, []
            keys = [key for key in keys if self._find(key)]
            self._followed.update(keys)
            fresh, self._fresh = self._fresh, []
            for path in fresh:
                self._interfaces[path] = self._kept.now(path)
                self._follow(path, self._followed)
            for path in self._known:
                self._follow(path, keys)
            self._known += fresh
        return self._hit, self._followed

    def _reconsidered(self) -> bool:
        """Take in what offered the same before more was known to differ; tell whether anything follows from it."""
        if self._is_same is not None:
            for (path, at), (interface, item) in list(self._passed.items()):
                if not self._is_same(interface, path, item):
                    del self._passed[path, at]
                    self._add(item[1])
        return bool(self._pending)

    def _find(self, key: str) -> bool:
        """Note the files that a key can matter to; False: to none, and nothing follows from it."""
        if "\0" in key:  # local to a file, which has been hit already
            return True
        if key.endswith("()"):
            name = key[:-2]
            paths = list(self._shelf.defining(name))
            if not paths or self._called_too_often(name):
                return False
        elif key.endswith("/"):
            word = key[:-1]
            paths = [path for path in self._shelf.mentioning(word) if imports_word(self._shelf[path], word)]
        else:
            paths = list(self._shelf.mentioning(key))
            if len(paths) > _FEW:
                paths = [path for path in paths if path in self._hit or rests_on(self._shelf[path], key)]
        new = [path for path in paths if path not in self._hit]
        self._hit.update(new)
        self._fresh += new
        if len(self._hit) > self._most:
            raise TooFarError
        return True

    def _called_too_often(self, name: str) -> bool:
        """Whether a name is called from so many places that parameters are not followed, now as before."""
        count = 0
        for path in self._shelf.mentioning(name):
            if path not in self._changed:
                count += _calls(self._shelf[path], name)
                if count > sites.LIMIT:
                    return True
        return False

    def _follow(self, path: str, keys: Iterable[str]) -> None:
        interface, same = self._interfaces[path], self._same.get(path, ())
        mask = interface.mask_of(keys)
        deep = interface.mask_of(key for key in keys if key not in self._own) if same else mask
        if mask:
            for item in interface.items:
                if item[2] & (deep if item[0] in same else mask) and not self._offers_the_same(path, interface, item):
                    self._add(item[1])

    def _offers_the_same(self, path: str, interface: Interface, item: Item) -> bool:
        """Whether it is known that nothing follows from an item.

        What goes by keys that are followed already is asked as well: whoever holds it may not know it by its name."""
        if self._is_same is None:
            return False
        same = self._is_same(interface, path, item)
        if same:
            self._passed[path, item[0]] = interface, item
        return same


def rests_on(facts: FileFacts, name: str) -> bool:
    """Whether a file may ask others about a name, rather than only using one of that name that it defines."""
    bound = any(s.name == name and s.parent == 0 for s in facts.symbols[1:])
    specs = not specs_are_paths(facts.language)
    bound = bound or any(b.name == name and b.scope == 0 for b in facts.bindings)
    for expr in facts.exprs:
        op = expr[0]
        if op in (NAME, LIVE):
            if not bound and expr[2] == name:
                return True
        elif op == ATTR:
            if expr[2] == name:
                return True
        elif op == IMPORT and (expr[2] == name or (specs and name in spec_words(expr[1]))):
            return True
    stars = specs and any(fact.name == "*" and name in spec_words(fact.spec) for fact in facts.imports)
    return stars or any(s.name == name and facts.symbols[s.parent].kind == _INTERFACE for s in facts.symbols[1:])


def imports_word(facts: FileFacts, word: str) -> bool:
    """Whether an import of a file could name a file or folder of that name."""
    if any(expr[0] == IMPORT and (expr[2] == word or word in spec_words(expr[1])) for expr in facts.exprs):
        return True
    return any(fact.name == "*" and word in spec_words(fact.spec) for fact in facts.imports)


def _calls(facts: FileFacts, name: str) -> int:
    """How many calls of a name in a file hand over something."""
    exprs = facts.exprs
    count = 0
    for expr in exprs:
        if expr[0] == CALL and expr[1] != NONE and exprs[expr[1]][0] in (NAME, ATTR) and exprs[expr[1]][2] == name:
            count += bool(expr[3]) or any(arg != NONE and exprs[arg][0] != LITERAL for arg in expr[2])
    return count
