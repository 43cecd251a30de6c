"""What is gathered of each symbol of a broad language: parameters, variables, bases, flags, results."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tree_sitter import Node

from codeagent.domain import facts as words
from codeagent.domain.facts import (
    ATTR,
    DECORATED,
    DEF,
    EACH,
    INSTANCE,
    KEYWORD_ONLY,
    KIND,
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
from codeagent.languages.lowering.shapes import Captures, Shapes

_SETS: Final = {
    "public": words.EXPORTED, "open": words.EXPORTED, "export": words.EXPORTED, "static": words.STATIC,
    "abstract": words.ABSTRACT, "override": words.OVERRIDE, "async": words.ASYNC, "suspend": words.ASYNC,
}  # fmt: skip
_HIDES: Final = frozenset(("private", "fileprivate", "protected", "internal"))
_NOWHERE: Final = 1 << 62
_TEST: Final = re.compile(r"(?i)(?:^|\W|_)(?:test|fact|theory|testcase|testmethod|parameterizedtest)\b")


@dataclass(slots=True)
class Draft:
    """What is gathered of one symbol before it is frozen."""

    kind: int
    flags: int = 0
    runs: bool = False  # has a flow of its own: callables, and properties with a body
    body: int = _NOWHERE  # where it starts; parameters stand before it
    complexity: int = 1
    params: list[Param] = field(default_factory=list)
    returns: int = NONE
    results: list[int] = field(default_factory=list)
    decorators: list[int] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of parameters and local variables
    extends: bool = False  # a type that is defined elsewhere: Swift's extensions


class Drafts:
    """The drafts of one file's symbols, by index; `freeze` writes them into the facts."""

    def __init__(self, facts: FactsBuilder, shapes: Shapes) -> None:
        self.facts = facts
        self.shapes = shapes
        self.drafts: list[Draft] = [Draft(KIND["module"])]
        self.taken: set[int] = set()  # ids of nodes that name a definition and are no use of a name
        self.around = Spans(())  # definitions as a whole; shapes.scopes has their bodies only
        self.variables: list[tuple[int, Pattern, Captures]] = []  # with the symbol around
        self.values: dict[tuple[int, str], int] = {}  # symbols of variables by parent and name

    def take(self, nodes: list[Node]) -> None:
        """Say of all names in these nodes that they are no uses."""
        stack = list(nodes)
        while stack:
            node = stack.pop()
            self.taken.add(node.id)
            stack.extend(node.named_children)

    def parameter(self, pattern: Pattern, got: Captures) -> None:
        """Add a parameter to the callable whose header it stands in."""
        named = got["name"][0]
        self.taken.add(named.id)
        symbol = self.callable_at(self.around, named.start_byte)
        kind = (
            VARARGS if "variadic" in pattern.settings else KEYWORD_ONLY if "keyword" in pattern.settings else POSITIONAL
        )
        annotation = self.shapes.value(got["type"][0]) if "type" in got else NONE
        default = self.shapes.known(got["value"][0]) if "value" in got else NONE
        name = self.shapes.word(named)
        if symbol and named.start_byte >= self.drafts[symbol].body:
            self.variable(symbol, pattern, got)  # of an anonymous function: a local name
        elif symbol:
            label = self._label(pattern, got["parameter"][0], named) if "labels" in pattern.settings else ""
            self.drafts[symbol].params.append(Param(name, kind, annotation, default, named.start_byte, label))
            self.drafts[symbol].names.add(name)

    def _label(self, pattern: Pattern, node: Node, named: Node) -> str:
        """Return what calls put before the argument of a parameter: its own name where it has no other label."""
        return self.shapes.word(node.child_by_field_name(pattern.settings["labels"]) or named)

    def callable_at(self, spans: Spans, position: int) -> int:
        """Return the innermost callable around a position, 0 where there is none."""
        symbol = spans.at(position)
        while symbol > 0 and not self.drafts[symbol].runs:
            symbol = self.facts.symbols[symbol].parent
        return symbol

    def variable(self, parent: int, pattern: Pattern, got: Captures) -> None:
        """Bind a variable's name, in its function or among the members of its class or module."""
        named = got["name"][0] if "name" in got else None
        name = pattern.settings["name"] if named is None else self.shapes.word(named).lstrip(":")
        start = (named or got["value"][0]).start_byte
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
        self.facts.bindings.append(Binding(parent, name, value, start))

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
        return (symbol, name) in self.values

    def modifier(self, text: str, position: int, settings: Mapping[str, str]) -> None:
        """Set the flags that a modifier word stands for on the definition whose header it stands in."""
        symbol = self._decorated(position)
        name_end = self.facts.symbols[symbol].name_end
        if symbol == 0 or self.facts.symbols[symbol].name_start < name_end <= position:  # `class Cart private (…)`
            return
        draft = self.drafts[symbol]
        if "closes" in settings and not self.facts.symbols[symbol].parent:
            draft.flags |= words.FILE_ONLY
        for word in (*text.split(), settings.get("means", "")):
            if word in _HIDES or word == settings.get("hides"):
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
        draft = self.drafts[symbol]
        has_body = draft.runs or draft.body < _NOWHERE
        return 0 if has_body and self.shapes.scopes.at(position) == symbol else symbol

    def inherit(self, node: Node) -> int:
        """Add a base to the class whose header or body it stands in; return that class."""
        symbol = self.around.at(node.start_byte)
        while symbol > 0 and self.drafts[symbol].kind not in TYPE_KINDS:
            symbol = self.facts.symbols[symbol].parent
        value = self.shapes.value(node)
        if symbol > 0 and value != NONE and value not in self.drafts[symbol].bases:
            self.drafts[symbol].bases.append(value)
        return symbol

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
