"""What the expressions of a file rest on: the keys of names, members and modules, as masks of bits."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from codeagent.domain.facts import (
    ANY,
    ATTR,
    BOUND_OF,
    CALL,
    CALLABLE_KINDS,
    DEF,
    IMPORT,
    ITEM,
    KIND,
    LIVE,
    MAP,
    NAME,
    NONE,
    PARAM,
    PARAMETER,
    SELF,
    SEQ,
    SUPER,
    TAKES,
    TYPED,
    Expr,
    FileFacts,
)
from codeagent.graph.ids import dotted_names
from codeagent.graph.names import spec_words
from codeagent.graph.objects import EXPORT
from codeagent.languages import BY_NAME

_BLOCK = re.compile(r"@\d+\Z")
SYMBOL: Final = "symbol"
FUNCTION: Final = "function"
CLASS: Final = "class"
BINDING: Final = "binding"
WRITE: Final = "write"
SITE: Final = "site"
FILE: Final = "file"
EVERYTHING = "*"  # the key of a star import: it stands for names that cannot be told
What = tuple[str, int]  # which fact: of `symbols`, `functions`, `classes`, `bindings`, `writes`, or an expression
Item = tuple[int, tuple[str, ...], int, What]  # a hash of what it says, its keys, a mask of what it rests on


class Keys:
    """The keys that the expressions of one file rest on. `bits` gives the mask of each of them."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self._path, self.facts = path, facts
        self.bits: dict[str, int] = {}
        self.dotted = dotted_names(facts.symbols)  # the name of each symbol
        self._bound = {(s.parent, s.name) for s in facts.symbols[1:]} | {(b.scope, b.name) for b in facts.bindings}
        self.functions = {f.symbol: f for f in facts.functions}
        self._local = {i for i, s in enumerate(facts.symbols) if s.kind in CALLABLE_KINDS} | set(self.functions)
        language = BY_NAME.get(facts.language)
        self._constructor = language.scoping.constructor if language else None
        self._whole = language.scoping.whole_module if language else None
        self._declares = bool(language and language.scoping.static_types)
        self._structural = bool(language and language.scoping.structural_interfaces)
        self._canon: list[int] = []
        self._masks: list[int] = []
        self._weigh()

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
        return (key, name.removeprefix(EXPORT)) if scope == 0 and not name.startswith("<") else (key,)

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

    def _lookup(self, scope: int, name: str) -> tuple[str, ...]:
        """The keys under which a bare name seen from a scope is found."""
        current = scope
        while current > 0:
            function = self.functions.get(current)
            if function is not None and any(p.name == name for p in function.params):
                return (*self._parameters(current), self._local_key(current, name))
            if (current, name) in self._bound:
                return (
                    (self._key_in(current, name), name)
                    if current not in self._local
                    else (self._key_in(current, name),)
                )
            current = self.facts.symbols[current].parent
        return (self._local_key(0, name),) if (0, name) in self._bound else (name,)

    # --- expressions

    def _weigh(self) -> None:
        """Give each expression a hash that knows no positions, and the mask of the names it rests on."""
        canon, masks = self._canon, self._masks
        ordinals = self._ordinals()
        known: dict[tuple[int, str], int] = {}
        for expr in self.facts.exprs:
            op = expr[0]
            if op in (NAME, LIVE):
                scope, name = expr[1], expr[2]
                mask = known.get((scope, name))
                if mask is None:
                    mask = known[scope, name] = self._mask(*self._lookup(scope, name))
                which = tuple(ordinals[i] for i in expr[3]) if op == LIVE else ()
                canon.append(hash((op, self.dotted[scope], plain(name), which)))
                masks.append(mask)
                continue
            children, words, own = self._parts(expr)
            mask = self._mask(*words)
            for child in children:
                if 0 <= child < len(masks):
                    mask |= masks[child]
            masks.append(mask)
            canon.append(hash((op, own, tuple(canon[c] if 0 <= c < len(canon) else c for c in children))))

    def _ordinals(self) -> list[int]:
        """The number of each binding among those of its name and scope."""
        seen: dict[tuple[int, str], int] = {}
        ordinals = []
        for binding in self.facts.bindings:
            key = (binding.scope, binding.name)
            ordinals.append(seen.setdefault(key, 0))
            seen[key] += 1
        return ordinals

    def _parts(self, expr: tuple[object, ...]) -> tuple[tuple[int, ...], tuple[str, ...], object]:
        """An expression's operands, the names it rests on by itself, and what else it says."""
        parts: tuple = expr  # type: ignore[type-arg]  # by kind
        op = parts[0]
        if op == ATTR:
            return (parts[1],), (parts[2],), parts[2]
        if op == CALL:
            return (parts[1], *parts[2], *(v for _, v in parts[3])), (), (len(parts[2]), tuple(k for k, _ in parts[3]))
        if op == ITEM:
            return (parts[1],), (), parts[2]
        if op == DEF:
            return (), (self._symbol_key(parts[1]),), self.dotted[parts[1]]
        if op == MAP:
            return tuple(v for _, v in parts[1]), (), tuple(k for k, _ in parts[1])
        if op in (SEQ, ANY):
            return tuple(parts[1]), (), ()
        if op in (TYPED, TAKES):
            return (parts[1], *parts[2]), (), ()
        if op == PARAM:
            return (), self._parameters(parts[1]), (self.dotted[parts[1]], parts[2])
        if op == PARAMETER:
            bound = self._key_in(parts[1], BOUND_OF.format(parts[3]))
            return (), (self._symbol_key(parts[1]), bound), (self.dotted[parts[1]], parts[2:])
        if op == IMPORT:
            return (), (*self._spec_keys(parts[1]), *((parts[2], module_key(parts[2])) if parts[2] else ())), parts[1:]
        if op in (SELF, SUPER):
            return (), (self._symbol_key(parts[1]),), self.dotted[parts[1]]
        others = tuple(part for part in parts[1:] if type(part) is not int)
        return tuple(part for part in parts[1:] if type(part) is int), (), others

    def _of(self, *exprs: int) -> tuple[tuple[int, ...], int]:
        mask = 0
        for expr in exprs:
            if expr != NONE:
                mask |= self._masks[expr]
        return tuple(NONE if expr == NONE else self._canon[expr] for expr in exprs), mask

    # --- references

    def text(self, expr: int) -> tuple[int, int]:
        """An expression as a hash that knows no positions, and the mask of the names it rests on."""
        return self._canon[expr], self._masks[expr]

    def asked(self, role: int, expr: int) -> tuple[int, int]:
        """What a reference of this role and expression asks, as a hash, and the mask of what its answer rests on."""
        if expr == NONE:
            return hash((role, NONE)), 0
        return hash((role, self._canon[expr])), self._masks[expr]

    def mask_of(self, keys: Iterable[str]) -> int:
        """Return the mask of those keys that anything in this file rests on."""
        mask = 0
        for key in keys:
            mask |= self.bits.get(key, 0)
        return mask

    # --- items

    def roots(self, what: What) -> Iterator[int]:
        """Yield the expressions that a fact is made of."""
        kind, index = what
        facts = self.facts
        found: tuple[int, ...] = ()
        if kind == FUNCTION:
            function = facts.functions[index]
            declared = chain.from_iterable((p.annotation, p.default) for p in function.params)
            found = (function.returns, function.owner, *declared)
            found += (*function.results, *function.yields, *function.decorators)
        elif kind == CLASS:
            one = facts.classes[index]
            found = (*one.bases, *one.decorators, *(value for _, value in one.keywords), one.owner)
        elif kind == BINDING:
            found = (facts.bindings[index].value,)
        elif kind == WRITE:
            found = (facts.writes[index].base, facts.writes[index].value)
        elif kind == SITE:
            found = (index,)
        return (expr for expr in found if expr != NONE)

    def own_functions(self, items: Iterable[Item]) -> set[str]:
        """The parameters of those functions of this file that some items name, by name."""
        functions = {self.facts.symbols[index].name for index in self.functions}
        spoken = self._spoken([root for item in items for root in self.roots(item[3])])
        return {f"{name}()" for name in functions & spoken}

    def _spoken(self, exprs: list[int]) -> set[str]:
        """The names that expressions are made of."""
        names: set[str] = set()
        seen = set(exprs)
        while exprs:
            expr = self.facts.exprs[exprs.pop()]
            if expr[0] in (NAME, LIVE, ATTR):
                names.add(expr[2])
            elif expr[0] == DEF:
                names.add(self.facts.symbols[expr[1]].name)
            fresh = {child for child in self._parts_of(expr) if 0 <= child < len(self._masks)} - seen
            seen |= fresh
            exprs += fresh
        return names

    def parts_of(self, index: int) -> list[int]:
        """Return the operands of an expression that are expressions themselves."""
        return [child for child in self._parts_of(self.facts.exprs[index]) if 0 <= child < len(self._masks)]

    def _parts_of(self, expr: Expr) -> tuple[int, ...]:
        return () if expr[0] in (NAME, LIVE) else self._parts(expr)[0]


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
