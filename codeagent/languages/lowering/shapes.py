"""Expressions of a broad language, assembled from what its query captured.

Each node that is an expression worth knowing has a shape (`@expression.attribute`, ...) by its node
id; `value` turns a node into an interned expression and remembers it. A node without a shape has
no value."""

from collections.abc import Callable
from functools import partial
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    AWAIT,
    CALL,
    CLASS,
    DEF,
    EACH,
    IMPORT,
    INSTANCE,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    SELF,
    SEQ,
    SUPER,
    TAKES,
    TYPED,
    WITHIN,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.lowering.arguments import labels
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.given import Hands, is_called
from codeagent.languages.lowering.literals import deciding, of_number
from codeagent.languages.lowering.outline import Spans
from codeagent.languages.lowering.patterns import Pattern, Plan
from codeagent.languages.lowering.qualified import absolute, dotted, of_arity
from codeagent.languages.lowering.type_parameters import TypeParameters

Captures = dict[str, list[Node]]
DEPTH: Final = 150  # frames spent on one expression before its base counts as unknown


class Shapes:
    """The expressions of one file."""

    def __init__(self, facts: FactsBuilder, source: bytes, plan: Plan) -> None:
        self.facts = facts
        self.latin = source.decode("latin-1")  # one character a byte, so that offsets fit
        self.plain = source.isascii() and b"`" not in source  # names are their text
        self.names = plan.names  # kind ids of nodes that are bare names
        self.builtin = plan.builtin  # ... of builtin values and types
        self.calling = plan.calling  # ... of names that are calls where they are no local variables
        self.local: list[set[str]] = [set()]  # by symbol: names of its parameters and variables
        self.found: dict[int, tuple[Pattern, Captures]] = {}
        self.values: dict[int, int] = {}
        self.scopes = Spans(())
        self.hands: Hands | None = None
        self.generics = TypeParameters(facts)
        self.class_of: list[int] = [NONE]  # by symbol: the class whose receiver it sees
        self.owner_of: dict[int, int] = {}  # by symbol: type expression of the receiver, where it is not a parent
        self.unknown = facts.expr((ANY, ()))
        self.depth = 0

    def word(self, node: Node) -> str:
        """Return the text of a node, without the backticks of a quoted name; what is not UTF-8 is Latin-1."""
        text = self.latin[node.start_byte : node.end_byte]
        if self.plain:
            return text
        if text[:1] == "`" == text[-1:]:
            text = text[1:-1]
        return text if text.isascii() else text.encode("latin-1").decode("utf-8", LATIN)

    def value(self, node: Node) -> int:
        """Return the expression of a node, NONE where it has none or lies too deep."""
        key = node.id
        known = self.values.get(key)
        if known is not None:
            return known
        shape = self.found.get(key)
        if shape is None:
            builtin = self.builtin.get(node.kind_id)
            if builtin is not None:
                return _MAKERS[builtin.detail](self, node, builtin, {})
            if node.kind_id not in self.names:
                return NONE
            value = self.name(node)
            return self.facts.expr((CALL, value, (), ())) if self._runs(node, value) else value
        if self.depth > DEPTH:
            return NONE
        self.depth += 1
        result = self.values[key] = _MAKERS[shape[0].detail](self, node, shape[0], shape[1])
        self.depth -= 1
        return result

    def _runs(self, node: Node, value: int) -> bool:
        """Tell whether a bare name is a call, where the language needs no parentheses for one."""
        if node.kind_id not in self.calling or self.facts.exprs[value][0] != NAME:
            return False
        return self.word(node) not in self.local[self.scopes.at(node.start_byte)]

    def known(self, node: Node | None) -> int:
        """Return the expression of a node that something is asked of: never NONE."""
        value = NONE if node is None else self.value(node)
        return self.unknown if value == NONE else value

    def all(self, nodes: list[Node]) -> tuple[int, ...]:
        """Return the expressions of several nodes."""
        return tuple([self.value(node) for node in nodes])

    def taking(self, callee: int, pattern: Pattern, got: Captures) -> int:
        """Return those of a callee that take such arguments, where the language has overloads."""
        if "types" in pattern.settings:  # `new Cart`: never the object that is called like the class
            callee = self.facts.expr((TYPED, callee, ()))
        if "overloads" not in pattern.settings:
            return callee
        args = self.all(got.get("argument", []))
        if "labels" not in pattern.settings:
            return self.facts.expr((TAKES, callee, args))
        return self.facts.expr((TAKES, callee, (*args, *self.all(got.get("trailing", []))), labels(self.word, got)))

    def called(self, callee: int, pattern: Pattern, got: Captures) -> int:
        """Return the result of a call. Where there are overloads, parameters have declared types:
        what is passed chooses among them, and adds nothing to what they hold."""
        if "overloads" in pattern.settings:
            return self.facts.expr((CALL, self.taking(callee, pattern, got), (), ()))
        return self.facts.expr((CALL, callee, self.all(got.get("argument", [])), ()))

    def name(self, node: Node) -> int:
        """Return the expression of a lexical name as seen from where it stands."""
        word = self.word(node)
        given = self.hands.at(node.start_byte, word) if self.hands else None
        if given is None:
            variable = self.generics.at(node.start_byte, word)
            return variable if variable != NONE else self.bare(node, self.scopes.at(node.start_byte), word)
        value = self.known(given.receiver)
        return value if given.itself else self.facts.expr((EACH, value))

    def bare(self, node: Node, scope: int, word: str) -> int:
        """Return the expression of a bare name: where a receiver is implied, a member of that before anything else."""
        value = self.facts.expr((NAME, scope, word))
        if self.hands is None or not self.hands.implies or word in self.local[scope] or word[:1].isupper():
            return value
        for receiver in self.hands.receivers(node.start_byte, word):
            value = self.facts.expr((WITHIN, self.facts.expr((ATTR, self.known(receiver), word)), value))
        return value

    def receiver(self, position: int, word: str = "") -> int:
        """Return the expression of `this`, or what stands for that, at a position."""
        implied = self.hands.receivers(position, word) if word == "this" and self.hands is not None else []
        if implied:
            return self.known(implied[-1])
        scope = self.scopes.at(position)
        if scope in self.owner_of:
            return self.facts.expr((INSTANCE, self.owner_of[scope]))
        owner = self.class_of[scope]
        return self.unknown if owner == NONE else self.facts.expr((SELF, owner))


def _attribute(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    value = attribute(s, got)
    return s.facts.expr((TYPED, value, s.all(got["argument"]))) if "argument" in got else value


def attribute(s: Shapes, got: Captures) -> int:
    """Return the member that an attribute names."""
    return s.facts.expr((ATTR, s.known(got["base"][0]), of_arity(s.word(got["name"][0]), got)))


def _nested(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    """`a::b::c`, which the grammar nests to the right: what stands inside is a member of what stands before."""
    base, inner = s.known(got["base"][0]), got["value"][0]
    inside = []
    while (shape := s.found.get(inner.id)) is not None and shape[0].detail in ("nested", "attribute"):
        base = s.facts.expr((ATTR, base, dotted(s.word(shape[1]["base"][0]))))
        inside.append(inner)
        if shape[0].detail == "attribute":
            base = s.facts.expr((ATTR, base, s.word(shape[1]["name"][0])))
            break
        inner = shape[1]["value"][0]
    for one in inside:
        s.values[one.id] = base
    return base


def _instance(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.facts.expr((ATTR, s.receiver(node.start_byte), s.word(node)))


def _same(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.value(got["value"][0])


def _any(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.facts.expr((ANY, tuple(v for v in s.all(got["value"]) if v != NONE)))


def _item(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.facts.expr((ITEM, s.known(got["base"][0]), None))


def _of(op: int, s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.facts.expr((op, s.known(got["value"][0])))


def _cast(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    kind = s.value(got["type"][0])
    return NONE if kind == NONE else s.facts.expr((INSTANCE, kind))


def _typed(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    base = s.value(got["base"][0])
    return base if base == NONE else s.facts.expr((TYPED, base, s.all(got.get("argument", []))))


def _self(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.receiver(node.start_byte, s.word(node))


def _super(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    scope = s.scopes.at(node.start_byte)
    owner = s.class_of[scope]
    if owner == NONE:
        return s.unknown
    value = s.facts.expr((SUPER, owner))
    return s.facts.expr((ATTR, value, s.facts.symbols[scope].name)) if "calls" in pattern.settings else value


def _class(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    scope = s.scopes.at(node.start_byte)
    if scope in s.owner_of:
        return s.owner_of[scope]
    owner = s.class_of[scope]
    if owner != NONE and "made" in pattern.settings:  # of a subclass, where that is who is called upon
        own = s.facts.expr((CLASS, s.facts.expr((SELF, owner))))
        return own if is_called(node) else s.facts.expr((CALL, own, (), ()))
    return s.unknown if owner == NONE else s.facts.expr((DEF, owner))


def _sequence(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    items = s.all(got.get("value", []))
    if "types" in pattern.settings:  # an array of some type holds values of it
        items = tuple(one if one == NONE else s.facts.expr((INSTANCE, one)) for one in items)
    return s.facts.expr((SEQ, items))


def _given(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    value = s.name(node)
    return NONE if s.facts.exprs[value][0] == NAME else value


def _literal(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    kind = pattern.settings["type"]
    if "endings" in pattern.settings or "fraction" in pattern.settings:
        kind = of_number(s.latin[node.start_byte : node.end_byte], kind, pattern.settings)
    if "adds" in pattern.settings:  # what the tree adds to that type, it has
        return s.facts.expr((INSTANCE, s.facts.expr((NAME, 0, kind))))
    return s.facts.expr((LITERAL, kind))


def _primitive(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.facts.expr((NAME, 0, pattern.settings.get("type") or s.word(node)))


def _operation(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    """Arithmetic: a text makes it a text, a fraction a fraction; else it is what the operands are."""
    values = s.all(sorted(got["value"], key=lambda one: one.start_byte))
    return deciding(s.facts.exprs, values, pattern.settings.get("wins", "").split())


def _import(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    name = s.word(got["name"][0]) if "name" in got else None
    return s.facts.expr((IMPORT, absolute(s.facts.imports, s.word(got["module"][0])), name))


def _call(s: Shapes, node: Node, pattern: Pattern, got: Captures) -> int:
    return s.called(callee(s, pattern, got), pattern, got)


def callee(s: Shapes, pattern: Pattern, got: Captures) -> int:
    """Return what is called: `@callee`, the `@type` that is made, `@name` of `@receiver`, or as a bare name."""
    if called := got.get("callee") or got.get("type"):
        return s.known(called[0])
    name = got["name"][0]
    if "receiver" in got:
        return s.facts.expr((ATTR, s.known(got["receiver"][0]), s.word(name)))
    return s.name(name)


_MAKERS: Final[dict[str, Callable[[Shapes, Node, Pattern, Captures], int]]] = {
    "": _call, "attribute": _attribute, "nested": _nested, "instance": _instance, "same": _same, "any": _any,
    "item": _item, "each": partial(_of, EACH), "await": partial(_of, AWAIT), "new": _call, "cast": _cast,
    "typed": _typed, "self": _self, "super": _super, "class": _class, "typeof": partial(_of, CLASS),
    "sequence": _sequence, "literal": _literal, "import": _import, "primitive": _primitive,
    "operation": _operation, "given": _given,
}  # fmt: skip
