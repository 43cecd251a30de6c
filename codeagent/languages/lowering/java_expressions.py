"""Java: names, member access, calls, constructions, lambdas and method references."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    CALL,
    CALLS,
    DEF,
    IMPORT,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    READS,
    SELF,
    SEQ,
    SUPER,
    TAKES,
    FunctionFact,
)
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler
from codeagent.languages.lowering.java_classes import anonymous_class
from codeagent.languages.lowering.java_types import JavaWalk, parts

IDENTIFIER: Final = types.java_kind("identifier")
ARGUMENTS: Final = types.java_kind("argument_list")
TYPE_ARGUMENTS: Final = types.java_kind("type_arguments")
_PACKAGE: Final = re.compile(r"[a-z_][\w]*(?:\.[a-z_]\w*)+\Z")


def identifier(walk: JavaWalk, node: Node) -> int:
    start, end = node.start_byte, node.end_byte
    name = walk.chars[start:end] if walk.ascii else walk.word(node)
    local = walk.visible.get(name)
    if local is not None:
        if walk.locals:
            walk.references += (start, end, READS, walk.within, walk.unknown if local == NONE else local)
        return local
    index = walk.expr((NAME, walk.type, name))
    walk.references += (start, end, READS, walk.within, index)
    return index


def this(walk: JavaWalk, node: Node) -> int:
    return walk.expr((SELF, walk.type))


def superclass(walk: JavaWalk, node: Node) -> int:
    return walk.expr((SUPER, walk.type))


def field_access(walk: JavaWalk, node: Node) -> int:
    children = parts(node)
    base, name = children[0], children[-1]
    if name.type == "this":  # Outer.this
        return walk.instance(types.lower_type(walk, base))
    owner = walk.on[base.kind_id](walk, base)
    if len(children) > 2 and children[1].type == "super":  # Outer.super.field
        owner = walk.expr((SUPER, walk.type))
    text = walk.word(name)
    index = walk.member(owner, text)
    if text[:1].isupper() and base.type == "field_access":
        index = _qualified(walk, base, text, index)
    walk.references += (name.start_byte, name.end_byte, READS, walk.within, index)
    return index


def _qualified(walk: JavaWalk, base: Node, name: str, member: int) -> int:
    """`a.b.C`: a member of a member, or a class with its package; both are tried."""
    package = walk.word(base)
    if not _PACKAGE.match(package) or package.partition(".")[0] in walk.visible:
        return member
    return walk.expr((ANY, (member, walk.expr((IMPORT, package, name)))))


def invocation(walk: JavaWalk, node: Node) -> int:
    """`f(x)`, `a.f(x)`, `super.f(x)`, `A.super.f(x)`, `a.<T>f(x)`."""
    children = node.named_children
    arguments = children[-1]
    if len(children) == 2 and children[0].kind_id == IDENTIFIER:
        name = children[0]
        start, end = name.start_byte, name.end_byte
        callee = walk.expr((NAME, walk.type, walk.chars[start:end] if walk.ascii else walk.word(name)))
    else:
        children = [child for child in children if child.kind_id != types.LINE_COMMENT and child.kind_id != types.BLOCK_COMMENT]
        for child in children:
            if child.kind_id == TYPE_ARGUMENTS:
                types.lower_type(walk, child)
        children = [child for child in children if child.kind_id != TYPE_ARGUMENTS]
        *bases, name, arguments = children
        owner = NONE
        for base in bases:
            owner = walk.on[base.kind_id](walk, base)
        start, end = name.start_byte, name.end_byte
        text = walk.chars[start:end] if walk.ascii else walk.word(name)
        callee = walk.member(owner, text) if bases else walk.expr((NAME, walk.type, text))
    at = len(walk.references) + 4
    walk.references += (start, end, CALLS, walk.within, callee)
    args = call_arguments(walk, arguments)
    callee = walk.references[at] = walk.expr((TAKES, callee, args))
    return walk.expr((CALL, callee, args, ()))


def call_arguments(walk: JavaWalk, node: Node) -> tuple[int, ...]:
    """Visit arguments; every one counts, known or not: overloads are told apart by their number."""
    on, args = walk.on, []
    for child in node.named_children:
        kind = child.kind_id
        if kind == types.LINE_COMMENT or kind == types.BLOCK_COMMENT:
            walk.comment(child)
        else:
            args.append(on[kind](walk, child))
    return tuple(args)


def creation(walk: JavaWalk, node: Node) -> int:
    """`new T(x)`, `outer.new T(x)`, `new T(x) { … }`."""
    of, args, body, owner, token = NONE, (), None, NONE, node
    for child in parts(node):
        kind = child.type
        if kind == "argument_list":
            args = call_arguments(walk, child)
        elif kind == "class_body":
            body = child
        elif kind in types.TYPES and (of == NONE and kind != "identifier"):
            start = len(walk.references)
            of = types.lower_type(walk, child)
            token = _mark_call(walk, start, child)
        elif kind != "type_arguments":
            owner = walk.on[child.kind_id](walk, child)
    if of == NONE:
        return NONE
    if owner != NONE:
        of = walk.expr((ANY, (of, walk.member(owner, walk.word(token)))))
    at = next((at for at in range(len(walk.references) - 5, -1, -5) if walk.references[at] == token.start_byte), None)
    if body is not None:
        of = walk.expr((DEF, anonymous_class(walk, token, body, of)))
    of = walk.expr((TAKES, of, args))
    if at is not None:
        walk.references[at + 2], walk.references[at + 4] = CALLS, of
    return walk.expr((CALL, of, args, ()))


def _mark_call(walk: JavaWalk, start: int, node: Node) -> Node:
    """Find the name token of a constructed type: `Entry` of `Map.Entry<K, V>`."""
    while node.type in ("generic_type", "annotated_type", "scoped_type_identifier"):
        inner = [part for part in parts(node) if part.type != "type_arguments"]
        node = inner[-1] if node.type != "generic_type" else inner[0]
    return node


def constructor_call(walk: JavaWalk, node: Node) -> int:
    """`this(x)` and `super(x)` at the start of a constructor."""
    callee, token, args = NONE, node, ()
    for child in parts(node):
        kind = child.type
        if kind == "argument_list":
            args = call_arguments(walk, child)
        elif kind in ("super", "this"):
            token = child
            base = walk.expr((SUPER if kind == "super" else SELF, walk.type))
            name = walk.parent_name if kind == "super" else walk.symbols[walk.type].name
            callee = walk.member(base, name) if name else NONE
        elif kind != "type_arguments":
            walk.on[child.kind_id](walk, child)
    if callee != NONE:
        callee = walk.expr((TAKES, callee, args))
        walk.references += (token.start_byte, token.end_byte, CALLS, walk.within, callee)
        walk.expr((CALL, callee, args, ()))
    return NONE


def array_creation(walk: JavaWalk, node: Node) -> int:
    of, value = NONE, NONE
    for child in parts(node):
        if child.type in types.TYPES and of == NONE:
            of = types.lower_type(walk, child)
        else:
            value = walk.on[child.kind_id](walk, child)
    return types.container(walk, of) if of != NONE else value


def array_initializer(walk: JavaWalk, node: Node) -> int:
    items = call_arguments(walk, node)
    return walk.expr((SEQ, items)) if any(item != NONE for item in items) else NONE


def array_access(walk: JavaWalk, node: Node) -> int:
    base, *rest = parts(node)
    value = walk.on[base.kind_id](walk, base)
    for child in rest:
        walk.on[child.kind_id](walk, child)
    return walk.expr((ITEM, value, None)) if value != NONE else NONE


def cast(walk: JavaWalk, node: Node) -> int:
    found = []
    *of, value = parts(node)
    for child in of:
        if (known := types.lower_type(walk, child)) != NONE:
            found.append(walk.instance(known))
    walk.on[value.kind_id](walk, value)
    return NONE if not found else found[0] if len(found) == 1 else walk.expr((ANY, tuple(found)))


def instance_of(walk: JavaWalk, node: Node) -> int:
    """`x instanceof T t`: from here on `t` is a T."""
    value, *rest = [part for part in parts(node) if part.type != "modifiers"]
    walk.on[value.kind_id](walk, value)
    if not rest:
        return NONE
    if rest[0].type.endswith("pattern"):
        return walk.on[rest[0].kind_id](walk, rest[0])
    of = types.lower_type(walk, rest[0])
    for name in rest[1:]:
        if name.kind_id == IDENTIFIER:
            walk.declare(walk.word(name), name.start_byte, walk.instance(of))
    return NONE


def type_pattern(walk: JavaWalk, node: Node) -> int:
    """`T t` in a pattern, also inside a record pattern."""
    *before, name = [part for part in parts(node) if part.type != "modifiers"]
    of = NONE
    for child in before:
        of = types.declared_type(walk, child)
    if name.kind_id == IDENTIFIER:
        walk.declare(walk.word(name), name.start_byte, walk.instance(of))
    return NONE


def record_pattern(walk: JavaWalk, node: Node) -> int:
    for child in parts(node):
        if child.type in types.TYPES:
            types.lower_type(walk, child)
        else:
            walk.on[child.kind_id](walk, child)
    return NONE


def ternary(walk: JavaWalk, node: Node) -> int:
    walk.complexity += 1
    condition, *rest = parts(node)
    walk.on[condition.kind_id](walk, condition)
    found = tuple(v for child in rest if (v := walk.on[child.kind_id](walk, child)) != NONE)
    return NONE if not found else found[0] if len(found) == 1 else walk.expr((ANY, found))


def binary(walk: JavaWalk, node: Node) -> int:
    """Operands only, except that `+` with a string is one. Long chains lean left: walked in a loop."""
    kind, pending, text = node.kind_id, [], NONE
    while node.kind_id == kind:
        children = node.named_children
        left, right = children[0], children[-1]
        operator = walk.chars[left.end_byte : right.start_byte]
        if "&&" in operator or "||" in operator:
            walk.complexity += 1
        pending.append(right)
        node = left
    values = [walk.on[node.kind_id](walk, node)]
    values += [walk.on[operand.kind_id](walk, operand) for operand in reversed(pending)]
    for value in values:
        text = value if value != NONE and walk.exprs[value][0] == LITERAL else text
    return text


def literal_text(walk: JavaWalk, node: Node) -> int:
    for child in node.named_children:
        if child.type == "string_interpolation":
            walk.walk(child)
    return walk.expr((LITERAL, "String"))


def class_literal(walk: JavaWalk, node: Node) -> int:
    for child in parts(node):
        types.lower_type(walk, child)
    return walk.expr((LITERAL, "Class"))


def method_reference(walk: JavaWalk, node: Node) -> int:
    """`a::f`, `T::f`, `super::f`, `T::new`."""
    base, *rest = [part for part in parts(node) if part.type != "type_arguments"]
    if base.type in ("generic_type", "array_type", "scoped_type_identifier"):
        owner = types.lower_type(walk, base)
    else:
        owner = walk.on[base.kind_id](walk, base)
    if not rest or rest[-1].kind_id != IDENTIFIER:  # ::new
        return owner
    name = rest[-1]
    return walk.read(name, walk.member(owner, walk.word(name)))


def closure(walk: JavaWalk, node: Node) -> int:
    head, *_, body = parts(node)
    span = (node.start_byte, node.end_byte)
    symbol = walk.open_symbol(walk.next_lambda(walk.within), "lambda", walk.within, span, (span[0], head.end_byte))
    walk.open_block()
    if head.kind_id == IDENTIFIER:
        params = types.parameters(walk, node)[:1]
    else:
        params = types.parameters(walk, head)
    walk.show_parameters(symbol, params)
    state = walk.enter(symbol)
    value = walk.on[body.kind_id](walk, body)
    results = tuple(dict.fromkeys(walk.returned)) if value == NONE else (value,)
    walk.close_symbol(symbol, walk.complexity)
    walk.leave(state)
    walk.close_block()
    walk.functions.append(FunctionFact(symbol, params, NONE, results))
    return walk.expr((DEF, symbol))


HANDLERS: Final[dict[str, Handler]] = {
    "identifier": identifier,
    "this": this,
    "super": superclass,
    "field_access": field_access,
    "method_invocation": invocation,
    "object_creation_expression": creation,
    "explicit_constructor_invocation": constructor_call,
    "array_creation_expression": array_creation,
    "array_initializer": array_initializer,
    "element_value_array_initializer": array_initializer,
    "array_access": array_access,
    "cast_expression": cast,
    "instanceof_expression": instance_of,
    "type_pattern": type_pattern,
    "record_pattern_component": type_pattern,
    "record_pattern": record_pattern,
    "ternary_expression": ternary,
    "binary_expression": binary,
    "string_literal": literal_text,
    "class_literal": class_literal,
    "method_reference": method_reference,
    "lambda_expression": closure,
    "parenthesized_expression": JavaWalk.value,
    "template_expression": JavaWalk.walk,
}
