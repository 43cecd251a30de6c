"""Rust: calls, method chains, fields, struct literals and closures."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ATTR, CALL, CALLS, DEF, NAME, NONE, POSITIONAL, READS, WRITES, FunctionFact, Param
from codeagent.languages.lowering.rust_methods import (
    ADDITIONS,
    WRAPPERS,
    closure_arguments,
    constructed,
    method_value,
    note_addition,
    wrapped,
)
from codeagent.languages.lowering.rust_paths import identifier, scoped
from codeagent.languages.lowering.rust_patterns import bind_pattern
from codeagent.languages.lowering.rust_types import lower_type, type_arguments
from codeagent.languages.lowering.rust_walk import COMMENTS, Handler, Walk, descend

_NO_ARGUMENTS: Final = frozenset({"attribute_item", *COMMENTS})


def call(walk: Walk, node: Node, scope: int) -> int:
    """`f(x)`, `path::f(x)`, `value.method(x)`, each with or without `::<types>`."""
    function, arguments = parts_of(walk, node)
    if function is None or arguments is None:
        return descend(walk, node, scope)
    types: list[int] = []
    turbofish = None
    kind = function.type
    if kind == "generic_function":
        function, *rest = walk.children(function)
        turbofish = rest[-1] if rest else None
        kind = function.type
    if kind == "field_expression":
        return _method(walk, function, turbofish, arguments, scope)
    if turbofish is not None:
        types = type_arguments(walk, turbofish, scope)
    text, known = walk.word(function), None
    if kind == "identifier":
        callee = _called_name(walk, function, text, scope)
        args = _arguments(walk, arguments, scope)
        if text in WRAPPERS:
            known = wrapped(walk, text, args)
    elif kind == "scoped_identifier":
        path = text.split("::")
        callee = scoped(walk, function, scope, READS if is_variant(path) else CALLS)
        args = _arguments(walk, arguments, scope)
        known = constructed(walk, path, callee, args, node.start_byte)
    else:
        callee = walk.visit(function, scope)
        walk.references += (function.start_byte, function.end_byte, CALLS, scope, callee)
        args = _arguments(walk, arguments, scope)
    if known is not None:
        return known
    if callee == NONE:
        return NONE
    value = walk.expr((CALL, callee, args, ()))
    return walk.any((value, *(walk.instance(type_) for type_ in types))) if types else value


def is_variant(path: list[str]) -> bool:
    """Whether a path is that of an enum's variant, `Shape::Circle`, by Rust's naming rules."""
    name = path[-1]
    return len(path) > 1 and name[:1].isupper() and path[-2][:1].isupper() and not name.isupper()


def _called_name(walk: Walk, node: Node, name: str, scope: int) -> int:
    """The callee of `f(x)`: unlike a read, the call of a local is a reference."""
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
    receiver, name = parts_of(walk, function)
    if receiver is None or name is None:
        return NONE
    base = walk.on[receiver.kind_id](walk, receiver, scope)
    start, end = name.start_byte, name.end_byte
    text = walk.chars[start:end] if walk.plain else walk.word(name)
    callee = walk.expr((ATTR, base, text))
    walk.references += (start, end, CALLS, scope, callee)
    types = type_arguments(walk, turbofish, scope) if turbofish is not None else []
    args = _arguments(walk, arguments, scope, text, base)
    if args and text in ADDITIONS:
        note_addition(walk, text, base, args)
    return method_value(walk, text, base, callee, args, types)


def parts_of(walk: Walk, node: Node) -> tuple[Node | None, Node | None]:
    """The two children of a node that has two, comments left out."""
    children = node.named_children
    if len(children) != 2:
        children = walk.children(node)
    return (children[0], children[1]) if len(children) == 2 else (None, None)


def _arguments(walk: Walk, node: Node, scope: int, name: str = "", base: int = NONE) -> tuple[int, ...]:
    """Lower an argument list; a closure in it is told what the method `name` of `base` calls it with."""
    children = node.named_children
    if not children:
        return ()
    args, on = [], walk.on
    for child in children:
        kind = child.type
        if kind == "closure_expression":
            args.append(closure(walk, child, scope, closure_arguments(walk, name, base)))
        elif kind not in _NO_ARGUMENTS:
            args.append(on[child.kind_id](walk, child, scope))
    while args and args[-1] == NONE:
        args.pop()
    return tuple(args)


def field(walk: Walk, node: Node, scope: int, role: int = READS) -> int:
    receiver, name = parts_of(walk, node)
    if receiver is None or name is None or name.start_byte == name.end_byte:  # of `one.`, which is not whole yet
        return descend(walk, node, scope)
    base = walk.on[receiver.kind_id](walk, receiver, scope)
    start, end = name.start_byte, name.end_byte
    text = walk.chars[start:end] if walk.plain else walk.word(name)
    value = walk.expr((ATTR, base, text))
    if not text[0].isdigit():
        walk.references += (start, end, role, scope, value)
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
            owner = walk.exprs[value][1] if value != NONE and walk.exprs[value][0] == ATTR else NONE
            return NONE, walk.instance(owner if isinstance(owner, int) else NONE)
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


HANDLERS: Final[dict[str, Handler]] = {
    "call_expression": call,
    "field_expression": field,
    "struct_expression": struct_literal,
    "closure_expression": closure,
}
