"""Rust: blocks, operators, assignments, literals and the other expressions."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import AWAIT, LITERAL, NONE, SEQ, WRITES
from codeagent.languages.lowering.rust_calls import field
from codeagent.languages.lowering.rust_items import ITEMS, declare
from codeagent.languages.lowering.rust_paths import identifier, prefix, scoped
from codeagent.languages.lowering.rust_patterns import unwrapped
from codeagent.languages.lowering.rust_types import lower_type, type_arguments
from codeagent.languages.lowering.rust_walk import COMMENTS, Handler, Walk, descend, leaf, only_child

_STATEMENTS: Final = frozenset({"let_declaration", "attribute_item", "empty_statement", *ITEMS})


def block(walk: Walk, node: Node, scope: int) -> int:
    """Locals end with their block; its value is that of a last expression without `;`."""
    children = node.named_children
    if not children:
        return NONE
    kinds = [child.type for child in children]
    mark, items, on = walk.mark(), walk.items, walk.on
    if not ITEMS.isdisjoint(kinds):
        walk.items = scope
        declare(walk, children, scope)
    value, last = NONE, "empty_statement"
    for child, kind in zip(children, kinds, strict=True):
        if kind not in COMMENTS:
            value, last = on[child.kind_id](walk, child, scope), kind
    walk.release(mark)
    walk.items = items
    if last in _STATEMENTS or (last == "expression_statement" and walk.chars[children[-1].end_byte - 1] == ";"):
        return NONE
    return value


def returned(walk: Walk, node: Node, scope: int) -> int:
    value = only_child(walk, node, scope)
    if value != NONE:
        walk.results.append(value)
    return NONE


def awaited(walk: Walk, node: Node, scope: int) -> int:
    value = only_child(walk, node, scope)
    return walk.expr((AWAIT, value)) if value != NONE else NONE


def tried(walk: Walk, node: Node, scope: int) -> int:
    return unwrapped(walk, only_child(walk, node, scope))


def index(walk: Walk, node: Node, scope: int) -> int:
    children = walk.children(node)
    value = walk.visit(children[0], scope)
    ranged = False
    for child in children[1:]:
        walk.visit(child, scope)
        ranged = child.type == "range_expression"
    return value if ranged else walk.item(value, None)


def assignment(walk: Walk, node: Node, scope: int) -> int:
    """`target = value` and `target += value`."""
    children = walk.children(node)
    if len(children) != 2:
        return descend(walk, node, scope)
    target, value_node = children
    value = walk.visit(value_node, scope)
    while target.type in ("parenthesized_expression", "unary_expression") and walk.children(target):
        target = walk.children(target)[0]
    if target.type == "identifier":
        identifier(walk, target, scope, WRITES)
        if walk.word(target) in walk.locals and node.type == "assignment_expression":
            walk.rebind(walk.word(target), value, target.start_byte)
    elif target.type == "field_expression":
        field(walk, target, scope, WRITES)
    elif target.type == "scoped_identifier":
        scoped(walk, target, scope, WRITES)
    else:
        walk.visit(target, scope)
    return NONE


def binary(walk: Walk, node: Node, scope: int) -> int:
    """Operators; a long chain of one leans left and is walked without recursion."""
    right: list[Node] = []
    current = node
    while current.type == "binary_expression":
        children = walk.children(current)
        if len(children) != 2:
            break
        if walk.chars[children[0].end_byte : children[1].start_byte].strip() in ("&&", "||"):
            walk.decide(scope)
        right.append(children[1])
        current = children[0]
    if current is node:
        return descend(walk, node, scope)
    walk.visit(current, scope)
    for child in reversed(right):
        walk.visit(child, scope)
    return NONE


def cast(walk: Walk, node: Node, scope: int) -> int:
    value, *types = walk.children(node)
    walk.visit(value, scope)
    return walk.instance(lower_type(walk, types[-1], scope)) if types else NONE


def sequence(walk: Walk, node: Node, scope: int) -> int:
    """Arrays and tuples."""
    items = tuple(walk.visit(child, scope) for child in walk.children(node))
    return walk.expr((SEQ, items)) if any(item != NONE for item in items) else NONE


def text(walk: Walk, node: Node, scope: int) -> int:
    return walk.text_literal


def number(walk: Walk, node: Node, scope: int) -> int:
    return walk.expr((LITERAL, "number"))


def turbofish(walk: Walk, node: Node, scope: int) -> int:
    """A function with its type arguments that is not called here: `map(f::<T>)`."""
    function, *rest = walk.children(node)
    for child in rest:
        type_arguments(walk, child, scope)
    return walk.visit(function, scope)


def generic(walk: Walk, node: Node, scope: int) -> int:
    return prefix(walk, node, scope)


HANDLERS: Final[dict[str, Handler]] = {
    "block": block,
    "return_expression": returned,
    "await_expression": awaited,
    "try_expression": tried,
    "index_expression": index,
    "assignment_expression": assignment,
    "compound_assignment_expr": assignment,
    "binary_expression": binary,
    "type_cast_expression": cast,
    "array_expression": sequence,
    "tuple_expression": sequence,
    "generic_function": turbofish,
    "generic_type_with_turbofish": generic,
    "string_literal": text,
    "raw_string_literal": text,
    "parenthesized_expression": only_child,
    "reference_expression": only_child,
    "unary_expression": only_child,
    "unsafe_block": only_child,
    "async_block": only_child,
    "const_block": only_child,
    "try_block": only_child,
    "expression_statement": only_child,
    **dict.fromkeys(
        ("line_comment", "block_comment", "integer_literal", "float_literal", "char_literal", "boolean_literal",
         "label", "lifetime", "mutable_specifier", "visibility_modifier", "inner_attribute_item", "shebang",
         "empty_statement", "metavariable", "primitive_type", "crate", "super", "unit_expression",
         "remaining_field_pattern", "continue_expression", "extern_modifier"),
        leaf,
    ),
}  # fmt: skip
