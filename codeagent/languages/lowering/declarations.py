"""Symbols of a broad language: nested definitions, their parameters, variables, bases and flags."""

import re
from dataclasses import dataclass, field
from typing import Final

from tree_sitter import Node

from codeagent.domain import facts as words
from codeagent.domain.facts import (
    ABSTRACT,
    ATTR,
    CALLABLE_KINDS,
    DECORATED,
    DEF,
    EACH,
    INSTANCE,
    KEYWORD_ONLY,
    KIND,
    KINDS,
    NONE,
    POSITIONAL,
    SELF,
    TEST,
    TYPE_KINDS,
    VARARGS,
    Binding,
    ClassFact,
    FunctionFact,
    Param,
)
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.outline import Spans
from codeagent.languages.lowering.patterns import Pattern
from codeagent.languages.lowering.shapes import Captures, Shapes, dotted

VALUE_KINDS: Final = frozenset(KIND[k] for k in ("variable", "constant", "field", "property", "enum-member"))
_SETS: Final = {
    "public": words.EXPORTED, "open": words.EXPORTED, "export": words.EXPORTED, "static": words.STATIC,
    "abstract": words.ABSTRACT, "override": words.OVERRIDE, "async": words.ASYNC, "suspend": words.ASYNC,
}  # fmt: skip
_HIDES: Final = frozenset(("private", "fileprivate", "protected", "internal"))
_TEST: Final = re.compile(r"(?i)(?:^|\W|_)(?:test|fact|theory|testcase|testmethod|parameterizedtest)\b")


@dataclass(slots=True)
class Draft:
    """What is gathered of one symbol before it is frozen."""

    kind: int
    flags: int = 0
    runs: bool = False  # has a flow of its own: callables, and properties with a body
    complexity: int = 1
    params: list[Param] = field(default_factory=list)
    returns: int = NONE
    results: list[int] = field(default_factory=list)
    decorators: list[int] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of parameters and local variables
    extends: bool = False  # a type that is defined elsewhere: Swift's extensions


class Declarations:
    """Turns the definition matches of one file into symbols, and what hangs on them into facts."""

    def __init__(self, facts: FactsBuilder, shapes: Shapes) -> None:
        self.facts = facts
        self.shapes = shapes
        self.drafts: list[Draft] = [Draft(KIND["module"])]
        self.taken: set[int] = set()  # ids of nodes that name a definition and are no use of a name
        self.around = Spans(())  # definitions as a whole; shapes.scopes has their bodies only
        self.variables: list[tuple[int, Pattern, Captures]] = []  # with the symbol around
        self._values: dict[tuple[int, str], int] = {}  # value symbols by parent and name
        self._types: dict[tuple[int, str], int] = {}  # types and namespaces by parent and name
        self._named: dict[str, int] = {}  # the first of each name
        self._bodied: set[tuple[str, str]] = set()  # owner and name of what has a body here

    # --- symbols ------------------------------------------------------------------------------------
    def define(self, matches: list[tuple[Pattern, list[Captures]]]) -> None:
        """Make symbols of all definitions of the file, in order of their positions."""
        entries = {}
        for pattern, found in matches:
            for got in found:
                node = got[pattern.anchor][0]
                key = got["name"][0].id if "name" in got else node.id
                before = entries.get(key)
                if before is None or len(before[3]) < len(got):
                    entries[key] = (node.start_byte, -node.end_byte, pattern, got)
        self._bodied = {self._signature(e[3]) for e in entries.values() if e[3].keys() >= {"scope", "name"}}
        stack: list[tuple[int, int]] = [(1 << 62, 0)]
        whole: list[tuple[int, int, int]] = []
        bodies: list[tuple[int, int, int]] = []
        owners: list[tuple[int, list[Node]]] = []
        for start, end, pattern, got in sorted(entries.values(), key=lambda entry: entry[:2]):
            while stack[-1][0] <= start:
                stack.pop()
            parent = stack[-1][1]
            outer = self.facts.symbols[parent].parent if "parent" in pattern.settings and parent else parent
            symbol = self._symbol(outer, pattern, got, (start, -end))
            if symbol == NONE:
                continue
            if "parent" in pattern.settings:  # stands in the header of another
                continue
            whole.append((start, -end, symbol))
            if self.drafts[symbol].kind == KIND["type"]:
                continue
            if self.drafts[symbol].kind in VALUE_KINDS and not self.drafts[symbol].runs:
                continue
            stack.append((-end, symbol))
            body = got["scope"][0] if "scope" in got else None
            if body is not None or not (pattern.has_scope or pattern.flags & ABSTRACT):
                outside = "owner" in got and "inside" not in pattern.settings  # its parameters see the owner's names
                opening = got["name"][0].end_byte if outside else body.start_byte if body else start
                bodies.append((opening, body.end_byte if body else -end, symbol))
            elif self.drafts[symbol].runs and "bodiless" not in pattern.settings:
                self.drafts[symbol].flags |= ABSTRACT
            if "owner" in got and ("inside" in pattern.settings or self._is_outside(symbol)):
                owners.append((symbol, [*got.get("outer", ()), got["owner"][0]]))
        self.around = Spans(whole)
        self.shapes.scopes = Spans(bodies)
        self._own(owners)
        self._returns(entries)

    def _symbol(self, parent: int, pattern: Pattern, got: Captures, span: tuple[int, int]) -> int:
        """Add one symbol; NONE for a variable that is local, or that has its symbol already."""
        kind = KIND[pattern.detail]
        above = self.drafts[parent].kind
        value = kind in VALUE_KINDS and not (kind == KIND["property"] and "scope" in got)
        named = got["name"][0] if "name" in got else None
        if named is not None:
            self.taken.add(named.id)
        if pattern.flags & ABSTRACT and named is not None and self._declares(parent, named):
            return NONE
        if value:
            if self.drafts[parent].runs:
                self.variables.append((parent, pattern, got))
                return NONE
            if above in TYPE_KINDS and kind == KIND["variable"]:
                kind = KIND["field"]
        elif kind in (KIND["method"], KIND["constructor"]) and above not in TYPE_KINDS and "owner" not in got:
            kind = KIND["function"]
        elif kind == KIND["function"] and (above in TYPE_KINDS or "owner" in got):
            kind = KIND["method"]
        name = self.shapes.word(named).lstrip(":") if named is not None else pattern.settings.get("name", "")
        if not name:
            return NONE
        if "::" in name and named is not None:
            self.taken.update(node.id for node in named.named_children)
            *outer, name = name.split("::")
            space = KIND["namespace"] if pattern.detail == "namespace" else KIND["trait"]
            parent = self._nested(outer, parent, span, space)
        if "owner" in got and "inside" not in pattern.settings:
            outer = ".".join(dotted(self.shapes.word(node)) for node in got.get("outer", ()))
            owner = dotted(self.shapes.word(got["owner"][0]))
            kind = KIND["constructor"] if name == owner else kind
            if owner in self._named:
                parent = self._named[owner]
            else:
                name = ".".join(filter(None, (outer, owner, name)))
        if value:
            self.variables.append((parent, pattern, got))
            if (parent, name) in self._values:
                return NONE
        if kind == KIND["type"] and (parent, name) in self._types:
            return NONE
        if "reopens" in pattern.settings and (parent, name) in self._types:
            return self._types[parent, name]
        at = (named.start_byte, named.end_byte) if named is not None else (span[0], span[0])
        runs = kind in CALLABLE_KINDS or (kind in VALUE_KINDS and not value)
        index = self._open(
            name, parent, (span, at), Draft(kind, pattern.flags, runs, extends="extends" in pattern.settings)
        )
        if value:
            self._values[parent, name] = index
        if kind == KIND["type"] and "type" in got:
            self.variables.append((parent, pattern, got))
        return index

    def _signature(self, got: Captures) -> tuple[str, str]:
        owner = dotted(self.shapes.word(got["owner"][0])) if "owner" in got else ""
        return owner, self.shapes.word(got["name"][0])

    def _declares(self, parent: int, named: Node) -> bool:
        """Tell whether a declaration without body has its definition in this file, or stands in a body."""
        above = self.drafts[parent]
        owner = self.facts.symbols[parent].name if above.kind in TYPE_KINDS else ""
        return above.runs or (owner, self.shapes.word(named)) in self._bodied

    def _open(self, name: str, parent: int, spans: tuple[tuple[int, int], tuple[int, int]], draft: Draft) -> int:
        index = self.facts.open_symbol(name, KINDS[draft.kind], parent, *spans)
        self.drafts.append(draft)
        if draft.kind in TYPE_KINDS or draft.kind == KIND["namespace"]:
            self._types.setdefault((parent, name), index)
            self._named.setdefault(name, index)
        self.shapes.class_of.append(index if draft.kind in TYPE_KINDS else self.shapes.class_of[parent])
        return index

    def _nested(self, outer: list[str], parent: int, span: tuple[int, int], kind: int) -> int:
        """Open the namespaces that a definition's own name goes through: `namespace a::b`."""
        for name in filter(None, outer):
            known = self._types.get((parent, name))
            if known is None:
                known = self._open(name, parent, (span, (span[0], span[0])), Draft(kind))
            parent = known
        return parent

    def _is_outside(self, symbol: int) -> bool:
        """Tell whether a method does not stand among the members of a type of this file."""
        return self.drafts[self.facts.symbols[symbol].parent].kind not in TYPE_KINDS

    def _own(self, owners: list[tuple[int, list[Node]]]) -> None:
        """Note the receivers of functions that stand outside of their class: `a::B::f` has one of type `a.B`."""
        for symbol, (first, *rest) in owners:
            value = self.shapes.value(first)
            for node in rest if value != NONE else ():
                value = self.facts.expr((ATTR, value, dotted(self.shapes.word(node))))
            if value != NONE:
                self.shapes.owner_of[symbol] = value

    def _returns(self, entries: dict[int, tuple[int, int, Pattern, Captures]]) -> None:
        """Read the declared result types, now that types can be evaluated."""
        for _, _, _, got in entries.values():
            if "return" in got:
                symbol = self.around.at(got["return"][0].start_byte)
                if self.drafts[symbol].runs:
                    self.drafts[symbol].returns = self.shapes.value(got["return"][0])

    # --- what hangs on them --------------------------------------------------------------------------
    def parameter(self, pattern: Pattern, got: Captures) -> None:
        """Add a parameter to the callable whose header it stands in."""
        named = got["name"][0]
        self.taken.add(named.id)
        symbol = self.callable_at(self.around, named.start_byte)
        kind = (
            VARARGS if "variadic" in pattern.settings else KEYWORD_ONLY if "keyword" in pattern.settings else POSITIONAL
        )
        annotation = self.shapes.value(got["type"][0]) if "type" in got else NONE
        default = self.shapes.value(got["value"][0]) if "value" in got else NONE
        name = self.shapes.word(named)
        if symbol and self.shapes.scopes.at(named.start_byte) == symbol:
            self.variable(symbol, pattern, got)  # of an anonymous function: a local name
        elif symbol:
            self.drafts[symbol].params.append(Param(name, kind, annotation, default, named.start_byte))
            self.drafts[symbol].names.add(name)

    def callable_at(self, spans: Spans, position: int) -> int:
        """Return the innermost callable around a position, 0 where there is none."""
        symbol = spans.at(position)
        while symbol > 0 and not self.drafts[symbol].runs:
            symbol = self.facts.symbols[symbol].parent
        return symbol

    def variable(self, parent: int, pattern: Pattern, got: Captures) -> None:
        """Bind a variable's name, in its function or among the members of its class or module."""
        named = got["name"][0]
        name = self.shapes.word(named).lstrip(":")
        draft = self.drafts[parent]
        if draft.runs:
            draft.names.add(name)
        value = self._bound(pattern, got)
        if "reads" in pattern.settings:  # an accessor of an instance variable
            owner = self.shapes.class_of[parent]
            value = (
                NONE
                if owner == NONE
                else self.facts.expr((ATTR, self.facts.expr((SELF, owner)), pattern.settings["reads"] + name))
            )
        if pattern.detail == "enum-member":
            value = self.facts.expr((INSTANCE, self.facts.expr((DEF, parent))))
        self.facts.bindings.append(Binding(parent, name, value, named.start_byte))

    def _bound(self, pattern: Pattern, got: Captures) -> int:
        if pattern.detail == "type":
            return self.shapes.value(got["type"][0])
        if "type" in got:
            kind = self.shapes.value(got["type"][0])
            if kind != NONE:
                return self.facts.expr((INSTANCE, kind))
        if "value" in got:
            value = self.shapes.value(got["value"][0])
            return self.facts.expr((EACH, value)) if value != NONE and "each" in pattern.settings else value
        return NONE

    def has_member(self, symbol: int, name: str) -> bool:
        """Tell whether a class or module has a variable of that name."""
        return (symbol, name) in self._values

    def modifier(self, text: str, position: int, hides: str) -> None:
        """Set the flags that a modifier word stands for on the definition whose header it stands in."""
        symbol = self._decorated(position)
        if symbol == 0:
            return
        draft = self.drafts[symbol]
        for word in text.split():
            if word in _HIDES or word == hides:
                draft.flags &= ~words.EXPORTED
            draft.flags |= _SETS.get(word, 0)

    def decoration(self, text: str, position: int, value: int) -> None:
        """Note a decorator, annotation or attribute."""
        symbol = self._decorated(position)
        if symbol == 0:
            return
        draft = self.drafts[symbol]
        draft.flags |= DECORATED | (TEST if _TEST.search(text) else 0)
        if value != NONE:
            draft.decorators.append(value)

    def _decorated(self, position: int) -> int:
        """Return the symbol whose header a position is in, 0 where it is in a body."""
        symbol = self.around.at(position)
        return 0 if self.drafts[symbol].runs and self.shapes.scopes.at(position) == symbol else symbol

    def inherit(self, node: Node) -> None:
        """Add a base to the class whose header or body it stands in."""
        symbol = self.around.at(node.start_byte)
        while symbol > 0 and self.drafts[symbol].kind not in TYPE_KINDS:
            symbol = self.facts.symbols[symbol].parent
        value = self.shapes.value(node)
        if symbol > 0 and value != NONE and value not in self.drafts[symbol].bases:
            self.drafts[symbol].bases.append(value)

    def freeze(self) -> None:
        """Write what was gathered into the facts."""
        for symbol, draft in enumerate(self.drafts):
            if draft.runs:
                self.facts.close_symbol(symbol, draft.complexity, draft.flags)
                self.facts.functions.append(self._function(symbol, draft))
            elif symbol:
                self.facts.close_symbol(symbol, 0, draft.flags)
            if draft.kind in TYPE_KINDS:
                keywords = (("extends", NONE),) if draft.extends else ()
                self.facts.classes.append(ClassFact(symbol, tuple(draft.bases), tuple(draft.decorators), keywords))

    def _function(self, symbol: int, draft: Draft) -> FunctionFact:
        params, owner = tuple(sorted(draft.params, key=_start)), self.shapes.owner_of.get(symbol, NONE)
        return FunctionFact(symbol, params, draft.returns, tuple(draft.results), (), tuple(draft.decorators), owner)


def _start(param: Param) -> int:
    return param.start
