"""What of a file other files can notice: its items, each with the names it goes by and the names it rests on.

The resolver goes from file to file by names alone: a name that is looked up, a member, a call whose
arguments reach the parameters of functions so called. An item is anything it can find that way. Names
that are local to a function, and `<lambda1>`, are keyed by file and scope; `save()` stands for the
parameters of whatever is called save."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from codeagent.domain.facts import (
    ANY,
    ATTR,
    CALL,
    CALLABLE_KINDS,
    CALLS,
    DECORATE,
    DEF,
    IMPORT,
    ITEM,
    KIND,
    LITERAL,
    LIVE,
    MAP,
    NAME,
    NONE,
    PARAM,
    SELF,
    SEQ,
    SUPER,
    TAKES,
    TYPE_KINDS,
    TYPED,
    Expr,
    FileFacts,
)
from codeagent.graph.ids import dotted_names
from codeagent.graph.names import spec_words
from codeagent.graph.objects import EXPORT, INDEXED
from codeagent.languages import BY_NAME

_INTERFACE = KIND["interface"]
_BLOCK = re.compile(r"@\d+\Z")
EVERYTHING = "*"  # the key of a star import: it stands for names that cannot be told
Item = tuple[int, tuple[str, ...], int]  # a hash of what it says, its keys, a mask of what it rests on


class Interface:
    """The items of one file. `bits` gives the mask of each name that items rest on."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self._path, self._facts = path, facts
        self.bits: dict[str, int] = {}
        self._dotted = dotted_names(facts.symbols)
        self._bound = {(s.parent, s.name) for s in facts.symbols[1:]} | {(b.scope, b.name) for b in facts.bindings}
        self._functions = {f.symbol: f for f in facts.functions}
        self._local = {i for i, s in enumerate(facts.symbols) if s.kind in CALLABLE_KINDS} | set(self._functions)
        language = BY_NAME.get(facts.language)
        self._constructor = language.scoping.constructor if language else None
        self._whole = language.scoping.whole_module if language else None
        self._declares = bool(language and language.scoping.static_types)
        self._structural = bool(language and language.scoping.structural_interfaces)
        self._calls_of: dict[int, list[int]] | None = None
        self._canon: list[int] = []
        self._masks: list[int] = []
        self._weigh()
        self.items: list[Item] = list(self._all())

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
        return f"{self._path}\0{self._dotted[scope]}\0{_plain(name)}"

    @property
    def _unnamed(self) -> str:
        """The parameters of any function of this file: what calls without a proper name may reach."""
        return f"{self._path}\0()"

    def _spec_keys(self, spec: str) -> tuple[str, ...]:
        words = tuple(filter(None, spec_words(spec)))
        keys = tuple(map(module_key, words))
        return keys if specs_are_paths(self._facts.language) else (*keys, *words)

    def _key_in(self, scope: int, name: str) -> str:
        """The key of a name that this file itself defines, as this file sees it."""
        local = scope in self._local or scope == 0 or name.startswith("<")
        return self._local_key(scope, name) if local else name

    def _known_as(self, scope: int, name: str) -> tuple[str, ...]:
        """The keys of such a name for everybody: what a module defines is seen from outside, too."""
        key = self._key_in(scope, name)
        return (key, name.removeprefix(EXPORT)) if scope == 0 and not name.startswith("<") else (key,)

    def _symbol_key(self, symbol: int) -> str:
        fact = self._facts.symbols[symbol]
        return self._key_in(fact.parent, fact.name)

    def _symbol_keys(self, symbol: int) -> tuple[str, ...]:
        fact = self._facts.symbols[symbol]
        return self._known_as(fact.parent, fact.name)

    def _parameters(self, function: int) -> tuple[str, ...]:
        """What the parameters of a function rest on: its declaration, and the calls of its name."""
        fact = self._facts.symbols[function]
        names = [self._symbol_key(function), f"{fact.name}()", self._unnamed]
        if fact.name == self._constructor or fact.kind == KIND["constructor"]:
            names.append(f"{self._facts.symbols[fact.parent].name}()")
        return tuple(names)

    def _lookup(self, scope: int, name: str) -> tuple[str, ...]:
        """The keys under which a bare name seen from a scope is found."""
        current = scope
        while current > 0:
            function = self._functions.get(current)
            if function is not None and any(p.name == name for p in function.params):
                return (*self._parameters(current), self._local_key(current, name))
            if (current, name) in self._bound:
                return (
                    (self._key_in(current, name), name)
                    if current not in self._local
                    else (self._key_in(current, name),)
                )
            current = self._facts.symbols[current].parent
        return (self._local_key(0, name),) if (0, name) in self._bound else (name,)

    # --- expressions

    def _weigh(self) -> None:
        """Give each expression a hash that knows no positions, and the mask of the names it rests on."""
        canon, masks = self._canon, self._masks
        ordinals = self._ordinals()
        known: dict[tuple[int, str], int] = {}
        for expr in self._facts.exprs:
            op = expr[0]
            if op in (NAME, LIVE):
                scope, name = expr[1], expr[2]
                mask = known.get((scope, name))
                if mask is None:
                    mask = known[scope, name] = self._mask(*self._lookup(scope, name))
                which = tuple(ordinals[i] for i in expr[3]) if op == LIVE else ()
                canon.append(hash((op, self._dotted[scope], _plain(name), which)))
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
        for binding in self._facts.bindings:
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
            return (), (self._symbol_key(parts[1]),), self._dotted[parts[1]]
        if op == MAP:
            return tuple(v for _, v in parts[1]), (), tuple(k for k, _ in parts[1])
        if op in (SEQ, ANY):
            return tuple(parts[1]), (), ()
        if op in (TYPED, TAKES):
            return (parts[1], *parts[2]), (), ()
        if op == LITERAL:
            return (), (), parts[1]
        if op == PARAM:
            return (), self._parameters(parts[1]), (self._dotted[parts[1]], parts[2])
        if op == IMPORT:
            return (), (*self._spec_keys(parts[1]), *((parts[2], module_key(parts[2])) if parts[2] else ())), parts[1:]
        if op in (SELF, SUPER):
            return (), (self._symbol_key(parts[1]),), self._dotted[parts[1]]
        return tuple(part for part in parts[1:] if isinstance(part, int)), (), ()

    def _of(self, *exprs: int) -> tuple[tuple[int, ...], int]:
        mask = 0
        for expr in exprs:
            if expr != NONE:
                mask |= self._masks[expr]
        return tuple(NONE if expr == NONE else self._canon[expr] for expr in exprs), mask

    # --- references

    def asked(self, role: int, expr: int) -> tuple[int, int]:
        """What a reference of this role and expression asks, as a hash, and the mask of what its answer rests on.

        What a call reaches may hang on what is handed over, so all calls of the same callee belong to it."""
        if expr == NONE:
            return hash((role, NONE)), 0
        canon, mask = self._canon[expr], self._masks[expr]
        if role != CALLS:
            return hash((role, canon)), mask
        for call in self._calls().get(expr, ()):
            mask |= self._masks[call]
        return hash((role, canon, tuple(sorted(self._canon[call] for call in self._calls().get(expr, ()))))), mask

    def _calls(self) -> dict[int, list[int]]:
        if self._calls_of is None:
            self._calls_of = {}
            for index, expr in enumerate(self._facts.exprs):
                if expr[0] == CALL:
                    self._calls_of.setdefault(expr[1], []).append(index)
        return self._calls_of

    def mask_of(self, keys: Iterable[str]) -> int:
        """Return the mask of those keys that anything in this file rests on."""
        mask = 0
        for key in keys:
            mask |= self.bits.get(key, 0)
        return mask

    def own_functions(self, items: Iterable[Item]) -> set[str]:
        """The parameters of those functions of this file that some items rest on, by name."""
        mask = 0
        for item in items:
            mask |= item[2]
        names = (self._facts.symbols[index].name for index in self._functions)
        keys = {(name, key) for name in names for key in (name, self._local_key(0, name))}
        return {f"{name}()" for name, key in keys if self.bits.get(key, 0) & mask}

    # --- items

    def _all(self) -> Iterator[Item]:
        return chain(
            self._symbols(),
            self._callables(),
            self._classes(),
            self._bindings(),
            self._writes(),
            self._sites(),
            self._file(),
        )

    def _owned(self, scope: int, name: str) -> tuple[str, ...]:
        """The keys of a name of a scope; members that run without being named stand for their class too."""
        fact = self._facts.symbols[scope]
        keys = self._known_as(scope, name)
        unnamed = name.startswith(("__", INDEXED)) or name in (self._constructor, fact.name)
        if fact.kind in TYPE_KINDS and (unnamed or fact.kind == _INTERFACE):  # a lambda may be all of an interface
            return (*keys, *self._symbol_keys(scope))
        return keys

    def _symbols(self) -> Iterator[Item]:
        for index, fact in enumerate(self._facts.symbols):
            if index:
                keys = self._owned(fact.parent, fact.name)
                last = fact.name.rpartition(".")[2]
                keys = keys if last == fact.name else (*keys, last)
                yield hash(("symbol", self._dotted[index], fact.kind, fact.flags)), keys, 0

    def _callables(self) -> Iterator[Item]:
        for fact in self._facts.functions:
            symbol = self._facts.symbols[fact.symbol]
            declared = list(chain.from_iterable((p.annotation, p.default) for p in fact.params))
            canon, mask = self._of(
                fact.returns, fact.owner, *declared, NONE, *fact.results, NONE, *fact.yields, NONE, *fact.decorators
            )
            params = tuple((p.name, p.kind) for p in fact.params)
            last = symbol.name.rpartition(".")[2]
            keys = (*self._owned(symbol.parent, symbol.name), *((last,) if last != symbol.name else ()))
            yield hash(("function", self._dotted[fact.symbol], params, canon)), keys, mask

    def _plainly(self, mask: int, imported: dict[str, list[str]]) -> tuple[str, ...]:
        """The names in a mask as this file and as others know them: an import's by what it imports."""
        names = [(key, key.rpartition("\0")[2]) for key in self.names_in(mask)]
        return tuple(dict.fromkeys(chain.from_iterable((key, name, *imported.get(name, ())) for key, name in names)))

    def _imported(self) -> dict[str, list[str]]:
        """What the names bound by imports are called where they come from."""
        found: dict[str, list[str]] = {}
        for binding in self._facts.bindings:
            expr = self._facts.exprs[binding.value] if binding.value != NONE else ()
            if expr and expr[0] == IMPORT and expr[2]:
                found.setdefault(binding.name, []).append(expr[2])
        return found

    def _classes(self) -> Iterator[Item]:
        members: dict[int, list[str]] = {}
        imported = self._imported() if self._declares else {}
        for scope, name in sorted(self._bound):
            if not name.startswith("<"):
                members.setdefault(scope, []).append(name)
        for fact in self._facts.classes:
            values = (value for _, value in fact.keywords)
            canon, mask = self._of(*fact.bases, NONE, *fact.decorators, NONE, *values, NONE, fact.owner)
            names = tuple(name for name, _ in fact.keywords)
            own = members.get(fact.symbol, [])
            keys = (*self._symbol_keys(fact.symbol), *own)
            if self._declares:  # calls of what a base declares may run what this class has, inherited or not
                keys = (*keys, *self._plainly(mask, imported))
                mask |= self._mask(*self._symbol_keys(fact.symbol))  # what extends it extends its bases, too
            if self._structural and self._facts.symbols[fact.symbol].kind == _INTERFACE:
                mask |= self._mask(*own)  # whatever gains or loses one of its methods may come to implement it
            if fact.owner != NONE:
                keys = self._plainly(mask, imported)
            yield hash(("class", self._dotted[fact.symbol], names, canon)), keys, mask

    def _bindings(self) -> Iterator[Item]:
        for binding in self._facts.bindings:
            canon, mask = self._of(binding.value)
            keys = self._owned(binding.scope, binding.name)
            if binding.scope == 0 and binding.name == self._whole:  # it is reached by the name of the module
                keys = (EVERYTHING,)
            yield hash(("binding", self._dotted[binding.scope], _plain(binding.name), canon)), keys, mask

    def _writes(self) -> Iterator[Item]:
        for write in self._facts.writes:
            canon, mask = self._of(write.base, write.value)
            named = not write.item and isinstance(write.key, str)
            keys = (str(write.key),) if named else self._tips(write.base)
            yield hash(("write", write.key, write.item, canon)), keys, mask

    def _tips(self, base: int) -> tuple[str, ...]:
        """The names by which a thing that is written to goes."""
        expr = self._facts.exprs[base] if base != NONE else (LITERAL, "")
        if expr[0] in (NAME, LIVE):
            return (*self._lookup(expr[1], expr[2]), expr[2])
        return (expr[2],) if expr[0] == ATTR else tuple(self.names_in(self._of(base)[1]))

    def _sites(self) -> Iterator[Item]:
        """Calls that hand over something: they reach the parameters of what is called so."""
        aliases = self._aliases()
        exprs = self._facts.exprs
        for index, expr in enumerate(exprs):
            if expr[0] == CALL:
                if not expr[3] and all(arg == NONE or exprs[arg][0] == LITERAL for arg in expr[2]):
                    continue
            elif expr[0] != DECORATE:
                continue
            name = self._callee(expr[1])
            keys = ((f"{name}()",) if name else ()) + ((self._unnamed,) if not name or name in aliases else ())
            keys += self._handed(expr)
            yield hash(("site", self._canon[index])), keys, self._masks[index]

    def _handed(self, expr: Expr) -> tuple[str, ...]:
        """The lambdas among the arguments of a call: what is called says what their parameters are."""
        exprs, given = self._facts.exprs, expr[2] if expr[0] == CALL else ()
        lambdas = (exprs[arg][1] for arg in given if arg != NONE and exprs[arg][0] == DEF)
        return tuple(self._symbol_key(symbol) for symbol in lambdas)

    def _callee(self, callee: int) -> str:
        expr = self._facts.exprs[callee] if callee != NONE else (LITERAL, "")
        if expr[0] == TAKES:
            return self._callee(expr[1])
        if expr[0] in (NAME, ATTR, LIVE):
            return str(expr[2])
        return self._facts.symbols[expr[1]].name if expr[0] == DEF else ""

    def _aliases(self) -> set[str]:
        names = {binding.name for binding in self._facts.bindings}
        names.update(param.name for function in self._facts.functions for param in function.params)
        names.update(write.key for write in self._facts.writes if isinstance(write.key, str))
        return names

    def _file(self) -> Iterator[Item]:
        facts = self._facts
        top = tuple(key for scope, name in sorted(self._bound) if scope == 0 for key in self._known_as(0, name))
        words = tuple(filter(None, spec_words(facts.package.replace("\n", "."))))
        yield hash(("package", facts.language, facts.package)), (*top, *words, *map(module_key, words)), 0
        yield hash(("exports", facts.exports is None)), top, 0
        for name in facts.exports or ():
            yield hash(("export", name)), self._known_as(0, name), 0
        for fact in facts.imports:
            if fact.name == "*":
                mask = self._mask(*self._spec_keys(fact.spec))
                yield hash(("star", self._dotted[fact.scope], fact.spec)), (EVERYTHING,), mask


def module_key(word: str) -> str:
    """Return the key of files and folders that a word of an import can name."""
    return f"{word}/"


def specs_are_paths(language: str) -> bool:
    """Tell whether imports name files and folders only; elsewhere they may name what is defined in them."""
    declared = BY_NAME.get(language)
    return declared is not None and (declared.name == "python" or declared.family == "javascript")


def _plain(name: str) -> str:
    """A name without the place of the block it belongs to: `tag@4367` is `tag`."""
    return name if "@" not in name else _BLOCK.sub("", name)


def keys_of(items: Iterable[Item]) -> set[str]:
    """Return every key of some items."""
    return {key for _, keys, _ in items for key in keys}
