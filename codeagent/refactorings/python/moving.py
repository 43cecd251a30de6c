"""Whether an expression may be evaluated before the statement that it stands in, and nothing is seen to change."""

import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.python.effects import Effect, effect_of, is_constant, within
from codeagent.refactorings.python.passage import Passage
from codeagent.refactorings.python.region import Region, is_block
from codeagent.refactorings.python.scopes import COMPREHENSIONS, Scopes, Use, first_clause
from codeagent.refactorings.python.statements import flow_of
from codeagent.refactorings.refactoring import Refusal

_BUILTINS: Final = frozenset(dir(builtins))


class When(Enum):
    """How often an expression is evaluated for one run of its statement."""

    ONCE = "once"
    MAYBE = "not always, or more than once"
    LATER = "only later"


@dataclass(frozen=True, slots=True)
class Spot:
    """The statement that an expression stands in, what is evaluated before it there, and when it is."""

    statement: Node
    earlier: tuple[Node, ...]
    when: When


def spot_of(region: Region) -> Spot:
    """Return where a selected expression is evaluated."""
    earlier = _operands_before(region)
    skipped = bool(earlier) and region.node.type == "boolean_operator"
    when = When.MAYBE if skipped else When.ONCE
    inner, outer = region.node, region.node.parent
    while outer is not None and not is_block(outer):
        before, how = _before(inner, outer)
        earlier += before
        if how is When.LATER or when is When.ONCE:
            when = how if how is not When.ONCE else when
        inner, outer = outer, outer.parent
    return Spot(inner, tuple(earlier), when)


def _operands_before(region: Region) -> list[Node]:
    """The operands of a chain that stand before a selected part of it."""
    at = region.node
    while at.start_byte < region.start:
        left = child(at, "left")
        if left.end_byte <= region.start:
            return [left]
        at = left
    return []


def check_movable(scopes: Scopes, region: Region, spot: Spot) -> None:
    """Raise Refusal where evaluating a region before its statement might change what happens."""
    node = region.node
    if is_constant(node):
        return
    if any(one.type == "named_expression" for one in within(node)):
        raise Refusal("the expression binds a name (:=)", "select an expression without it")
    effect = effect_of(node)
    uses = scopes.between(region.start, region.end)
    if spot.when is not When.ONCE:
        if effect is not Effect.PURE or spot.when is When.LATER or not _steady(scopes, spot, uses):
            raise Refusal(f"the expression is evaluated {_WORDS[spot.when]}", "extract a function instead")
        return
    for one in spot.earlier:
        check_order(scopes, node, one)


_WORDS: Final = {
    When.MAYBE: "only under a condition, or more than once",
    When.LATER: "only when the function or generator around it runs",
}


def _steady(scopes: Scopes, spot: Spot, uses: list[Use]) -> bool:
    """Tell whether names are bound when the statement starts and are not bound in it."""
    start, end = spot.statement.start_byte, spot.statement.end_byte
    bound = {use.name for use in scopes.between(start, end) if use.binds}
    holder = scopes.holder(spot.statement)
    passage = Passage(flow_of(scopes, holder), start, end, exports=False)
    for use in uses:
        owner = scopes.owner(use.name, use.scope)
        if use.name in bound:
            return False
        if owner is None and use.name in _BUILTINS:
            continue
        if owner is not holder or not passage.bound_before(use.name):
            return False
    return True


def check_order(scopes: Scopes, node: Node, earlier: Node) -> None:
    """Raise Refusal where evaluating `node` before what stands `earlier` might change what happens, or after it."""
    effect, uses = effect_of(node), scopes.between(node.start_byte, node.end_byte)
    line = earlier.start_point[0] + 1
    refusal = Refusal(f"what stands before it in line {line} would be evaluated after it", "extract that first")
    other = effect_of(earlier)
    names = {use.name for use in uses}
    bound = {use.name for use in scopes.between(earlier.start_byte, earlier.end_byte) if use.binds}
    if names & bound:
        raise refusal
    if other is Effect.LOUD and (effect is not Effect.PURE or not all(_is_private(scopes, use) for use in uses)):
        raise refusal
    if effect is not Effect.LOUD:
        return
    for use in scopes.between(earlier.start_byte, earlier.end_byte):
        if not use.binds and not _is_steady_name(scopes, use):
            raise refusal
    rebound = rebound_attributes(scopes)
    for one in within(earlier):
        if one.type == "attribute" and child(one, "attribute").text in rebound:
            raise refusal
        if effect_of(one) is Effect.QUIET and one.type not in _HARMLESS:
            raise refusal


_HARMLESS: Final = frozenset(
    "attribute tuple list dictionary set pair parenthesized_expression keyword_argument argument_list string"
    " expression_list not_operator".split()
)


def _is_private(scopes: Scopes, use: Use) -> bool:
    """Tell whether no other function can bind a name anew."""
    owner = scopes.owner(use.name, use.scope)
    return owner is not None and owner.kind != "module" and _is_steady_name(scopes, use)


def _is_steady_name(scopes: Scopes, use: Use) -> bool:
    """Tell whether no function but the name's own binds it."""
    owner = scopes.owner(use.name, use.scope)
    others = (one for one in scopes.uses.values() if one.name == use.name and one.binds and one.scope is not owner)
    return owner is None or not any(scopes.owner(one.name, one.scope) is owner for one in others)


def rebound_attributes(scopes: Scopes) -> set[bytes]:
    """Return the attributes that code of a file binds anywhere but in `__init__`."""
    return set(_rebound_attributes(scopes.module.node))


def _rebound_attributes(root: Node) -> Iterator[bytes]:
    """Yield the attributes that code of the file binds anywhere but in `__init__`."""
    for node in within(root):
        parent = node.parent
        if node.type != "attribute" or parent is None:
            continue
        target = parent.child_by_field_name("left") == node or parent.type in (
            "pattern_list",
            "tuple_pattern",
            "delete_statement",
        )
        function = enclosing(node, "function_definition")
        if target and (function is None or child(function, "name").text != b"__init__"):
            yield child(node, "attribute").text or b""


# --- the order of evaluation ------------------------------------------------------------------------


def _before(inner: Node, outer: Node) -> tuple[list[Node], When]:
    """What `outer` evaluates before its child `inner`, and when it evaluates that."""
    kind = outer.type
    siblings = [one for one in outer.named_children if one.type != "comment"]
    before = siblings[: siblings.index(inner)] if inner in siblings else []
    if kind == "assignment":
        right = outer.child_by_field_name("right")
        return ([right] if right is not None and right != inner else []), When.ONCE
    if kind == "lambda":
        return [], When.LATER if inner == child(outer, "body") else When.ONCE
    if kind in COMPREHENSIONS or kind in ("for_in_clause", "if_clause"):
        return [], _in_comprehension(inner, outer)
    if kind == "conditional_expression":
        _, condition, _ = siblings
        return ([], When.ONCE) if inner == condition else ([condition], When.MAYBE)
    if kind == "with_item":
        return [], When.ONCE
    if kind == "with_clause":
        return [], When.MAYBE if before else When.ONCE
    if kind == "as_pattern":
        return [], When.MAYBE if before else When.ONCE
    if kind in _ALONE or (kind == "for_statement" and inner == child(outer, "right")):
        return [], When.ONCE
    return before, When.MAYBE if _is_conditional(inner, outer, len(before)) else When.ONCE


_ALONE: Final = ("function_definition", "class_definition", "keyword_argument", "attribute", "named_expression")


def _in_comprehension(inner: Node, outer: Node) -> When:
    holder = enclosing(outer, *COMPREHENSIONS)
    if outer.type == "if_clause" and holder is None:
        return When.MAYBE
    if holder is None or (
        outer.type == "for_in_clause" and outer == first_clause(holder) and inner != child(outer, "left")
    ):
        return When.ONCE
    if outer == holder and inner == first_clause(holder):
        return When.ONCE
    return When.LATER if holder.type == "generator_expression" else When.MAYBE


def _is_conditional(inner: Node, outer: Node, before: int) -> bool:
    if outer.type == "boolean_operator":
        return before > 0
    if outer.type == "comparison_operator":
        return before > 1
    if outer.type == "assert_statement":
        return before > 0
    if outer.type in ("while_statement", "elif_clause", "except_clause", "except_group_clause", "case_clause"):
        return True
    return outer.type == "for_statement" and inner == outer.child_by_field_name("left")
