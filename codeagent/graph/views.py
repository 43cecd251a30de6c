"""One file's facts arranged for look-up: slots, bases, methods, writes, aliases."""

from codeagent.domain.arity import bare
from codeagent.domain.facts import (
    ANY,
    ATTR,
    CALL,
    CALLABLE_KINDS,
    DECORATE,
    IMPORT,
    ITEM,
    KIND,
    LITERAL,
    LIVE,
    MAP,
    NAME,
    NONE,
    PARAMETER,
    SEQ,
    SETTER,
    TYPE_KINDS,
    TYPED,
    ClassFact,
    FileFacts,
    FunctionFact,
    ImportFact,
    Write,
)
from codeagent.graph.ids import symbol_ids
from codeagent.graph.slots import Slot, arrange, chosen
from codeagent.languages.language import Language

_TYPES = TYPE_KINDS | {KIND["namespace"]}


class FileView:
    """One file's facts, arranged for look-up."""

    __slots__ = (
        "_aliases",
        "_chosen",
        "_defined",
        "_heirs",
        "_ids",
        "_methods",
        "_named",
        "_names",
        "_parameters",
        "_set",
        "_valued",
        "called",
        "classes",
        "facts",
        "functions",
        "handed",
        "language",
        "path",
        "slots",
        "stars",
        "writes",
    )  # fmt: skip

    def __init__(self, path: str, facts: FileFacts, language: Language) -> None:
        self.path, self.facts, self.language = path, facts, language
        self.functions: dict[int, FunctionFact] = {f.symbol: f for f in facts.functions}
        self.classes: dict[int, ClassFact] = {c.symbol: c for c in facts.classes if c.owner == NONE}
        self.slots: dict[tuple[int, str], Slot] = arrange(facts, language.scoping.redefinition_replaces)
        self.stars: dict[int, list[ImportFact]] = {}
        for fact in facts.imports:
            if fact.name == "*":
                self.stars.setdefault(fact.scope, []).append(fact)
        self.writes: dict[str | int | None, list[Write]] = {}
        for write in facts.writes:
            self.writes.setdefault(None if write.item else write.key, []).append(write)
        self._set: dict[tuple[int, str], bool] = {}
        self._ids: list[str] | None = None
        self._parameters: dict[int, list[tuple[int, int]]] | None = None
        self.handed: dict[int, list[tuple[int, int, tuple[int, ...]]]] | None = None  # see `callbacks`
        self.called: dict[str, list[int]] | None = None  # call sites by what they call; see `sites`
        self._named: dict[tuple[int, int], list[int]] | None = None
        self._defined: dict[int, tuple[int, str, int]] | None = None
        self._valued: frozenset[str] | None = None
        self._heirs: dict[str, list[ClassFact]] | None = None
        self._methods: dict[str, list[int]] | None = None
        self._names: dict[int, set[str]] | None = None
        self._aliases: frozenset[str] | None = None
        self._chosen: frozenset[tuple[int, str]] | None = None

    def whole(self, scope: int, name: str) -> bool:
        """Whether what a scope says of a name holds in every build; else globs and scopes around say the rest."""
        if not self.language.scoping.built_apart:
            return True
        if self._chosen is None:
            self._chosen = chosen(self.facts, self.slots)
        return (scope, name) not in self._chosen

    def of_other_arity(self, scope: int, name: str) -> bool:
        """Whether a type has a name with type parameters: the name alone is not it, nor its maker."""
        own = self.facts.symbols[scope].name
        return own != name and bare(own) == name

    def of_values(self, scope: int, name: str) -> bool:
        """Whether what a scope says of a name is no type, and no import that may bring one."""
        slot = self.slots.get((scope, name))
        if slot is None:
            return False
        if slot.symbols:
            return not any(self.facts.symbols[index].kind in _TYPES for index in slot.symbols)
        return not any(one.value != NONE and self.facts.exprs[one.value][0] == IMPORT for one in slot.bindings)

    def names_of(self, expr: int) -> set[str]:
        """The names that an expression is bound to in this file."""
        if self._names is None:
            self._names = {}
            exprs = self.facts.exprs
            for binding in self.facts.bindings:
                self._names.setdefault(binding.value, set()).add(binding.name)
                if binding.value != NONE and exprs[binding.value][0] == ANY:
                    for part in exprs[binding.value][1]:
                        self._names.setdefault(part, set()).add(binding.name)
        return self._names.get(expr, set())

    @property
    def named(self) -> dict[tuple[int, int], list[int]]:
        """The expressions of the references on each span that holds one."""
        if self._named is None:
            self._named = {}
            refs = self.facts.references
            for at in range(0, len(refs), 5):
                if refs[at + 4] != NONE and refs[at + 1] > refs[at]:
                    self._named.setdefault((refs[at], refs[at + 1]), []).append(refs[at + 4])
        return self._named

    @property
    def defined(self) -> dict[int, tuple[int, str, int]]:
        """What is defined on each byte: (scope, name, value) of a bound name or parameter, (symbol, "", NONE)."""
        if self._defined is None:
            facts = self.facts
            named = (one for one in facts.bindings if one.name and one.start >= 0)
            bound = sorted(named, key=lambda one: one.name[0] != "<")
            self._defined = {one.start: (one.scope, one.name, one.value) for one in bound}
            for function in facts.functions:
                self._defined.update((param.start, (function.symbol, param.name, NONE)) for param in function.params)
            for index, symbol in enumerate(facts.symbols):
                if index and symbol.name_end > symbol.name_start:
                    self._defined[symbol.name_start] = (index, "", NONE)
        return self._defined

    def set_by_methods(self, owner: int, name: str) -> bool:
        """Whether an attribute is only assigned inside methods: `self.name = value`."""
        known = self._set.get((owner, name))
        if known is None:
            known = self._set[owner, name] = self._only_set(owner, name)
        return known

    def _only_set(self, owner: int, name: str) -> bool:
        slot = self.slots.get((owner, name))
        if slot is None or not slot.bindings:
            return False
        symbols = self.facts.symbols
        if any(symbols[index].kind in CALLABLE_KINDS for index in slot.symbols):
            return False
        spans = [(symbols[f].start, symbols[f].end) for f in self.functions if symbols[f].parent == owner]
        return all(any(start <= b.start < end for start, end in spans) for b in slot.bindings)

    @property
    def parameters(self) -> dict[int, list[tuple[int, int]]]:
        """The type parameters that the file names, by class or function: position and expression."""
        if self._parameters is None:
            self._parameters = {}
            for index, expr in enumerate(self.facts.exprs):
                if expr[0] == PARAMETER:
                    self._parameters.setdefault(expr[1], []).append((expr[2], index))
        return self._parameters

    @property
    def methods(self) -> dict[str, list[int]]:
        """The methods of the file's types, by name."""
        if self._methods is None:
            self._methods = {}
            symbols = self.facts.symbols
            for index, symbol in enumerate(symbols):
                if symbol.parent > 0 and symbol.kind in CALLABLE_KINDS and symbols[symbol.parent].kind in TYPE_KINDS:
                    self._methods.setdefault(symbol.name, []).append(index)
                elif symbol.parent == 0 and symbol.kind == _METHOD:  # outside its type: `Cart.total`
                    self._methods.setdefault(symbol.name.rpartition(".")[2], []).append(index)
        return self._methods

    def setter(self, owner: int, name: str) -> int:
        """The method that assigning a property runs, or NONE."""
        symbols = self.facts.symbols
        for index in self.functions:
            fact = symbols[index]
            if fact.flags & SETTER and fact.parent == owner and fact.name == name:
                return index
        return NONE

    @property
    def valued(self) -> frozenset[str]:
        """Names that stand for a value somewhere in the file, not only before the parentheses of a call."""
        if self._valued is None:
            exprs = self.facts.exprs
            used = {binding.value for binding in self.facts.bindings}
            used.update(write.value for write in self.facts.writes)
            for function in self.facts.functions:
                used.update(function.results, function.yields)
            for expr in exprs:
                if expr[0] == CALL:
                    used.update(expr[2], (value for _, value in expr[3]))
                elif expr[0] in (SEQ, ANY):
                    used.update(expr[1])
                elif expr[0] == MAP:
                    used.update(value for _, value in expr[1])
                elif expr[0] == DECORATE:
                    used.add(expr[2])
            named = (exprs[index] for index in used if index != NONE)
            self._valued = frozenset(expr[2] for expr in named if expr[0] in (NAME, ATTR, LIVE))
        return self._valued

    @property
    def heirs(self) -> dict[str, list[ClassFact]]:
        """The types of the file that have bases, by the last name of each base; "" where it may be an alias."""
        if self._heirs is None:
            self._heirs = {}
            for fact in self.facts.classes:
                for base in fact.bases:
                    self._heirs.setdefault(self._base_name(base), []).append(fact)
        return self._heirs

    def _base_name(self, base: int) -> str:
        expr = self.facts.exprs[base]
        while expr[0] in (ITEM, TYPED):  # `Base[T]`
            expr = self.facts.exprs[expr[1]]
        if expr[0] == ATTR:
            return str(expr[2])
        if expr[0] not in (NAME, LIVE):
            return ""
        slot = self.slots.get((expr[1], expr[2]))
        return "" if slot is not None and slot.bindings and not self._imports_itself(slot, expr[2]) else str(expr[2])

    def _imports_itself(self, slot: Slot, name: str) -> bool:
        """Whether every binding of a name imports just that name."""
        values = (self.facts.exprs[b.value] if b.value != NONE else () for b in slot.bindings)
        return all(value and value[0] == IMPORT and value[2] == name for value in values)

    @property
    def aliases(self) -> frozenset[str]:
        """Names that assignments or parameters bind: calling one may call anything."""
        if self._aliases is None:
            exprs = self.facts.exprs
            bound = {b.name for b in self.facts.bindings if b.value == NONE or exprs[b.value][0] not in _PROPER}
            bound.update(p.name for f in self.facts.functions for p in f.params)
            bound.update(w.key for w in self.facts.writes if isinstance(w.key, str))
            self._aliases = frozenset(bound)
        return self._aliases

    def symbol_id(self, index: int) -> str:
        """The id of a symbol: `path::Dotted.name`, with `#2` for a second one of that name."""
        if self._ids is None:
            self._ids = symbol_ids(self.path, self.facts.symbols)
        return self._ids[index]


_METHOD = KIND["method"]
_PROPER = frozenset({IMPORT, DECORATE, LITERAL})
