"""What evaluating an expression may do, and what it may depend on, judged from its text alone."""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.scopes import COMPREHENSIONS


class Effect(IntEnum):
    """`PURE` reads names and makes values; `QUIET` also asks objects, which may raise; `LOUD` runs other code."""

    PURE = 0
    QUIET = 1
    LOUD = 2


_LOUD: Final = frozenset("call await yield named_expression print_statement exec_statement".split())
_QUIET: Final = COMPREHENSIONS | frozenset(
    "attribute subscript binary_operator unary_operator not_operator comparison_operator boolean_operator"
    " conditional_expression interpolation list_splat dictionary_splat dictionary set".split()
)
_NUMBERS: Final = ("integer", "float")
_DISPLAYS: Final = frozenset(("list", "dictionary", "set", "lambda", "call", "await")) | COMPREHENSIONS


def effect_of(node: Node) -> Effect:
    """Return the most that evaluating a node may do; bodies of lambdas are not evaluated."""
    if is_constant(node):
        return Effect.PURE
    if node.type in _LOUD:
        return Effect.LOUD
    own = Effect.QUIET if node.type in _QUIET else Effect.PURE
    return max([own, *(effect_of(one) for one in _evaluated(node))])


def _evaluated(node: Node) -> list[Node]:
    if node.type == "lambda":
        listed = node.child_by_field_name("parameters")
        return list(listed.named_children) if listed else []
    if node.type == "attribute":
        return [child(node, "object")]
    if node.type == "keyword_argument":
        return [child(node, "value")]
    return [one for one in node.named_children if one.type != "comment"]


def is_constant(node: Node) -> bool:
    """Tell whether a node is made of literals alone, and cannot fail: `-1`, `2 * 60`, `"a" "b"`, `(1, "x")`."""
    if node.type in ("integer", "float", "true", "false", "none", "ellipsis"):
        return True
    if node.type == "string":
        return all(one.type != "interpolation" for one in node.named_children)
    if node.type == "unary_operator":
        return child(node, "argument").type in _NUMBERS
    if node.type == "binary_operator":
        sides = (child(node, "left"), child(node, "right"))
        return child(node, "operator").type in ("+", "-", "*") and all(_is_number(one) for one in sides)
    if node.type in ("tuple", "expression_list", "parenthesized_expression", "concatenated_string"):
        return all(is_constant(one) for one in node.named_children if one.type != "comment")
    return False


def _is_number(node: Node) -> bool:
    return node.type in (*_NUMBERS, "unary_operator", "binary_operator") and is_constant(node)


def is_shareable(node: Node) -> bool:
    """Tell whether one value may stand for two: literals, names, attributes, and arithmetic with a literal."""
    if is_constant(node) or node.type == "identifier":
        return True
    if any(one.type in _DISPLAYS for one in within(node)):
        return False
    if node.type == "attribute":
        return is_shareable(child(node, "object"))
    if node.type == "subscript":
        return all(is_shareable(one) for one in node.named_children)
    if node.type == "binary_operator":
        sides = (child(node, "left"), child(node, "right"))
        return any(is_constant(one) for one in sides) and all(is_shareable(one) for one in sides)
    if node.type in (
        "comparison_operator",
        "not_operator",
        "boolean_operator",
        "parenthesized_expression",
        "unary_operator",
    ):
        return all(is_shareable(one) for one in node.named_children)
    return node.type == "string"


def within(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    pending = [node]
    while pending:
        at = pending.pop()
        yield at
        pending.extend(at.named_children)
