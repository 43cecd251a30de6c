"""Parts of chains of operators: `b + c` of `a + b + c`."""

from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.region import Region, checked
from codeagent.refactorings.refactoring import Refusal

OPERATIONS: Final = ("binary_operator", "boolean_operator")
_ASSOCIATIVE: Final = {b"+": "+", b"*": "*", b"|": "", b"&": "", b"^": "", b"and": "", b"or": ""}


def part_of_chain(node: Node, start: int, end: int) -> Region:
    """A run of operands of one chain of operators."""
    if node.type not in OPERATIONS:
        raise Refusal("the selection is not a whole expression", "select an expression from its start to its end")
    operands, operators = _chain(node)
    firsts = [at for at, one in enumerate(operands) if one.start_byte == start]
    lasts = [at for at, one in enumerate(operands) if one.end_byte == end]
    if not firsts or not lasts or firsts[0] >= lasts[0]:
        raise Refusal("the selection is not a whole expression", "select an expression from its start to its end")
    used = {one.text or b"" for one in operators[max(firsts[0] - 1, 0) : lasts[0]]}
    if firsts[0] and (len(used) > 1 or not used <= _ASSOCIATIVE.keys()):
        raise Refusal("to evaluate the selection on its own would change the result", "select from the first operand")
    if firsts[0] and any(one.type == "float" for one in operands):
        raise Refusal("to evaluate the selection on its own may round differently", "select from the first operand")
    return Region(
        start, end, (checked(node, start, end).node,), False, _ASSOCIATIVE.get(used.pop(), "") if firsts[0] else ""
    )


def _chain(node: Node) -> tuple[list[Node], list[Node]]:
    """The operands and operators of `a + b - c`, which the tree nests to the left; groups of their own stay whole."""
    left, right = node.named_children[0], node.named_children[-1]
    operator = node.child_by_field_name("operator")
    operators = [operator] if operator is not None else []
    if left.type != node.type or _strength(left) != _strength(node):
        return [left, right], operators
    operands, earlier = _chain(left)
    return [*operands, right], [*earlier, *operators]


def _strength(node: Node) -> int:
    operator = node.child_by_field_name("operator")
    word = (operator.text or b"") if operator is not None else b""
    groups = (
        (b"or",),
        (b"and",),
        (b"|",),
        (b"^",),
        (b"&",),
        (b"<<", b">>"),
        (b"+", b"-"),
        (b"*", b"/", b"//", b"%", b"@"),
    )
    return next((at for at, group in enumerate(groups) if word in group), len(groups))
