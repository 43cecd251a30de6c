"""What the expressions of a file rest on: the keys of names, members and modules, as masks of bits."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from codeagent.domain.facts import (
    ANY,
    ATTR,
    BOUND_OF,
    CALL,
    DEF,
    GIVEN,
    IMPORT,
    ITEM,
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
from codeagent.graph.name_keys import NameKeys, module_key, plain

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


class Keys(NameKeys):
    """The keys that the expressions of one file rest on, as masks."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        super().__init__(path, facts)
        self._canon: list[int] = []
        self._masks: list[int] = []
        self._weigh()

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
                which = tuple(ordinals[i] for i in expr[3]) if op == LIVE else expr[3:]
                canon.append(hash((op, self.dotted[scope], plain(name), which)))
                masks.append(mask | self._mask(*which) if which and op == NAME else mask)
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
            return (parts[1], *parts[2]), (), parts[3:]
        if op == PARAM:
            return (), self._parameters(parts[1]), (self.dotted[parts[1]], parts[2])
        if op == PARAMETER:
            bound = self._key_in(parts[1], BOUND_OF.format(parts[3]))
            return (), (self._symbol_key(parts[1]), bound), (self.dotted[parts[1]], parts[2:])
        if op == IMPORT:
            return (), (*self._spec_keys(parts[1]), *((parts[2], module_key(parts[2])) if parts[2] else ())), parts[1:]
        if op == GIVEN:
            return (), self._given(parts[1], parts[2]), (self.dotted[parts[1]], parts[2])
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
