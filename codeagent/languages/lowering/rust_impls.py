"""Rust: `impl` blocks: methods of a type, and the traits it has."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import EXPORTED, NAME, NONE, OVERRIDE
from codeagent.languages.lowering.rust_attributes import take_attributes
from codeagent.languages.lowering.rust_definitions import inherit, inside_type, members
from codeagent.languages.lowering.rust_types import as_parameters, keep_bounds, lower_type, parameters
from codeagent.languages.lowering.rust_walk import Handler, Walk

_UNNAMED: Final = {"tuple_type": "tuple", "unit_type": "unit", "function_type": "fn", "never_type": "never"}


def impl(walk: Walk, node: Node, scope: int) -> int:
    """`impl Type` and `impl Trait for Type`: methods belong to the type, the trait is a base of it."""
    take_attributes(walk, node, scope)
    type_node, trait_node = node.child_by_field_name("type"), node.child_by_field_name("trait")
    if type_node is None:
        return NONE
    generics, walk.generics = walk.generics, dict(walk.generics)
    names = parameters(walk, node, scope)
    owner, name = _owner(walk, type_node)
    given = _argument_names(walk, type_node)
    if owner != NONE:
        keep_bounds(walk, owner, given)
        as_parameters(walk, owner, given, walk.parameters_of.get(owner, ()))
    elif given:  # they have no symbol: the impl is told apart by its number
        number = len(walk.bound_of)
        as_parameters(walk, 0, names, [f"{one}@{number}" for one in names], 1000 * number)
    type_ = lower_type(walk, type_node, scope)
    type_ = walk.bound_of.get(type_, type_)
    trait = inherit(walk, trait_node, owner if owner != NONE else scope) if trait_node is not None else NONE
    if type_ == NONE:
        type_ = trait  # `impl<T> Trait for T`: whoever has the trait
    flags = OVERRIDE | EXPORTED if trait_node is not None else 0
    body = node.child_by_field_name("body")
    with inside_type(walk, owner, name, flags):
        if owner == NONE:
            walk.self_type, walk.receiver = type_, walk.instance(type_)
            walk.forwards = type_ == trait != NONE and type_node.type != "type_identifier"
            if type_ == NONE:
                walk.self_type = walk.expr((NAME, 0, name))
        elif trait != NONE:
            walk.bases.setdefault(owner, []).append(trait)
        if body is not None:
            members(walk, body, owner if owner != NONE else scope)
        target = walk.associated.get("Target", NONE)  # `impl Deref`: what the target can do, the type can
        if target != NONE and owner != NONE:
            walk.bases.setdefault(owner, []).append(target)
        elif target != NONE:
            walk.adopted.append((type_, target, NONE))
    if owner == NONE and trait_node is not None and trait != NONE and type_ != trait:
        walk.adopted.append((type_, trait, trait_node.start_byte))
    walk.generics = generics
    return NONE


def _owner(walk: Walk, node: Node) -> tuple[int, str]:
    """The symbol of the type of an impl where this file defines it, and the type's bare name."""
    node = _bare(walk, node)
    text = walk.word(node)
    anchor, _, name = text.rpartition("::")
    name = _unnamed(node) or re.sub(r"\W.*", "", name.lstrip("&'([ ")) or "Self"
    if name in walk.generics:
        return NONE, name
    place = walk.items
    if anchor == "super" and walk.module:
        place = walk.symbols[walk.module].parent
    elif anchor not in ("", "self"):
        return NONE, name
    found = walk.types.get((place, name))
    if found is None and place != walk.module and not anchor:
        found = walk.types.get((walk.module, name))
    return (NONE if found is None or node.type not in ("type_identifier", "scoped_type_identifier") else found), name


def _unnamed(node: Node) -> str:
    """What a type without a name of its own is called: `[T]` a slice, `(A, B)` a tuple."""
    if node.type == "array_type":
        return "array" if node.child_by_field_name("length") is not None else "slice"
    return _UNNAMED.get(node.type, "")


def _bare(walk: Walk, node: Node) -> Node:
    """Strip references, pointers and type arguments off a type."""
    while node.type in ("reference_type", "pointer_type", "generic_type", "dynamic_type", "parenthesized_type"):
        inner = [child for child in walk.children(node) if child.type not in ("lifetime", "mutable_specifier")]
        if not inner:
            break
        node = inner[0] if node.type == "generic_type" else inner[-1]
    return node


def _argument_names(walk: Walk, node: Node) -> list[str]:
    while node.type in ("reference_type", "pointer_type"):
        node = walk.children(node)[-1]
    if node.type != "generic_type":
        return []
    return [walk.word(child) for child in walk.children(walk.children(node)[-1]) if child.type != "lifetime"]


HANDLERS: Final[dict[str, Handler]] = {"impl_item": impl}
