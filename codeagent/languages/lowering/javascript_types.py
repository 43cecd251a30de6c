"""Types of TypeScript: annotations, interfaces, aliases, enums, type parameters, function types."""

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CLASS,
    EXPORTED,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    READS,
    TYPED,
    ClassFact,
)
from codeagent.languages.lowering.javascript_commonjs import required
from codeagent.languages.lowering.javascript_functions import Naming, enter, leave, open_definition, parameters
from codeagent.languages.lowering.javascript_objects import add_field, heritage, method
from codeagent.languages.lowering.javascript_patterns import property_name
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Target, Walker, visit_children

INDEXED = "[]"  # the member that an index signature becomes
CALLED = "__call__"  # the member that call and construct signatures become
RESULTS = frozenset({"InstanceType", "ReturnType"})  # what calling (or constructing) a `typeof x` gives
SAME_MEMBERS = frozenset(
    {"Readonly", "Partial", "Required", "NonNullable", "Pick", "Omit", "Exclude", "Extract", "Awaited", "DeepReadonly"}
)
BUILTIN_TYPES = {"string": "String", "number": "Number", "boolean": "Boolean", "bigint": "BigInt", "symbol": "Symbol"}


def first_type(walker: Walker, node: Node) -> int:
    """Lower a wrapper around one type: `: T`, `(T)`, `T?`, `readonly T`."""
    kind = NONE
    for child in node.named_children:
        value = walker.value(child)
        kind = value if kind == NONE else kind
    return kind


def predefined(walker: Walker, node: Node) -> int:
    """Lower `string`, `number`, `any` …"""
    name = BUILTIN_TYPES.get(walker.text(node))
    return NONE if name is None else walker.builder.expr((LITERAL, name))


def generic(walker: Walker, node: Node, role: int = READS) -> int:
    """Lower `Name<A, B>`."""
    base = NONE
    args: tuple[int, ...] = ()
    for child in node.named_children:
        if child.type == "type_arguments":
            args = tuple(walker.value(c) for c in child.named_children if c.type not in COMMENTS)
        elif base == NONE:
            base = walker.target(child, role)
    if args and walker.exprs[base][0] == NAME and walker.exprs[base][2] in SAME_MEMBERS:
        return args[0]
    if args and walker.exprs[base][0] == NAME and walker.exprs[base][2] in RESULTS:
        made = walker.exprs[args[0]] if args[0] != NONE else ()
        if made and made[0] == CLASS:
            return walker.builder.expr((CLASS, walker.builder.expr((CALL, made[1], (), ()))))
    return NONE if base == NONE else walker.builder.expr((TYPED, base, args))


def array_type(walker: Walker, node: Node) -> int:
    """Lower `T[]`."""
    element = first_type(walker, node)
    return walker.builder.expr((TYPED, walker.builder.expr((LITERAL, "Array")), (element,)))


def tuple_type(walker: Walker, node: Node) -> int:
    """Lower `[A, B]`."""
    items = []
    for child in node.named_children:
        if child.type in ("required_parameter", "optional_parameter"):
            annotation = child.child_by_field_name("type")
            items.append(walker.value(annotation) if annotation is not None else NONE)
        elif child.type not in COMMENTS:
            items.append(walker.value(child))
    return walker.builder.expr((TYPED, walker.builder.expr((LITERAL, "tuple")), tuple(items)))


def alternatives(walker: Walker, node: Node) -> int:
    """Lower `A | B` and `A & B`: a value may be seen as either; long chains in a loop."""
    pending, parts = [node], []
    while pending:
        current = pending.pop()
        if current.type == node.type:
            pending.extend(reversed(current.named_children))
        else:
            parts.append(walker.value(current))
    return walker.either(*parts)


def function_type(walker: Walker, node: Node) -> int:
    """Lower `(a: A) => R` and `new (a: A) => R`: something that gives an R when it is called."""
    frame = enter(walker, walker.block())
    walker.within = frame.within
    result = NONE
    taken: list[int] = []
    for child in node.named_children:
        if child.type == "formal_parameters":
            taken = [param.annotation for param in parameters(walker, child, walker.env.symbol)]
        else:
            value = walker.value(child)
            result = value if child.type != "type_parameters" else result
    leave(walker, frame)
    return walker.builder.expr((TYPED, walker.builder.expr((LITERAL, "Function")), (*taken, result)))


def type_query(walker: Walker, node: Node) -> int:
    """Lower `typeof x`; `typeof import("spec")` too."""
    value = first_type(walker, node)
    return NONE if value == NONE else walker.builder.expr((CLASS, value))


def lookup_type(walker: Walker, node: Node) -> int:
    """Lower `T["member"]` and `T[number]`."""
    parts = [c for c in node.named_children if c.type not in COMMENTS]
    base = walker.instance(walker.value(parts[0]))
    key = parts[-1]
    if base == NONE:
        return NONE
    text = walker.text(key)
    if text[:1] in "'\"":
        part = walker.builder.expr((ATTR, base, text[1:-1]))
        walker.refer(key, READS, part)
    else:
        walker.value(key)
        part = walker.builder.expr((ITEM, base, None))
    return walker.builder.expr((CLASS, part))


def qualified_import(walker: Walker, node: Node) -> int:
    """Lower `import("spec")` among types."""
    children = node.named_children
    return required(walker, children[0], children[-1])


def type_parameters(walker: Walker, node: Node) -> int:
    """Declare type parameters; each may stand for its constraint or default."""
    for child in node.named_children:
        if child.type != "type_parameter":
            walker.value(child)
            continue
        name = child.child_by_field_name("name")
        if name is None:
            continue
        index = len(walker.builder.bindings)
        walker.declare_local(walker.env, walker.text(name), NONE, name.start_byte)
        value = walker.either(*(walker.value(c) for c in child.named_children if c != name))
        known = walker.builder.bindings[index]
        walker.builder.bindings[index] = type(known)(known.scope, known.name, value, known.start)
    return NONE


def inferred(walker: Walker, node: Node) -> int:
    """Lower `infer U`, which declares U."""
    name = node.named_children[0]
    walker.declare_local(walker.env, walker.text(name), NONE, name.start_byte)
    return walker.name(walker.text(name))


def conditional(walker: Walker, node: Node) -> int:
    """Lower `A extends B ? C : D`: either of the last two."""
    outer, walker.env = walker.env, walker.block()
    values = [walker.value(child) for child in node.named_children if child.type not in COMMENTS]
    walker.env = outer
    return walker.either(*values[2:])


# --- declarations ------------------------------------------------------------------------------------


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


def nothing(walker: Walker, node: Node) -> int:
    """Pass over a type that says nothing of members."""
    return NONE


TARGETS: dict[str, Target] = {"generic_type": generic}
HANDLERS: dict[str, Handler] = {
    "type_annotation": first_type,
    "opting_type_annotation": first_type,
    "omitting_type_annotation": first_type,
    "parenthesized_type": first_type,
    "optional_type": first_type,
    "readonly_type": first_type,
    "rest_type": first_type,
    "constraint": first_type,
    "default_type": first_type,
    "predefined_type": predefined,
    "generic_type": generic,
    "array_type": array_type,
    "tuple_type": tuple_type,
    "union_type": alternatives,
    "intersection_type": alternatives,
    "function_type": function_type,
    "constructor_type": function_type,
    "type_query": type_query,
    "lookup_type": lookup_type,
    "conditional_type": conditional,
    "infer_type": inferred,
    "type_parameters": type_parameters,
    "object_type": object_type,
    "interface_declaration": interface,
    "type_alias_declaration": type_alias,
    "enum_declaration": enum,
    "literal_type": nothing,
    "this_type": nothing,
}
