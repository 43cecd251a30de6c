"""What of a file other files can notice: its items, each with the names it goes by and the names it rests on.

The resolver goes from file to file by names alone: a name that is looked up, a member, a call whose
arguments reach the parameters of functions so called. An item is anything it can find that way. Names
that are local to a function, and `<lambda1>`, are keyed by file and scope; `save()` stands for the
parameters of whatever is called save."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from codeagent.domain.arity import bare
from codeagent.domain.facts import (
    ATTR,
    CALL,
    CALLABLE_KINDS,
    DECORATE,
    DEF,
    IMPORT,
    KIND,
    LITERAL,
    LIVE,
    NAME,
    NONE,
    TAKES,
    TYPE_KINDS,
    WITHIN,
    Expr,
    FileFacts,
)
from codeagent.graph.keys import (
    BINDING,
    CLASS,
    EVERYTHING,
    FILE,
    FUNCTION,
    SITE,
    SYMBOL,
    WRITE,
    Item,
    Keys,
    What,
)
from codeagent.graph.name_keys import module_key, plain
from codeagent.graph.names import spec_words
from codeagent.graph.objects import INDEXED

_INTERFACE = KIND["interface"]
_ASKED: Final = "__getattr__"  # of a module: it gives what importers ask for and the module does not have
_FILE: Final[What] = (FILE, 0)


class Interface(Keys):
    """The items of one file."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        super().__init__(path, facts)
        self.items: list[Item] = list(self._all())

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
        fact = self.facts.symbols[scope]
        keys = self._known_as(scope, name)
        if not scope and name == _ASKED:
            keys = (*keys, *map(module_key, _words_of(self._path)))
        unnamed = name.startswith(("__", INDEXED)) or name in (self._constructor, bare(fact.name))
        if fact.kind in TYPE_KINDS and (unnamed or fact.kind == _INTERFACE):  # a lambda may be all of an interface
            return (*keys, *self._symbol_keys(scope))
        return keys

    def names_of(self, symbol: int) -> set[str]:
        """Return the keys of a symbol for everybody."""
        return set(self._symbol_keys(symbol))

    def _symbols(self) -> Iterator[Item]:
        for index, fact in enumerate(self.facts.symbols):
            if index:
                keys = self._owned(fact.parent, fact.name)
                last = fact.name.rpartition(".")[2]
                keys = keys if last == fact.name else (*keys, last)
                added = self._added_to and fact.kind in TYPE_KINDS  # elsewhere, by the name that it has there
                mask = self._mask(last) if added else 0
                yield hash(("symbol", self._place(index), fact.kind, fact.flags)), keys, mask, (SYMBOL, index)

    def _place(self, index: int) -> object:
        """Where a symbol is; a variable of a block can be named within it alone, wherever the block begins."""
        fact = self.facts.symbols[index]
        name = plain(fact.name)
        if name == fact.name or fact.kind in CALLABLE_KINDS or fact.kind in TYPE_KINDS:
            return self.dotted[index]
        return self.dotted[fact.parent], name

    def _callables(self) -> Iterator[Item]:
        for index, fact in enumerate(self.facts.functions):
            symbol = self.facts.symbols[fact.symbol]
            declared = list(chain.from_iterable((p.annotation, p.default) for p in fact.params))
            canon, mask = self._of(
                fact.returns, fact.owner, *declared, NONE, *fact.results, NONE, *fact.yields, NONE, *fact.decorators
            )
            params = tuple((p.name, p.kind, p.label) for p in fact.params)
            last = symbol.name.rpartition(".")[2]
            keys = (*self._owned(symbol.parent, symbol.name), *((last,) if last != symbol.name else ()))
            yield hash(("function", self.dotted[fact.symbol], params, canon)), keys, mask, (FUNCTION, index)

    def _plainly(self, mask: int, imported: dict[str, list[str]]) -> tuple[str, ...]:
        """The names in a mask as this file and as others know them: an import's by what it imports."""
        names = [(key, key.rpartition("\0")[2]) for key in self.names_in(mask)]
        return tuple(dict.fromkeys(chain.from_iterable((key, name, *imported.get(name, ())) for key, name in names)))

    def _imported(self) -> dict[str, list[str]]:
        """What the names bound by imports are called where they come from."""
        found: dict[str, list[str]] = {}
        for binding in self.facts.bindings:
            expr = self.facts.exprs[binding.value] if binding.value != NONE else ()
            if expr and expr[0] == IMPORT and expr[2]:
                found.setdefault(binding.name, []).append(expr[2])
        return found

    def _classes(self) -> Iterator[Item]:
        members: dict[int, list[str]] = {}
        imported = self._imported() if self._declares or self._constructor else {}
        for scope, name in sorted(self._bound):
            if not name.startswith("<"):
                members.setdefault(scope, []).append(name)
        for index, fact in enumerate(self.facts.classes):
            values = (value for _, value in fact.keywords)
            canon, mask = self._of(*fact.bases, NONE, *fact.decorators, NONE, *values, NONE, fact.owner)
            names = tuple(name for name, _ in fact.keywords)
            own = members.get(fact.symbol, [])
            keys = (*self._symbol_keys(fact.symbol), *own)
            if self._declares:  # calls of what a base declares may run what this class has, inherited or not
                keys = (*keys, *self._plainly(mask, imported))
                mask |= self._mask(*self._symbol_keys(fact.symbol))  # what extends it extends its bases, too
            if self._structural and self.facts.symbols[fact.symbol].kind == _INTERFACE:
                mask |= self._mask(*own)  # whatever gains or loses one of its methods may come to implement it
            if self._constructor and fact.bases:  # what constructs it constructs its bases
                spoken = sorted(self._spoken(list(fact.bases)))
                named = chain.from_iterable((name, *imported.get(name, ())) for name in spoken)
                keys = (*keys, *(f"{name}()" for name in named))
                mask |= self._mask(f"{self.facts.symbols[fact.symbol].name}()")
            if fact.owner != NONE:
                keys = self._plainly(mask, imported)
            yield hash(("class", self.dotted[fact.symbol], names, canon)), keys, mask, (CLASS, index)

    def _bindings(self) -> Iterator[Item]:
        filled = {fact.symbol for fact in self.facts.classes if fact.decorators or fact.bases}  # by what is handed over
        for index, binding in enumerate(self.facts.bindings):
            canon, mask = self._of(binding.value)
            keys = self._owned(binding.scope, binding.name)
            if binding.scope in filled:
                mask |= self._mask(f"{self.facts.symbols[binding.scope].name}()")
            if binding.scope == 0 and binding.name == self._whole:  # it is reached by the name of the module
                keys = (EVERYTHING,)
            yield (
                hash(("binding", self.dotted[binding.scope], plain(binding.name), canon)),
                keys,
                mask,
                (BINDING, index),
            )

    def _writes(self) -> Iterator[Item]:
        for index, write in enumerate(self.facts.writes):
            canon, mask = self._of(write.base, write.value)
            named = not write.item and isinstance(write.key, str)
            keys = (str(write.key),) if named else self._tips(write.base)
            yield hash(("write", write.key, write.item, canon)), keys, mask, (WRITE, index)

    def _tips(self, base: int) -> tuple[str, ...]:
        """The names by which a thing that is written to goes."""
        expr = self.facts.exprs[base] if base != NONE else (LITERAL, "")
        if expr[0] in (NAME, LIVE):
            return (*self._lookup(expr[1], expr[2]), expr[2])
        return (expr[2],) if expr[0] == ATTR else tuple(self.names_in(self._of(base)[1]))

    def _sites(self) -> Iterator[Item]:
        """Calls that hand over something: they reach the parameters of what is called so."""
        aliases = self._aliases()
        exprs = self.facts.exprs
        for index, expr in enumerate(exprs):
            if expr[0] == CALL:
                if not expr[3] and all(arg == NONE or exprs[arg][0] == LITERAL for arg in expr[2]):
                    continue
            elif expr[0] != DECORATE:
                continue
            name = self._callee(expr[1])
            keys = ((f"{name}()",) if name else ()) + ((self.unnamed,) if not name or name in aliases else ())
            keys += self._handed(expr)
            yield hash(("site", self._canon[index])), keys, self._masks[index], (SITE, index)

    def _handed(self, expr: Expr) -> tuple[str, ...]:
        """The lambdas among the arguments of a call: what is called says what their parameters are."""
        exprs, given = self.facts.exprs, expr[2] if expr[0] == CALL else ()
        lambdas = (exprs[arg][1] for arg in given if arg != NONE and exprs[arg][0] == DEF)
        return tuple(self._symbol_key(symbol) for symbol in lambdas)

    def _callee(self, callee: int) -> str:
        expr = self.facts.exprs[callee] if callee != NONE else (LITERAL, "")
        if expr[0] in (TAKES, WITHIN):
            return self._callee(expr[1])
        if expr[0] in (NAME, ATTR, LIVE):
            return str(expr[2])
        return self.facts.symbols[expr[1]].name if expr[0] == DEF else ""

    def _aliases(self) -> set[str]:
        names = {binding.name for binding in self.facts.bindings}
        names.update(param.name for function in self.facts.functions for param in function.params)
        names.update(write.key for write in self.facts.writes if isinstance(write.key, str))
        return names

    def _file(self) -> Iterator[Item]:
        facts = self.facts
        top = tuple(key for scope, name in sorted(self._bound) if scope == 0 for key in self._known_as(0, name))
        words = tuple(filter(None, spec_words(facts.package.replace("\n", "."))))
        yield hash(("package", facts.language, facts.package)), (*top, *words, *map(module_key, words)), 0, _FILE
        yield hash(("exports", facts.exports is None)), top, 0, _FILE
        for name in facts.exports or ():
            yield hash(("export", name)), self._known_as(0, name), 0, _FILE
        for fact in facts.imports:
            if fact.name == "*":
                mask = self._mask(*self._spec_keys(fact.spec))
                yield hash(("star", self.dotted[fact.scope], fact.spec)), (EVERYTHING,), mask, _FILE


def keys_of(items: Iterable[Item]) -> set[str]:
    """Return every key of some items."""
    return {key for item in items for key in item[1]}


def _words_of(path: str) -> list[str]:
    """The words that an import of a file ends with."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return [stem] if stem != "__init__" else [folder.rpartition("/")[2]]
