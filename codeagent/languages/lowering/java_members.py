"""Java: what a type is made of: methods, constructors, fields."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    EXPORTED,
    KIND,
    LITERAL,
    NONE,
    STATIC,
    Binding,
    FunctionFact,
    Param,
)
from codeagent.languages.lowering import java_modifiers as modifiers
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler
from codeagent.languages.lowering.java_types import JavaWalk, parts

_METHODS: Final = {
    "method_declaration": "method",
    "constructor_declaration": "constructor",
    "compact_constructor_declaration": "constructor",
    "annotation_type_element_declaration": "method",
}
_INTERFACE: Final = KIND["interface"]


def body(walk: JavaWalk, symbol: int, node: Node, parent_name: str) -> None:
    """Walk the members of a type. Methods are announced first: where a field has the name of a
    method, the method keeps the plain id."""
    around = (walk.type, walk.within, walk.parent_name, walk.shadows)
    walk.type = walk.within = symbol
    walk.parent_name = parent_name
    members = parts(node)
    members += [part for member in members if member.type == "enum_body_declarations" for part in parts(member)]
    members = [member for member in members if member.type != "enum_body_declarations"]
    announced = {}
    for member in members:
        kind = member.type
        if kind in _METHODS:
            announced[member.start_byte] = _announce(walk, member, _METHODS[kind])
        elif kind in ("field_declaration", "constant_declaration"):
            _uncover(walk, member)
    for member in members:
        found = announced.get(member.start_byte)
        if found is not None and member.type in _METHODS:
            _method(walk, member, found)
        else:
            walk.on[member.kind_id](walk, member)
    walk.type, walk.within, walk.parent_name, walk.shadows = around


def _uncover(walk: JavaWalk, member: Node) -> None:
    """A field hides the local variable of that name around a class; a type of that name it does not hide."""
    for declarator in parts(member):
        if declarator.type == "variable_declarator":
            name = walk.word(declarator.named_children[0])
            if name[:1].isupper():
                walk.shadows |= {name}
            if name in walk.visible:
                walk.show(name, walk.name(walk.type, name))


def _announce(walk: JavaWalk, node: Node, kind: str) -> int:
    name = next((child for child in node.named_children if child.type == "identifier"), node)
    span, name_span = (node.start_byte, node.end_byte), (name.start_byte, name.end_byte)
    return walk.open_symbol(walk.word(name), kind, walk.within, span, name_span)


def _method(walk: JavaWalk, node: Node, symbol: int) -> int:
    """A method, constructor or annotation element."""
    params: tuple[Param, ...] = ()
    decorators: tuple[int, ...] = ()
    flags, returns, block = 0, NONE, None
    walk.open_block()
    children = parts(node)
    for child in children:
        if child.type == "type_parameters":
            types.type_parameters(walk, child, symbol)
    for child in children:
        kind = child.type
        if kind == "modifiers":
            flags, decorators = modifiers.modifiers(walk, child)
        elif kind == "formal_parameters":
            params = types.parameters(walk, child)
        elif kind in ("block", "constructor_body"):
            block = child
        elif kind in types.TYPES and kind != "identifier":
            returns = types.lower_type(walk, child)
        elif kind == "throws":
            for part in parts(child):
                types.lower_type(walk, part)
        elif kind not in ("type_parameters", "identifier"):
            walk.on[child.kind_id](walk, child)
    walk.show_parameters(symbol, params)
    state, outer = walk.enter(symbol), walk.declared
    walk.declared = returns
    if block is not None:
        walk.walk(block)
    complexity = walk.complexity
    walk.leave(state)
    walk.declared = outer
    walk.close_block()
    if walk.symbols[walk.type].kind == _INTERFACE:
        flags |= EXPORTED
        flags |= ABSTRACT if block is None else 0
    walk.close_symbol(symbol, complexity, flags)
    results: tuple[int, ...] = ()
    if returns != NONE and walk.exprs[returns][0] == LITERAL:
        returns, results = NONE, (returns,)
    walk.functions.append(FunctionFact(symbol, params, returns, results, (), decorators))
    return NONE


def fields(walk: JavaWalk, node: Node) -> int:
    """Fields and the constants of interfaces: symbols, each bound to a value of its type."""
    flags, of, word = 0, NONE, ""
    for child in parts(node):
        kind = child.type
        if kind == "modifiers":
            flags, _ = modifiers.modifiers(walk, child)
            word = walk.word(child)
        elif kind == "variable_declarator":
            _field(walk, node, child, of, (flags, "final" in word))
        else:
            of = types.lower_type(walk, child)
    return NONE


def _field(walk: JavaWalk, node: Node, declarator: Node, of: int, how: tuple[int, bool]) -> None:
    flags, final = how
    name, *rest = parts(declarator)
    text = walk.word(name)
    if walk.symbols[walk.type].kind == _INTERFACE:
        flags, final = flags | EXPORTED | STATIC, True
    constant = final and flags & STATIC
    span, name_span = (node.start_byte, node.end_byte), (name.start_byte, name.end_byte)
    walk.open_symbol(text, "constant" if constant else "field", walk.type, span, name_span, flags)
    declared = walk.instance(types.array_of(walk, of, rest))
    made = NONE
    for child in rest:
        value = walk.into(of, child)
        if child.type == "object_creation_expression":
            made = value
    bound = made if final and made != NONE else declared
    if bound != NONE:
        walk.bindings.append(Binding(walk.type, text, bound, name.start_byte))


HANDLERS: Final[dict[str, Handler]] = {
    "field_declaration": fields,
    "constant_declaration": fields,
    "static_initializer": JavaWalk.inner,
}
