"""Python: operators, subscripts and formatting, each of which may run a special method of an operand."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ATTR, CALL, HANDS, INSTANCE, LITERAL, LIVE, MAP, NAME, NARROW, NONE, SEQ, Expr
from codeagent.languages.lowering.python_walk import Handler, Walk, descend

_BUILT_IN: Final = frozenset((LITERAL, SEQ, MAP))  # what these run is no code of the tree
_BINARY: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
_COMPARED: Final = {
    "==": "__eq__", "!=": "__ne__", "<>": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__",
}  # fmt: skip
_CONTAINED: Final = frozenset({"in", "not in"})


def runs(walk: Walk, base: int, method: str, place: int, scope: int) -> int:
    """Note that a special method of a value runs here, if it has one; give that method."""
    if base == NONE or walk.exprs[base][0] in _BUILT_IN:
        return NONE
    callee = walk.expr((ATTR, base, method))
    walk.references += (place, place, HANDS, scope, callee)
    return callee


def truth(walk: Walk, value: int, node: Node, scope: int) -> None:
    """Note that a condition asks a value whether it is true, where its type is told."""
    if value != NONE and _is_told(walk, walk.exprs[value]):
        runs(walk, value, "__bool__", node.start_byte, scope)


def _is_told(walk: Walk, expr: Expr) -> bool:
    """Whether the type of a value is told close by; of anything else finding out costs more than it gives."""
    if expr[0] == CALL:
        callee = walk.exprs[expr[1]] if expr[1] != NONE else (NONE,)
        return callee[0] in (NAME, LIVE) and str(callee[2]).lstrip("_")[:1].isupper()  # as classes are called
    if expr[0] == LIVE:
        return all(
            walk.bindings[at].value != NONE and _is_told(walk, walk.exprs[walk.bindings[at].value]) for at in expr[3]
        )
    return expr[0] in (INSTANCE, NARROW) or (expr[0] == NAME and (expr[1], expr[2]) in walk.annotated)


def denied(walk: Walk, node: Node, scope: int) -> int:
    """`not value`."""
    for child in walk.children(node):
        truth(walk, walk.on[child.kind_id](walk, child, scope), child, scope)
    return NONE


def operated(walk: Walk, left: int, sign: str, right: int, place: int, scope: int) -> int:
    """`left + right`: the method of the left operand, or that of the right one; the value is what the first gives."""
    word = _BINARY.get(sign.removesuffix("="), "")
    if not word:
        return NONE
    callee = runs(walk, left, f"__i{word}__" if sign.endswith("=") else f"__{word}__", place, scope)
    if callee == NONE:
        runs(walk, right, f"__r{word}__", place, scope)
        return NONE
    return walk.expr((CALL, callee, (right,) if right != NONE else (), ()))


def binary(walk: Walk, node: Node, scope: int) -> int:
    """Operators: long chains are left-nested, so go down them in a loop."""
    place, pending = node.start_byte, []
    while node.type == "binary_operator":
        parts = walk.children(node)
        if len(parts) != 2:
            break
        pending.append((sign_of(node), parts[1]))
        node = parts[0]
    value = descend(walk, node, scope) if node.type == "binary_operator" else walk.on[node.kind_id](walk, node, scope)
    for sign, operand in reversed(pending):
        value = operated(walk, value, sign, walk.on[operand.kind_id](walk, operand, scope), place, scope)
    return value


def sign_of(node: Node) -> str:
    """The operator of an expression."""
    return next((child.type for child in node.children if not child.is_named), "")


def unary(walk: Walk, node: Node, scope: int) -> int:
    operand = walk.children(node)[-1]
    value = walk.on[operand.kind_id](walk, operand, scope)
    runs(walk, value, _UNARY.get(sign_of(node), "__neg__"), node.start_byte, scope)
    return NONE


def comparison(walk: Walk, node: Node, scope: int) -> int:
    """`a == b`, `a in b`: what is compared runs a method of the left operand, what contains one of the right."""
    left, sign = NONE, ""
    for child in node.children:
        if not child.is_named:
            sign = child.type
            continue
        if child.kind_id in (walk.COMMENT, walk.CONTINUATION):
            continue
        right = walk.on[child.kind_id](walk, child, scope)
        if sign in _CONTAINED:
            looked_up(walk, right, "__contains__", left, child.start_byte, scope)
        elif sign in _COMPARED and right != NONE and walk.exprs[right][0] != LITERAL:  # else it is no object of ours
            runs(walk, left, _COMPARED[sign], child.start_byte, scope)
        left = right
    return NONE


def looked_up(walk: Walk, base: int, method: str, key: int, place: int, scope: int) -> None:
    """Note that a value is asked for a key: its own method runs, or the hash of the key."""
    if key == NONE or base == NONE or walk.exprs[key][0] in (LITERAL, MAP):
        runs(walk, base, method, place, scope)
        return
    callee = walk.expr((ATTR, base, method))
    walk.references += (place, place, HANDS, scope, walk.expr((CALL, callee, (key,), ())))


def interpolation(walk: Walk, node: Node, scope: int) -> int:
    """`{value!r}` in a string."""
    method = "__format__"
    value = NONE
    for number, child in enumerate(node.named_children):
        if child.type == "type_conversion":
            method = "__repr__" if walk.word(child) == "!r" else "__str__"
            continue
        found = walk.on[child.kind_id](walk, child, scope)
        value = found if number == 0 else value
    runs(walk, value, method, node.start_byte, scope)
    return NONE


def deletion(walk: Walk, node: Node, scope: int) -> int:
    """`del table[key]`."""
    for child in node.named_children:
        targets = child.named_children if child.type == "expression_list" else [child]
        for target in targets:
            if target.type == "subscript":
                delete_item(walk, target, scope)
            else:
                walk.on[target.kind_id](walk, target, scope)
    return NONE


def delete_item(walk: Walk, target: Node, scope: int) -> None:
    base, *keys = walk.children(target)
    value = walk.on[base.kind_id](walk, base, scope)
    for key in keys:
        walk.on[key.kind_id](walk, key, scope)
    runs(walk, value, "__delitem__", target.start_byte, scope)


HANDLERS: Final[dict[str, Handler]] = {
    "binary_operator": binary,
    "unary_operator": unary,
    "not_operator": denied,
    "comparison_operator": comparison,
    "interpolation": interpolation,
    "delete_statement": deletion,
}
