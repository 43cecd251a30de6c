"""Rust: structs, unions, enums, traits and type aliases."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import DEF, EXPORTED, INHERITS, NONE, SELF, TYPED, Binding
from codeagent.languages.lowering.rust_attributes import attribute, derive, take_attributes, visibility
from codeagent.languages.lowering.rust_types import as_parameters, keep_bounds, lower_type, parameters
from codeagent.languages.lowering.rust_walk import Handler, Walk


def type_definition(walk: Walk, node: Node, scope: int) -> int:
    """struct, union, enum, trait, type alias."""
    name = node.child_by_field_name("name")
    symbol = walk.opened.get(node.id, NONE)
    if name is None:
        return NONE
    if symbol == NONE:
        return _associated(walk, node, name, scope)
    _, flags, derived = take_attributes(walk, node, scope)
    walk.close_symbol(symbol, flags=flags)
    walk.derives[symbol] = derived
    derive(walk, symbol, derived)
    generics, walk.generics = walk.generics, dict(walk.generics)
    names = parameters(walk, node, scope)
    keep_bounds(walk, symbol, names)
    as_parameters(walk, symbol, names, names)
    _DEFINITIONS[node.type](walk, node, symbol, scope)
    walk.generics = generics
    return NONE


def _struct(walk: Walk, node: Node, symbol: int, scope: int) -> None:
    body = node.child_by_field_name("body")
    if body is not None:
        with inside_type(walk, symbol, walk.word(node.child_by_field_name("name") or node)):
            _fields(walk, body, symbol, symbol, "")


def _fields(walk: Walk, body: Node, symbol: int, owner: int, variant: str) -> None:
    """Fields as symbols of `symbol`, their types as members of the type `owner`."""
    position = 0
    walk.attributes = []
    for child in walk.children(body):
        kind = child.type
        if kind == "attribute_item":
            attribute(walk, child, symbol)
        elif kind == "field_declaration":
            start, flags, _ = take_attributes(walk, child, symbol)
            name = child.child_by_field_name("name")
            if name is None:
                continue
            type_ = lower_type(walk, child.child_by_field_name("type"), symbol)
            text, span = walk.word(name), (name.start_byte, name.end_byte)
            walk.fields.append((text, symbol, (start, child.end_byte), span, flags | visibility(walk, child)))
            walk.bindings.append(Binding(owner, variant + text, walk.instance(type_), name.start_byte))
        elif kind != "visibility_modifier":
            walk.attributes = []
            value = walk.instance(lower_type(walk, child, symbol))
            walk.bindings.append(Binding(owner, f"{variant}{position}", value, child.start_byte))
            position += 1


def _enum(walk: Walk, node: Node, symbol: int, scope: int) -> None:
    body = node.child_by_field_name("body")
    itself = walk.instance(walk.expr((DEF, symbol)))
    with inside_type(walk, symbol, ""):
        for child in walk.children(body) if body is not None else ():
            if child.type == "attribute_item":
                attribute(walk, child, symbol)
                continue
            start, flags, _ = take_attributes(walk, child, symbol)
            name = child.child_by_field_name("name")
            if child.type != "enum_variant" or name is None:
                continue
            text = walk.word(name)
            flags |= walk.symbols[symbol].flags & EXPORTED
            variant = walk.open_symbol(
                text, "enum-member", symbol, (start, child.end_byte), (name.start_byte, name.end_byte), flags
            )
            walk.bindings.append(Binding(symbol, text, itself, name.start_byte))
            walk.variants.setdefault(symbol, []).append(text)
            for part in walk.children(child)[1:]:
                if part.type in ("field_declaration_list", "ordered_field_declaration_list"):
                    _fields(walk, part, variant, symbol, f"{text}.")
                elif part.type != "visibility_modifier" and part.id != name.id:
                    walk.visit(part, symbol)


def _trait(walk: Walk, node: Node, symbol: int, scope: int) -> None:
    bounds = node.child_by_field_name("bounds")
    bases = []
    for child in walk.children(bounds) if bounds is not None else ():
        bases.append(inherit(walk, child, symbol))
    walk.bases.setdefault(symbol, []).extend(base for base in bases if base != NONE)
    body = node.child_by_field_name("body")
    if body is not None:
        exported = walk.symbols[symbol].flags & EXPORTED
        with inside_type(walk, symbol, "", exported):
            members(walk, body, symbol)


def _alias(walk: Walk, node: Node, symbol: int, scope: int) -> None:
    target = lower_type(walk, node.child_by_field_name("type"), scope)
    name = walk.symbols[symbol]
    if target != NONE:
        walk.bindings.append(Binding(name.parent, name.name, target, name.name_start))
        walk.bases.setdefault(symbol, []).append(target)


def _associated(walk: Walk, node: Node, name: Node, scope: int) -> int:
    """`type Item = T;` of an impl, or `type Item: Bound;` of a trait."""
    start, flags, _ = take_attributes(walk, node, scope)
    value = lower_type(walk, node.child_by_field_name("type") or node.child_by_field_name("bounds"), scope)
    text = walk.word(name)
    walk.associated[text] = value
    if walk.owner != NONE:
        span = (name.start_byte, name.end_byte)
        walk.open_symbol(text, "type", walk.owner, (start, node.end_byte), span, flags | walk.member_flags)
        if value != NONE:
            walk.bindings.append(Binding(walk.owner, text, value, name.start_byte))
    return NONE


def inherit(walk: Walk, node: Node, symbol: int) -> int:
    """Lower a supertrait or implemented trait; its name is an INHERITS reference from the type."""
    before = len(walk.references)
    value = lower_type(walk, node, symbol)
    refs = walk.references
    exprs = walk.exprs
    base = value
    if value != NONE and exprs[value][0] == TYPED:
        base = int(str(exprs[value][1]))
    for i in range(before, len(refs), 5):
        if refs[i + 4] == base:
            refs[i + 2] = INHERITS
            break
    return base


@contextmanager
def inside_type(walk: Walk, symbol: int, name: str, flags: int = 0) -> Iterator[None]:
    """Inside a type that this file defines."""
    saved = (walk.owner, walk.self_type, walk.receiver, walk.owner_name, walk.associated, walk.member_flags)
    outer = (walk.member, walk.forwards)
    walk.member, walk.forwards = True, False
    walk.owner, walk.self_type = symbol, walk.expr((DEF, symbol))
    walk.receiver, walk.owner_name = walk.expr((SELF, symbol)), name
    walk.associated, walk.member_flags = {}, flags
    try:
        yield
    finally:
        walk.owner, walk.self_type, walk.receiver, walk.owner_name, walk.associated, walk.member_flags = saved
        walk.member, walk.forwards = outer


def members(walk: Walk, body: Node, scope: int) -> None:
    walk.attributes = []
    for child in walk.children(body):
        if child.type == "type_item":  # methods above it may speak of it
            value = child.child_by_field_name("type")
            name = child.child_by_field_name("name")
            if value is not None and name is not None:
                before = len(walk.references)
                walk.associated[walk.word(name)] = lower_type(walk, value, scope)
                del walk.references[before:]
    for child in walk.children(body):
        walk.on[child.kind_id](walk, child, scope)
    walk.attributes = []


_DEFINITIONS: Final = {
    "struct_item": _struct,
    "union_item": _struct,
    "enum_item": _enum,
    "trait_item": _trait,
    "type_item": _alias,
}


HANDLERS: Final[dict[str, Handler]] = dict.fromkeys((*_DEFINITIONS, "associated_type"), type_definition)
