"""Python: operators, subscripts and formatting, each of which may run a special method of an operand."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ATTR, CALL, HANDS, LITERAL, MAP, NONE, SEQ
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
        pending.append((_sign(node), parts[1]))
        node = parts[0]
    value = descend(walk, node, scope) if node.type == "binary_operator" else walk.on[node.kind_id](walk, node, scope)
    for sign, operand in reversed(pending):
        value = operated(walk, value, sign, walk.on[operand.kind_id](walk, operand, scope), place, scope)
    return value


def _sign(node: Node) -> str:
    return next((child.type for child in node.children if not child.is_named), "")


def unary(walk: Walk, node: Node, scope: int) -> int:
    operand = walk.children(node)[-1]
    value = walk.on[operand.kind_id](walk, operand, scope)
    runs(walk, value, _UNARY.get(_sign(node), "__neg__"), node.start_byte, scope)
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
            runs(walk, right, "__contains__", child.start_byte, scope)
        elif sign in _COMPARED and right != NONE and walk.exprs[right][0] != LITERAL:  # else it is no object of ours
            runs(walk, left, _COMPARED[sign], child.start_byte, scope)
        left = right
    return NONE


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
    "comparison_operator": comparison,
    "interpolation": interpolation,
    "delete_statement": deletion,
}
