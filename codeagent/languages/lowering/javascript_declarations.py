"""What TypeScript declares of types: interfaces, aliases, object types, enums, and their members."""

from tree_sitter import Node

from codeagent.domain.facts import (
    EXPORTED,
    NONE,
    ClassFact,
)
from codeagent.languages.lowering.javascript_functions import Naming, open_definition
from codeagent.languages.lowering.javascript_members import add_field, method
from codeagent.languages.lowering.javascript_objects import heritage
from codeagent.languages.lowering.javascript_patterns import property_name
from codeagent.languages.lowering.javascript_types import function_type
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Walker, visit_children

INDEXED = "[]"  # the member that an index signature becomes


CALLED = "__call__"  # the member that call and construct signatures become


def interface(walker: Walker, node: Node) -> int:
    """Lower `interface I extends A, B<C> {}`."""
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return visit_children(walker, node)
    env = walker.env.function()
    name = walker.text(name_node)
    symbol = open_definition(walker, Naming(name, "interface", env.symbol, node, name_node, walker.declared_flags))
    env.declared.setdefault(name, (env.symbol, name, False))
    outer, walker.env = walker.env, walker.block()
    bases: list[int] = []
    for child in node.named_children:
        if child.type == "extends_type_clause":
            bases.extend(heritage(walker, child))
        elif child.type in ("interface_body", "object_type"):
            members(walker, child, symbol)
        elif child != name_node:
            walker.declaring = symbol if child.type == "type_parameters" else NONE
            walker.value(child)
    walker.builder.classes.append(ClassFact(symbol, tuple(bases)))
    walker.env = outer
    return walker.define(symbol)


def type_alias(walker: Walker, node: Node) -> int:
    """Lower `type T = …`: an object type becomes its members, an intersection its bases, others a name."""
    name_node, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name_node is None or value is None:
        return visit_children(walker, node)
    env = walker.env if walker.env.number else walker.env.function()
    name = walker.text(name_node)
    symbol = open_definition(walker, Naming(name, "type", env.symbol, node, name_node, walker.declared_flags))
    walker.declare_symbol(env, name, symbol)
    outer, walker.env = walker.env, walker.block()
    for child in node.named_children:
        if child.type == "type_parameters":
            walker.declaring = symbol
            walker.value(child)
    bases: list[int] = []
    if value.type == "object_type":
        members(walker, value, symbol)
    elif value.type == "intersection_type":
        bases = intersection(walker, value, symbol)
    else:
        aliased = walker.value(value)
        if aliased != NONE:
            own = env.declared[name][1]
            walker.bind(env.symbol, own, aliased, name_node.start_byte)
    walker.builder.classes.append(ClassFact(symbol, tuple(bases)))
    walker.env = outer
    return NONE


def intersection(walker: Walker, node: Node, symbol: int) -> list[int]:
    """Lower `A & { own: B }` of an alias: A is a base, `own` a member."""
    pending, bases = [node], []
    while pending:
        current = pending.pop()
        if current.type == "intersection_type":
            pending.extend(reversed(current.named_children))
        elif current.type == "object_type":
            members(walker, current, symbol)
        else:
            base = walker.value(current)
            if base != NONE:
                bases.append(base)
    return bases


def members(walker: Walker, node: Node, owner: int) -> None:
    """Lower the members of an interface or object type."""
    within, receiver, walker.within, walker.receiver = walker.within, walker.receiver, owner, owner
    for child in node.named_children:
        kind = child.type
        if kind == "property_signature":
            property_signature(walker, child, owner)
        elif kind == "method_signature":
            method(walker, child, owner)
        elif kind in ("call_signature", "construct_signature"):
            add_field(walker, owner, CALLED, child, child, walker.instance(function_type(walker, child)))
        elif kind == "index_signature":
            index_signature(walker, child, owner)
        else:
            walker.value(child)
    walker.within, walker.receiver = within, receiver


def property_signature(walker: Walker, node: Node, owner: int) -> None:
    """Lower `name?: T`; a function type makes it a method."""
    name_node = node.child_by_field_name("name")
    annotation = node.child_by_field_name("type")
    declared = walker.value(annotation) if annotation is not None else NONE
    name = property_name(walker, name_node) if name_node is not None else None
    if name_node is None or name is None:
        if name_node is not None:
            walker.value(name_node)
        return
    add_field(walker, owner, name, name_node, node, walker.instance(declared), EXPORTED)


def index_signature(walker: Walker, node: Node, owner: int) -> None:
    """Lower `[key: K]: V` and `[K in Keys]: V`: any member that is not named is a V."""
    outer, walker.env = walker.env, walker.block()
    value = NONE
    for child in node.named_children:
        kind = child.type
        if kind == "mapped_type_clause":
            mapped_name(walker, child)
        elif kind != "identifier":
            found = walker.value(child)
            value = (
                found if kind in ("type_annotation", "opting_type_annotation", "omitting_type_annotation") else value
            )
    walker.env = outer
    if value != NONE:
        walker.bind(owner, INDEXED, walker.instance(value), node.start_byte)


def mapped_name(walker: Walker, node: Node) -> None:
    """Declare the K of `K in Keys`."""
    name = node.child_by_field_name("name")
    if name is not None:
        walker.declare_local(walker.env, walker.text(name), NONE, name.start_byte)
    for part in node.named_children:
        if part != name:
            walker.value(part)


def object_type(walker: Walker, node: Node) -> int:
    """Lower an object type that no alias names."""
    children = node.named_children
    if not children:
        return NONE
    naming = Naming(walker.unnamed(walker.within, "type"), "type", walker.within, node, None)
    symbol = open_definition(walker, naming)
    members(walker, node, symbol)
    walker.builder.classes.append(ClassFact(symbol))
    return walker.define(symbol)


def enum(walker: Walker, node: Node) -> int:
    """Lower `enum E { A = 1, B }`."""
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name_node is None:
        return visit_children(walker, node)
    env = walker.env.function()
    name = walker.text(name_node)
    symbol = open_definition(walker, Naming(name, "enum", env.symbol, node, name_node, walker.declared_flags))
    env.declared[name] = (env.symbol, name, False)
    for child in body.named_children if body is not None else ():
        at = child.named_children[0] if child.type == "enum_assignment" else child
        for value in child.named_children[1:] if child.type == "enum_assignment" else ():
            walker.value(value)
        member = property_name(walker, at) if child.type not in COMMENTS else None
        if member is not None:
            add_field(walker, symbol, member, at, child, NONE, EXPORTED, "enum-member")
    walker.builder.classes.append(ClassFact(symbol))
    return NONE


HANDLERS: dict[str, Handler] = {
    "object_type": object_type,
    "interface_declaration": interface,
    "type_alias_declaration": type_alias,
    "enum_declaration": enum,
}
