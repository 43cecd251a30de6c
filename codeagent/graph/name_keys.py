"""By which keys the names of one file go: those that it defines itself, and those that it asks others for."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import (
    ATTR,
    CALLABLE_KINDS,
    FIXTURE,
    KIND,
    LIVE,
    NAME,
    NONE,
    PLUGINS,
    STATIC,
    TYPE_KINDS,
    FileFacts,
)
from codeagent.graph.ids import dotted_names
from codeagent.graph.names import spec_words
from codeagent.graph.objects import EXPORT
from codeagent.languages import BY_NAME

_BLOCK: Final = re.compile(r"@\d+\Z")


def _with_members(facts: FileFacts) -> set[int]:
    """The functions of JavaScript that others ask for members: classes, and those on which something is set."""
    return {fact.symbol for fact in facts.classes} | {one.parent for one in facts.symbols if one.flags & STATIC}


class NameKeys:
    """The keys of names as one file knows them. `bits` gives the mask of each of them that is asked for."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self._path, self.facts = path, facts
        self.bits: dict[str, int] = {}
        self.dotted = dotted_names(facts.symbols, written=False)  # the name of each symbol
        self._bound = {(s.parent, s.name) for s in facts.symbols[1:]} | {(b.scope, b.name) for b in facts.bindings}
        self.functions = {f.symbol: f for f in facts.functions}
        self._local = {i for i, s in enumerate(facts.symbols) if s.kind in CALLABLE_KINDS} | set(self.functions)
        language = BY_NAME.get(facts.language)
        if language and language.scoping.prototype:
            self._local -= _with_members(facts)
        self._constructor = language.scoping.constructor if language else None
        self._whole = language.scoping.whole_module if language else None
        self._declares = bool(language and language.scoping.static_types)
        self._structural = bool(language and language.scoping.structural_interfaces)
        self._added_to = bool(language and (language.scoping.adopts_methods or language.scoping.open_types))
        self._global_objects = language.scoping.global_objects if language else {}
        self._members_in_scope = bool(language and language.scoping.members_in_scope)

    # --- keys

    def _mask(self, *names: str) -> int:
        mask = 0
        for name in names:
            bit = self.bits.get(name)
            if bit is None:
                bit = self.bits[name] = 1 << len(self.bits)
            mask |= bit
        return mask

    def names_in(self, mask: int) -> list[str]:
        """Return the names of a mask."""
        return [name for name, bit in self.bits.items() if bit & mask]

    def _local_key(self, scope: int, name: str) -> str:
        return f"{self._path}\0{self.dotted[scope]}\0{plain(name)}"

    @property
    def unnamed(self) -> str:
        """The parameters of any function of this file: what calls without a proper name may reach."""
        return f"{self._path}\0()"

    def is_function(self, scope: int) -> bool:
        """Whether a scope is that of a function, and of nothing else."""
        return scope in self._local and all(fact.symbol != scope for fact in self.facts.classes)

    def _spec_keys(self, spec: str) -> tuple[str, ...]:
        words = tuple(filter(None, spec_words(spec)))
        keys = tuple(map(module_key, words))
        return keys if specs_are_paths(self.facts.language) else (*keys, *words)

    def _key_in(self, scope: int, name: str) -> str:
        """The key of a name that this file itself defines, as this file sees it."""
        local = scope in self._local or scope == 0 or name.startswith("<")
        return self._local_key(scope, name) if local else name

    def _known_as(self, scope: int, name: str) -> tuple[str, ...]:
        """The keys of such a name for everybody: what a module defines is seen from outside, too."""
        key = self._key_in(scope, name)
        return (
            (key, name.removeprefix(EXPORT).removeprefix(FIXTURE))
            if scope == 0 and not name.startswith("<")
            else (key,)
        )

    def _symbol_key(self, symbol: int) -> str:
        fact = self.facts.symbols[symbol]
        return self._key_in(fact.parent, fact.name)

    def _symbol_keys(self, symbol: int) -> tuple[str, ...]:
        fact = self.facts.symbols[symbol]
        return self._known_as(fact.parent, fact.name)

    def _parameters(self, function: int) -> tuple[str, ...]:
        """What the parameters of a function rest on: its declaration, and the calls of its name."""
        fact = self.facts.symbols[function]
        names = [self._symbol_key(function), f"{fact.name}()", self.unnamed]
        if fact.name == self._constructor or fact.kind == KIND["constructor"]:
            names.append(f"{self.facts.symbols[fact.parent].name}()")
        return tuple(names)

    def _given(self, scope: int, name: str) -> tuple[str, ...]:
        """What is handed over for a name rests on: all that goes by it, here and elsewhere, and the classes around."""
        around, current = [], scope
        while current > 0:
            around.append(self._symbol_key(current))
            current = self.facts.symbols[current].parent
        return (name, FIXTURE + name, self._local_key(0, name), PLUGINS, *around)

    def _lookup(self, scope: int, name: str) -> tuple[str, ...]:
        """The keys under which a bare name seen from a scope is found."""
        current, around = scope, tuple[str, ...]()
        while current > 0:
            function = self.functions.get(current)
            if function is not None and any(p.name == name for p in function.params):
                return (*self._parameters(current), self._local_key(current, name), *around)
            if (current, name) in self._bound:
                outer = () if current in self._local else (name,)
                return (self._key_in(current, name), *outer, *around)
            if self._members_in_scope:
                around += self._types_around(current)
            current = self.facts.symbols[current].parent
        if (0, name) in self._bound:
            return (self._local_key(0, name), *around, *((name,) if around else ()))
        kind = self._global_objects.get(name)
        return (name, *around, *((kind,) if kind else ()))

    def _types_around(self, scope: int) -> tuple[str, ...]:
        """What a scope has names from that it does not bind: what its type extends, the type that it belongs to."""
        if self.facts.symbols[scope].kind in TYPE_KINDS:
            return (self._symbol_key(scope),)
        function = self.functions.get(scope)
        return tuple(self._words_of(function.owner)) if function is not None and function.owner != NONE else ()

    def _words_of(self, index: int) -> Iterator[str]:
        """The names of a dotted name."""
        expr = self.facts.exprs[index]
        while expr[0] == ATTR:
            yield expr[2]
            expr = self.facts.exprs[expr[1]]
        if expr[0] in (NAME, LIVE):
            yield expr[2]


def module_key(word: str) -> str:
    """Return the key of files and folders that a word of an import can name."""
    return f"{word}/"


def specs_are_paths(language: str) -> bool:
    """Tell whether imports name files and folders only; elsewhere they may name what is defined in them."""
    declared = BY_NAME.get(language)
    return declared is not None and (declared.name == "python" or declared.family == "javascript")


def plain(name: str) -> str:
    """Return a name without the place of the block it belongs to: `tag@4367` is `tag`."""
    return name if "@" not in name else _BLOCK.sub("", name)
