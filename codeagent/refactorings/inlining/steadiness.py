"""Whether a value that was computed once would be the same where its name is used."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.inlining.occurrences import Place
from codeagent.refactorings.python.effects import Effect, effect_of, is_constant, is_shareable, within
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.moving import When, check_order, spot_of
from codeagent.refactorings.python.region import Region, is_block
from codeagent.refactorings.python.scopes import Scope, Use
from codeagent.refactorings.refactoring import Refusal

_LOOPS: Final = ("for_statement", "while_statement")
_GUARDS: Final = ("try_statement", "with_statement")
_LATER: Final = ("function_definition", "lambda", "generator_expression")
_ACTS: Final = frozenset(
    "call await yield assignment augmented_assignment delete_statement with_statement for_statement".split()
)


@dataclass(frozen=True, slots=True)
class Value:
    """The value of an assignment, and the statement that computes it; `member`: an attribute gets it."""

    modules: PythonModules
    path: str
    statement: Node
    node: Node
    member: bool = False

    @property
    def uses(self) -> list[Use]:
        """The names in the value that stand for something outside it."""
        scopes = self.modules.scopes(self.path)
        start, end = self.node.start_byte, self.node.end_byte
        found = []
        for use in scopes.between(start, end):
            owner = scopes.owner(use.name, use.scope)
            if owner is None or not (owner.kind != "module" and start <= owner.node.start_byte < end):
                found.append(use)
        return found


def check_same(value: Value, reads: list[Place], *, kept: bool) -> None:
    """Raise Refusal where computing the value at one of the reads might give another one, or do something twice."""
    if is_constant(value.node):
        for place in reads:
            _check_reached(value, place)
        return
    if any(one.type in ("named_expression", "yield", "await") for one in within(value.node)):
        raise Refusal("the value does more than compute something", "keep the variable")
    effect = effect_of(value.node)
    if not _repeatable(value.node) and (len(reads) > 1 or kept):
        raise Refusal("the value is used more than once, and each use would make its own", "keep the variable")
    for place in reads:
        _check_reached(value, place)
        if _is_deferred(value, place):
            _check_deferred(value, effect)
        else:
            _check_names(value, place)
            _check_between(value, place, effect)


def _repeatable(node: Node) -> bool:
    if node.type in ("tuple", "expression_list", "parenthesized_expression"):
        return all(_repeatable(one) for one in node.named_children)
    return is_shareable(node)


# --- that the assignment has run, once, before the use -----------------------------------------------------------


def _check_reached(value: Value, place: Place) -> None:
    block = value.statement.parent
    if block is None or value.member:
        return
    where = "the variable may not be assigned where it is used"
    if place.path != value.path or _is_deferred(value, place):
        if not (block.type == "module" or _is_body(block)):
            raise Refusal(where, "assign it in every case first")
        return
    if not _holds(block, place.node) or place.node.start_byte < value.statement.start_byte:
        raise Refusal(where, "assign it in every case first")


def _is_body(block: Node) -> bool:
    return block.parent is not None and block.parent.type in ("function_definition", "class_definition")


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _is_deferred(value: Value, place: Place) -> bool:
    """Whether the use runs at another time than the code that the assignment is a part of."""
    if place.path != value.path:
        return True
    own = value.modules.scopes(value.path).holder(value.statement)
    at = place.node.parent
    while at is not None and at != own.node:
        if at.type in _LATER and _holds(child(at, "body"), place.node):
            return True
        at = at.parent
    return at is None


# --- uses at another time -----------------------------------------------------------------------------------------


def _check_deferred(value: Value, effect: Effect) -> None:
    refusal = Refusal("the value may be another one when the use runs", "keep the variable")
    if effect is Effect.LOUD or not _repeatable(value.node):
        raise refusal
    scopes = value.modules.scopes(value.path)
    for use in value.uses:
        owner = scopes.owner(use.name, use.scope)
        if owner is not None and not _bound_once(value, use, owner):
            raise refusal
    for one in within(value.node):
        if one.type == "subscript" or (one.type == "attribute" and not _of_module(value, one)):
            raise refusal


def _of_module(value: Value, attribute: Node) -> bool:
    """Whether an attribute is read from an imported module."""
    root = child(attribute, "object")
    while root.type == "attribute":
        root = child(root, "object")
    text = (root.text or b"").decode("utf-8", "surrogateescape")
    imports = value.modules.imports(value.path)
    return any(statement.binds(one) == text for statement in imports for one in statement.names)


def _bindings(value: Value, name: str, owner: Scope) -> list[Use]:
    scopes = value.modules.scopes(value.path)
    every = (one for one in scopes.uses.values() if one.name == name and one.binds)
    return [one for one in every if scopes.owner(one.name, one.scope) is owner]


def _bound_once(value: Value, use: Use, owner: Scope) -> bool:
    bindings = _bindings(value, use.name, owner)
    if len(bindings) != 1 or bindings[0].start > value.statement.start_byte:
        return False
    node = value.modules.code.tree(value.path).descendant_for_byte_range(bindings[0].start, bindings[0].end)
    while node is not None and node != owner.node:
        if node.type in _LOOPS:
            return False
        node = node.parent
    return True


# --- uses in the same run -----------------------------------------------------------------------------------------


def _span(value: Value, place: Place) -> tuple[int, int]:
    """The bytes that may run between the assignment and a use: to the end of loops around the use alone."""
    end, at = place.node.end_byte, place.node.parent
    while at is not None and not _holds(at, value.statement):
        if at.type in _LOOPS:
            end = max(end, at.end_byte)
        at = at.parent
    return value.statement.end_byte, end


def _check_names(value: Value, place: Place) -> None:
    scopes = value.modules.scopes(value.path)
    start, end = _span(value, place)
    for use in value.uses:
        owner = scopes.owner(use.name, use.scope)
        if owner is None:
            continue
        for one in _bindings(value, use.name, owner):
            if start <= one.start < end or (one.scope is not owner and one.scope is not use.scope):
                raise Refusal(f"{use.name} gets another value before the use", "keep the variable")


def _check_between(value: Value, place: Place, effect: Effect) -> None:
    if effect is Effect.PURE and _repeatable(value.node):
        return
    refusal = Refusal("what runs between the assignment and a use may change the value", "keep the variable")
    spot = spot_of(Region(place.expression.start_byte, place.expression.end_byte, (place.expression,), False))
    if effect is Effect.LOUD or not _repeatable(value.node):
        if spot.when is not When.ONCE or spot.statement.parent != value.statement.parent:
            raise refusal
        if effect is not Effect.LOUD:
            return
        if spot.statement.type in (*_LOOPS, "try_statement", "function_definition", "class_definition"):
            loop = spot.statement.type == "for_statement" and _holds(child(spot.statement, "right"), place.node)
            if not loop:
                raise refusal
    for one in _statements(value, spot.statement):
        for node in within(one):
            if node.type in _ACTS and (effect is Effect.LOUD or _acts(node)):
                raise refusal
    if any(node.type in _GUARDS for node in _around(place.node, value.statement.parent)):
        raise refusal
    for earlier in spot.earlier:
        check_order(value.modules.scopes(value.path), value.node, earlier)


def _acts(node: Node) -> bool:
    """Whether a node may change an object that a quiet value asks: calls do, and assignments to parts of objects."""
    if node.type in ("assignment", "augmented_assignment"):
        left = child(node, "left")
        return left.type != "identifier" or node.type == "augmented_assignment"
    return node.type != "for_statement"


def _statements(value: Value, last: Node) -> Iterator[Node]:
    """The statements that stand between the assignment and the one with the use, in all blocks around that."""
    at: Node | None = last
    while at is not None and at.parent is not None:
        outer = at.parent
        if is_block(outer):
            for one in outer.named_children:
                if value.statement.end_byte <= one.start_byte and one.end_byte <= at.start_byte:
                    yield one
        elif at != last and not _holds(outer, value.statement):
            yield from (one for one in outer.named_children if one.end_byte <= at.start_byte)
        if _holds(outer, value.statement):
            return
        at = outer


def _around(node: Node, block: Node | None) -> Iterator[Node]:
    at = node.parent
    while at is not None and at != block:
        yield at
        at = at.parent
