"""Rust: calls, methods, fields, struct literals, closures, blocks and literals."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    AWAIT,
    CALL,
    CALLS,
    DEF,
    LITERAL,
    NAME,
    NONE,
    POSITIONAL,
    READS,
    SEQ,
    WRITES,
    FunctionFact,
    Param,
)
from codeagent.languages.lowering.rust_items import ITEMS, declare
from codeagent.languages.lowering.rust_methods import closure_arguments, constructed, method_value, note_addition
from codeagent.languages.lowering.rust_paths import identifier, prefix, scoped
from codeagent.languages.lowering.rust_patterns import bind_pattern, unwrapped
from codeagent.languages.lowering.rust_types import lower_type, type_arguments
from codeagent.languages.lowering.rust_walk import Handler, Walk, descend, leaf, only_child

_STATEMENTS: Final = frozenset({"let_declaration", "attribute_item", "empty_statement", *ITEMS})


def call(walk: Walk, node: Node, scope: int) -> int:
    """`f(x)`, `path::f(x)`, `value.method(x)`, each with or without `::<types>`."""
    children = walk.children(node)
    if len(children) != 2:
        return descend(walk, node, scope)
    function, arguments = children
    types: list[int] = []
    turbofish = None
    if function.type == "generic_function":
        function, *rest = walk.children(function)
        turbofish = rest[-1] if rest else None
    kind = function.type
    if kind == "field_expression":
        return _method(walk, function, turbofish, arguments, scope)
    if turbofish is not None:
        types = type_arguments(walk, turbofish, scope)
    if kind == "identifier":
        callee = _called_name(walk, function, scope)
    elif kind == "scoped_identifier":
        callee = scoped(walk, function, scope, READS if is_variant(walk, function) else CALLS)
    else:
        callee = walk.visit(function, scope)
        walk.references += (function.start_byte, function.end_byte, CALLS, scope, callee)
    args = _arguments(walk, arguments, (), scope)
    known = constructed(walk, function, callee, args, node.start_byte)
    if known is not None:
        return known
    if callee == NONE:
        return NONE
    value = walk.expr((CALL, callee, args, ()))
    return walk.any((value, *(walk.instance(type_) for type_ in types)))


def is_variant(walk: Walk, node: Node) -> bool:
    """Whether a path is that of an enum's variant, `Shape::Circle`, by Rust's naming rules."""
    *path, name = walk.word(node).split("::")
    return bool(path) and path[-1][:1].isupper() and name[:1].isupper() and not name.isupper()


def _called_name(walk: Walk, node: Node, scope: int) -> int:
    """The callee of `f(x)`: unlike a read, the call of a local is a reference."""
    name = walk.word(node)
    if name in walk.locals:
        index = walk.locals[name]
        walk.references += (node.start_byte, node.end_byte, CALLS, scope, index)
        return index
    if name == "Self":
        walk.references += (node.start_byte, node.end_byte, CALLS, scope, walk.self_type)
        return walk.self_type
    return identifier(walk, node, scope, CALLS)


def _method(walk: Walk, function: Node, turbofish: Node | None, arguments: Node, scope: int) -> int:
    """A chain of method calls, walked from its first receiver on: chains may be long."""
    receiver, name = _parts(walk, function)
    if receiver is None or name is None:
        return NONE
    base = walk.visit(receiver, scope)
    text = walk.word(name)
    callee = walk.expr((ATTR, base, text))
    walk.references += (name.start_byte, name.end_byte, CALLS, scope, callee)
    types = type_arguments(walk, turbofish, scope) if turbofish is not None else []
    args = _arguments(walk, arguments, closure_arguments(walk, text, base), scope)
    note_addition(walk, text, base, args)
    return method_value(walk, text, base, callee, args, types)


def _parts(walk: Walk, node: Node) -> tuple[Node | None, Node | None]:
    children = node.named_children
    if len(children) != 2:
        children = walk.children(node)
    return (children[0], children[1]) if len(children) == 2 else (None, None)


def _arguments(walk: Walk, node: Node, expected: tuple[int, ...], scope: int) -> tuple[int, ...]:
    """Lower an argument list; a closure in it is told what it will be called with."""
    args = []
    for child in node.named_children:
        if child.is_extra or child.type == "attribute_item":
            continue
        if child.type == "closure_expression":
            args.append(closure(walk, child, scope, expected))
        else:
            args.append(walk.on[child.kind_id](walk, child, scope))
    while args and args[-1] == NONE:
        args.pop()
    return tuple(args)


def field(walk: Walk, node: Node, scope: int, role: int = READS) -> int:
    receiver, name = _parts(walk, node)
    if receiver is None or name is None:
        return descend(walk, node, scope)
    base = walk.visit(receiver, scope)
    text = walk.word(name)
    value = walk.expr((ATTR, base, text))
    if name.type != "integer_literal":
        walk.references += (name.start_byte, name.end_byte, role, scope, value)
        return value if base != NONE else NONE
    if base == NONE:
        return NONE
    return walk.any((value, walk.item(base, int(text) if text.isdecimal() else None)))


def struct_literal(walk: Walk, node: Node, scope: int) -> int:
    """`Type { field: value, ..rest }` makes an instance of the type, or of a variant's enum."""
    type_node, *rest = walk.children(node)
    type_, value = _constructed_type(walk, type_node, scope)
    for body in rest:
        for child in walk.children(body):
            kind = child.type
            if kind == "shorthand_field_initializer":
                name = walk.children(child)[-1]
                _initialised(walk, name, type_, scope)
                identifier(walk, name, scope)
            elif kind == "field_initializer":
                name, *values = [part for part in walk.children(child) if part.type != "attribute_item"]
                _initialised(walk, name, type_, scope)
                for part in values:
                    walk.visit(part, scope)
            else:
                descend(walk, child, scope)
    return value


def _initialised(walk: Walk, name: Node, type_: int, scope: int) -> None:
    if type_ != NONE and name.type != "integer_literal":
        member = walk.expr((ATTR, walk.instance(type_), walk.word(name)))
        walk.references += (name.start_byte, name.end_byte, WRITES, scope, member)


def _constructed_type(walk: Walk, node: Node, scope: int) -> tuple[int, int]:
    """The type whose fields a literal sets, and the value it makes."""
    if node.type == "generic_type_with_turbofish" or node.type == "generic_type":
        base, *rest = walk.children(node)
        for child in rest:
            type_arguments(walk, child, scope)
        return _constructed_type(walk, base, scope)
    if node.type in ("scoped_type_identifier", "scoped_identifier"):
        children = walk.children(node)
        path = walk.word(children[0]).rpartition("::")[2] if len(children) == 2 else ""
        if path[:1].isupper():  # Shape::Square { … }
            value = scoped(walk, node, scope)
            if path == "Self":
                return NONE, walk.instance(walk.self_type)
            base = walk.exprs[value][1] if value != NONE and walk.exprs[value][0] == ATTR else NONE
            return NONE, walk.instance(base if isinstance(base, int) else NONE)
        type_ = scoped(walk, node, scope, CALLS)
        return type_, walk.instance(type_)
    if walk.word(node) == "Self":
        type_ = walk.self_type
    elif walk.word(node) in walk.generics:
        return NONE, NONE
    else:
        type_ = walk.expr((NAME, walk.items, walk.word(node)))
    walk.references += (node.start_byte, node.end_byte, CALLS, scope, type_)
    return type_, walk.instance(type_)


def closure(walk: Walk, node: Node, scope: int, expected: tuple[int, ...] = ()) -> int:
    """`|a, b| body` is a callable symbol; `expected` are the values it is called with, if known."""
    symbol = walk.open_symbol(
        walk.next_lambda(scope), "lambda", scope, (node.start_byte, node.end_byte), (node.start_byte, node.start_byte)
    )
    mark, results = walk.mark(), walk.results
    walk.results = []
    walk.branches[symbol] = 0
    params = []
    parameter_list = node.child_by_field_name("parameters")
    patterns = [child for child in parameter_list.children if child.type not in ("|", ",")] if parameter_list else []
    for position, child in enumerate(patterns):
        value = expected[position] if position < len(expected) else NONE
        params.append(_closure_parameter(walk, child, value, symbol, scope))
    returns = lower_type(walk, node.child_by_field_name("return_type"), scope)
    body = node.child_by_field_name("body")
    value = walk.visit(body, symbol) if body is not None else NONE
    found = tuple(dict.fromkeys(result for result in (*walk.results, value) if result != NONE))
    walk.results = results
    walk.release(mark)
    walk.functions.append(FunctionFact(symbol, tuple(params), returns, found))
    return walk.expr((DEF, symbol))


def _closure_parameter(walk: Walk, node: Node, expected: int, symbol: int, scope: int) -> Param:
    annotation, pattern = NONE, node
    if node.type == "parameter":
        annotation = lower_type(walk, node.child_by_field_name("type"), scope)
        pattern = node.child_by_field_name("pattern") or node
    value = walk.instance(annotation) if annotation != NONE else expected
    while pattern.type in ("reference_pattern", "mut_pattern", "ref_pattern") and walk.children(pattern):
        pattern = walk.children(pattern)[-1]
    if pattern.type == "identifier":
        name = walk.word(pattern)
        walk.parameter(name, value, symbol)
        return Param(name, POSITIONAL, annotation, expected, pattern.start_byte)
    if pattern.is_named and pattern.type != "parameter":
        bind_pattern(walk, pattern, value, symbol)
    return Param("_", POSITIONAL, annotation, expected, node.start_byte)


# --- blocks --------------------------------------------------------------------------------------------


def block(walk: Walk, node: Node, scope: int) -> int:
    """Locals end with their block; its value is that of a last expression without `;`."""
    children = node.named_children
    mark, items = walk.mark(), walk.items
    if any(child.type in ITEMS for child in children):
        walk.items = scope
        declare(walk, children, scope)
    value, kind = NONE, ""
    for child in children:
        if child.is_extra:
            continue
        value, kind = walk.on[child.kind_id](walk, child, scope), child.type
        if kind == "expression_statement" and walk.chars[child.end_byte - 1] == ";":
            value = NONE
    walk.release(mark)
    walk.items = items
    return NONE if kind in _STATEMENTS else value


def returned(walk: Walk, node: Node, scope: int) -> int:
    value = only_child(walk, node, scope)
    if value != NONE:
        walk.results.append(value)
    return NONE


def awaited(walk: Walk, node: Node, scope: int) -> int:
    value = only_child(walk, node, scope)
    return walk.any((walk.expr((AWAIT, value)), walk.inner(value))) if value != NONE else NONE


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
    "call_expression": call,
    "field_expression": field,
    "struct_expression": struct_literal,
    "closure_expression": closure,
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
