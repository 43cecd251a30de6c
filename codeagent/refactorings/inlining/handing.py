"""What becomes of the arguments of a call whose body is put in place: written where they are used, or bound before.

An argument is evaluated once, before the body and in the order of the call. It may stand in the body itself where
nothing can be told apart by that: constants and names that keep their value; what asks objects, before anything acts;
a call, once, first, and in its turn.
"""

from dataclasses import dataclass
from typing import Final

from codeagent.domain.facts import TYPE_KINDS
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, child
from codeagent.refactorings.inlining.callee import Callee
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.effects import Effect, effect_of, is_constant, is_shareable, within
from codeagent.refactorings.python.moving import When, rebound_attributes, spot_of
from codeagent.refactorings.python.region import Region
from codeagent.refactorings.python.scopes import Scopes, Use

SIMPLE: Final = Effect.PURE  # the same whenever it is evaluated
_STILL: Final = frozenset(
    "identifier attribute tuple list pair parenthesized_expression keyword_argument argument_list string integer float"
    " true false none string_start string_content string_end".split()
)


@dataclass(frozen=True, slots=True)
class Given:
    """The value of one parameter at a call: an expression of `path`, `order`-th to be evaluated."""

    name: str
    path: str
    node: Node
    text: bytes
    order: int


@dataclass(frozen=True, slots=True)
class Handed:
    """`written` stand in the body, `bound` before it, in order; a bound one with no use is only evaluated."""

    written: dict[str, Given]
    bound: tuple[Given, ...]


class Handing:
    """Decides for one call what becomes of each argument."""

    def __init__(self, request: Request, callee: Callee, given: list[Given]) -> None:
        self._request, self._callee = request, callee
        self._given = {one.name: one for one in given}
        self._levels = {one.name: self._level(one) for one in given}

    def decide(self) -> Handed:
        """Return what is written and what is bound."""
        bound = {name for name, one in self._given.items() if not self._may_stand(one)}
        while more := {name for name in self._given.keys() - bound if self._is_overtaken(name, bound)}:
            bound |= more
        ordered = sorted((self._given[name] for name in bound), key=lambda one: one.order)
        return Handed({name: one for name, one in self._given.items() if name not in bound}, tuple(ordered))

    def uses(self, name: str) -> list[Use]:
        """Return where the body names a parameter."""
        callee = self._callee
        body = child(callee.node, "body")
        every = callee.scopes.between(body.start_byte, body.end_byte)
        return [one for one in every if one.name == name and callee.scopes.owner(name, one.scope) is callee.scope]

    def _is_overtaken(self, name: str, bound: set[str]) -> bool:
        """Whether an argument would be evaluated after a later one that is bound before the body."""
        level, order = self._levels[name], self._given[name].order
        return level is not SIMPLE and any(
            self._given[other].order > order
            and self._levels[other] is not SIMPLE
            and Effect.LOUD in (level, self._levels[other])
            for other in bound
        )

    def _level(self, one: Given) -> Effect:
        scopes = self._request.modules.scopes(one.path)
        if is_constant(one.node):
            return SIMPLE
        if one.node.type == "identifier":
            use = scopes.uses.get(one.node.start_byte)
            return SIMPLE if use is not None and is_steady(scopes, use) else Effect.QUIET
        if one.node.type == "call" and makes_plainly(self._request, one.path, one.node):
            return Effect.QUIET
        return max(effect_of(one.node), Effect.QUIET)

    def _may_stand(self, one: Given) -> bool:
        uses, level = self.uses(one.name), self._levels[one.name]
        if any(use.binds for use in uses) or any(self._captured(one, use) for use in uses):
            return False
        if level is SIMPLE or not uses:
            return level is not Effect.LOUD
        if len(uses) > 1 and (level is Effect.LOUD or not is_shareable(one.node)):
            return False
        return all(self._in_turn(one, use, level) for use in uses)

    def _captured(self, one: Given, use: Use) -> bool:
        """Whether a comprehension around a use binds a name of the argument."""
        names = {token.name for token in self._names(one)}
        for scope in use.scope.chain():
            if scope is self._callee.scope:
                return False
            if scope.bound & names:
                return True
        return False

    def _names(self, one: Given) -> list[Use]:
        return self._request.modules.scopes(one.path).between(one.node.start_byte, one.node.end_byte)

    def _in_turn(self, one: Given, use: Use, level: Effect) -> bool:
        node = self._callee.node.descendant_for_byte_range(use.start, use.end)
        if node is None:
            return False
        spot = spot_of(Region(use.start, use.end, (node,), False))
        if spot.statement not in self._callee.statements:
            return False
        before = self._callee.statements[: self._callee.statements.index(spot.statement)]
        if not all(_only_names(statement) for statement in before):
            return False
        if spot.when is not When.ONCE and not (spot.when is When.MAYBE and _is_path(one.node) and level < Effect.LOUD):
            return False
        return all(self._lets_by(one, earlier, level) for earlier in spot.earlier)

    def _lets_by(self, one: Given, earlier: Node, level: Effect) -> bool:
        """Whether something that the body evaluates before an argument cannot tell the difference."""
        scopes = self._callee.scopes
        if effect_of(earlier) is Effect.LOUD:
            return False
        for token in scopes.between(earlier.start_byte, earlier.end_byte):
            other = self._given.get(token.name)
            mine = other is not None and scopes.owner(token.name, token.scope) is self._callee.scope
            if mine and other is not None and self._levels[token.name] is not SIMPLE and other.order > one.order:
                return False
            if not mine and level is Effect.LOUD and not is_steady(scopes, token):
                return False
        if level is not Effect.LOUD:
            return True
        return is_still(scopes, earlier, names=False)


def _only_names(statement: Node) -> bool:
    """Whether a statement gives constants to names and does nothing else."""
    inner = statement.named_children[0] if statement.named_children else statement
    if inner.type != "assignment" or child(inner, "left").type != "identifier":
        return False
    right = inner.child_by_field_name("right")
    return right is not None and is_constant(right)


def _is_path(node: Node) -> bool:
    """Whether an expression is a name, or attributes of one: `a.b.c`."""
    while node.type == "attribute":
        node = child(node, "object")
    return node.type == "identifier"


def is_steady(scopes: Scopes, use: Use) -> bool:
    """Tell whether only the code that owns a name binds it, and so nothing that is called can."""
    owner = scopes.owner(use.name, use.scope)
    if owner is None:
        return True
    others = (one for one in scopes.uses.values() if one.name == use.name and one.binds and one.scope is not owner)
    return not any(
        scopes.owner(one.name, one.scope) is owner and one.scope.kind == "function_definition" for one in others
    )


def is_still(scopes: Scopes, node: Node, *, names: bool = True) -> bool:
    """Tell whether an expression gives the same before and after any call: names and attributes that nobody rebinds."""
    for token in scopes.between(node.start_byte, node.end_byte) if names else ():
        if token.binds or not is_steady(scopes, token):
            return False
    rebound = rebound_attributes(scopes)
    return all(
        one.type in _STILL and not (one.type == "attribute" and child(one, "attribute").text in rebound)
        for one in within(node)
    )


def makes_plainly(request: Request, path: str, call: Node) -> bool:
    """Tell whether a call only makes an object of a class that does nothing when it is made."""
    function = child(call, "function")
    last = child(function, "attribute") if function.type == "attribute" else function
    if child(call, "arguments").named_children or effect_of(function) is Effect.LOUD:
        return False
    told = request.code.naming.file(path).meaning(last.start_byte, last.end_byte)
    targets = told.targets if told is not None else frozenset()
    return len(targets) == 1 and _is_plain_class(request, next(iter(targets)))


def _is_plain_class(request: Request, key: str) -> bool:
    path = key.partition("::")[0]
    if path not in request.code.graph.files:
        return False
    view = request.code.naming.file(path).view
    for index, fact in view.classes.items():
        if key_of(view.symbol_id(index)) == key and view.facts.symbols[index].kind in TYPE_KINDS:
            bases = [view.facts.exprs[base] for base in fact.bases]
            plain = all(base[-1] == "object" for base in bases) and not fact.keywords and not fact.decorators
            return plain and not any((index, name) in view.slots for name in ("__init__", "__new__"))
    return False
