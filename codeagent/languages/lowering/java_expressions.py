"""Java: names, member access, calls, constructions, lambdas and method references."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    IMPORT,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    READS,
    SELF,
    SEQ,
    SUPER,
    TYPED,
)
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler
from codeagent.languages.lowering.java_types import IDENTIFIER, JavaWalk, call_arguments, parts

_BOXES: Final = {
    "Byte": "byte", "Short": "short", "Integer": "int", "Long": "long", "Float": "float", "Double": "double",
    "Character": "char",
}  # fmt: skip
_TEXT: Final = (LITERAL, "String")
_PACKAGE: Final = re.compile(r"[a-z_][\w]*(?:\.[a-z_]\w*)+\Z")


def identifier(walk: JavaWalk, node: Node) -> int:
    start, end = node.start_byte, node.end_byte
    name = walk.chars[start:end] if walk.ascii else walk.word(node)
    local = walk.visible.get(name)
    if local is not None:
        if walk.locals:
            walk.references += (start, end, READS, walk.within, walk.unknown if local == NONE else local)
        return local
    value = (NAME, walk.type, name)
    index = walk.interned.get(value)
    if index is None:
        index = walk.expr(value)
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
    if base.kind_id == IDENTIFIER and (text.isupper() or text == "NaN") and (number := _BOXES.get(walk.word(base))):
        return walk.expr((LITERAL, number))  # Double.NaN
    return index


def _qualified(walk: JavaWalk, base: Node, name: str, member: int) -> int:
    """`a.b.C`: a member of a member, or a class with its package; both are tried."""
    package = walk.word(base)
    if not _PACKAGE.match(package) or package.partition(".")[0] in walk.visible:
        return member
    return walk.expr((ANY, (member, walk.expr((IMPORT, package, name)))))


def array_creation(walk: JavaWalk, node: Node) -> int:
    of, value = NONE, NONE
    for child in parts(node):
        if child.type in types.TYPES and of == NONE:
            of = types.lower_type(walk, child)
        else:
            value = walk.on[child.kind_id](walk, child)
    return types.container(walk, of, types.dimensions(node)) if of != NONE else value


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
    *of, value = parts(node)
    named = [known for child in of if (known := types.lower_type(walk, child)) != NONE]
    walk.into(named[0] if named else NONE, value)
    found = [walk.instance(known) for known in named]
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
    """A comparison is a boolean, `+` with a string a string. Long chains lean left: walked in a loop."""
    kind, pending, truth = node.kind_id, [], False
    while node.kind_id == kind:
        children = node.named_children
        left, right = children[0], children[-1]
        operator = walk.chars[left.end_byte : right.start_byte]
        if "&&" in operator or "||" in operator:
            walk.complexity += 1
        pending.append(right)
        truth = truth or any(mark in operator for mark in "<>=&|")
        node = left
    values = [walk.on[node.kind_id](walk, node)]
    values += [walk.on[operand.kind_id](walk, operand) for operand in reversed(pending)]
    if truth:
        return walk.expr((LITERAL, "boolean"))
    return next((value for value in values if value != NONE and walk.exprs[value] == _TEXT), values[0])


def literal_text(walk: JavaWalk, node: Node) -> int:
    for child in node.named_children:
        if child.type == "string_interpolation":
            walk.walk(child)
    return walk.expr((LITERAL, "String"))


def _literal(name: str) -> Handler:
    def handler(walk: JavaWalk, node: Node) -> int:
        return walk.expr((LITERAL, name))

    return handler


def integer(walk: JavaWalk, node: Node) -> int:
    return walk.expr((LITERAL, "long" if walk.chars[node.end_byte - 1] in "lL" else "int"))


def floating(walk: JavaWalk, node: Node) -> int:
    return walk.expr((LITERAL, "float" if walk.chars[node.end_byte - 1] in "fF" else "double"))


def unary(walk: JavaWalk, node: Node) -> int:
    """`!x` is a boolean, `-x` and `~x` are what x is."""
    value = walk.value(node)
    return walk.expr((LITERAL, "boolean")) if walk.chars[node.start_byte] == "!" else value


def class_literal(walk: JavaWalk, node: Node) -> int:
    of, base = NONE, walk.expr((LITERAL, "Class"))
    for child in parts(node):
        of = types.lower_type(walk, child)
    plain = of == NONE or walk.exprs[of][0] in (LITERAL, SEQ)
    return base if plain else walk.instance(walk.expr((TYPED, base, (of,))))


HANDLERS: Final[dict[str, Handler]] = {
    "identifier": identifier,
    "this": this,
    "super": superclass,
    "field_access": field_access,
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
    "character_literal": _literal("char"),
    "true": _literal("boolean"),
    "false": _literal("boolean"),
    "decimal_integer_literal": integer,
    "hex_integer_literal": integer,
    "octal_integer_literal": integer,
    "binary_integer_literal": integer,
    "decimal_floating_point_literal": floating,
    "hex_floating_point_literal": floating,
    "unary_expression": unary,
    "class_literal": class_literal,
    "parenthesized_expression": JavaWalk.value,
    "template_expression": JavaWalk.walk,
}
