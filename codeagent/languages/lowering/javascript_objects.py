"""Classes and object literals: members, fields, accessors, and whose `this` a method sees."""

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    CLASS,
    DECORATED,
    EXPORTED,
    INHERITS,
    MAP,
    NONE,
    READS,
    TYPED,
    ClassFact,
)
from codeagent.languages.lowering.javascript_functions import (
    FUNCTION_VALUES,
    WHOLE_TYPE,
    Naming,
    lower_function,
    open_definition,
)
from codeagent.languages.lowering.javascript_members import add_field, member_flags, method
from codeagent.languages.lowering.javascript_patterns import property_name
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Walker

MAX_MEMBERS = 400  # an object with more entries is a table, not something with members

# --- classes -------------------------------------------------------------------------------------


def class_declaration(walker: Walker, node: Node, flags: int = 0) -> int:
    """Lower `class C {}` and `abstract class C {}`."""
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return class_expression(walker, node)
    env = walker.env.function()
    name = walker.text(name_node)
    if node.type == "abstract_class_declaration":
        flags |= ABSTRACT
    env.declared.setdefault(name, (env.symbol, name, False))
    symbol = class_value(walker, node, Naming(name, "class", env.symbol, node, name_node, flags))
    return walker.define(symbol)


def class_expression(walker: Walker, node: Node) -> int:
    """Lower a class that no declaration names."""
    name_node = node.child_by_field_name("name")
    parent = walker.within
    name = walker.text(name_node) if name_node is not None else walker.unnamed(parent, "class")
    return walker.define(class_value(walker, node, Naming(name, "class", parent, node, name_node)))


def class_value(walker: Walker, node: Node, naming: Naming, decorators: tuple[int, ...] = ()) -> int:
    """Walk a class and return its symbol."""
    symbol = open_definition(walker, naming)
    outer = walker.env
    walker.env = walker.block()
    own = node.child_by_field_name("name")
    if own is not None:
        walker.env.declared[walker.text(own)] = (naming.parent, naming.name, False)
        if walker.text(own) != naming.name:
            walker.declare_local(walker.env, walker.text(own), walker.define(symbol), own.start_byte, local=False)
    bases: list[int] = []
    applied = [*decorators, *walker.decorators]
    walker.decorators = []
    for child in node.named_children:
        kind = child.type
        if kind == "class_heritage":
            bases.extend(heritage(walker, child))
        elif kind == "decorator":
            applied.append(walker.value(child))
        elif kind == "class_body":
            class_body(walker, child, symbol)
        elif kind in COMMENTS or kind == "type_parameters":
            walker.declaring = symbol if kind == "type_parameters" else NONE
            walker.value(child)
    walker.builder.classes.append(ClassFact(symbol, tuple(bases), tuple(d for d in applied if d != NONE)))
    if applied:
        walker.builder.close_symbol(symbol, 0, DECORATED)
    walker.env = outer
    return symbol


def heritage(walker: Walker, node: Node) -> list[int]:
    """Lower what a class extends and implements."""
    bases: list[int] = []
    for child in node.named_children:
        if child.type in ("extends_clause", "implements_clause", "extends_type_clause"):
            bases.extend(heritage(walker, child))
        elif child.type == "type_arguments" and bases:
            args = tuple(walker.value(part) for part in child.named_children if part.type not in COMMENTS)
            bases[-1] = walker.builder.expr((TYPED, bases[-1], args))
        elif child.type not in COMMENTS:
            base = walker.target(child, INHERITS)
            if base != NONE:
                bases.append(base)
    return bases


def class_body(walker: Walker, node: Node, symbol: int) -> None:
    """Lower the members of a class; decorators stand before the member they decorate."""
    within, receiver, home, env = walker.within, walker.receiver, walker.home, walker.env
    walker.within, walker.receiver, walker.home = symbol, symbol, symbol
    waiting: list[int] = []
    for child in node.named_children:
        kind = child.type
        if kind == "decorator":
            waiting.append(walker.value(child))
            continue
        if kind in ("method_definition", "abstract_method_signature", "method_signature"):
            method(walker, child, symbol, tuple(waiting))
        elif kind in ("public_field_definition", "field_definition"):
            field(walker, child, symbol, tuple(waiting))
        else:
            walker.value(child)
        if kind not in COMMENTS:
            waiting = []
    walker.within, walker.receiver, walker.home, walker.env = within, receiver, home, env


def field(walker: Walker, node: Node, owner: int, decorators: tuple[int, ...]) -> None:
    """Lower a field of a class; one that holds a function is a method by another spelling."""
    name_node: Node | None = None
    initial: Node | None = None
    declared = NONE
    applied = list(decorators)
    for child in node.named_children:
        kind = child.type
        if kind == "decorator":
            applied.append(walker.value(child))
        elif kind == "type_annotation":
            declared = walker.instance(walker.value(child))
        elif kind in COMMENTS or kind in ("accessibility_modifier", "override_modifier"):
            continue
        elif name_node is None:
            name_node = child
        else:
            initial = child
    if name_node is None:
        return
    name = property_name(walker, name_node)
    flags = member_flags(walker, node, name_node) | (DECORATED if applied else 0)
    if name is None:
        walker.value(name_node)
        if initial is not None:
            walker.value(initial)
        return
    member_value(walker, name, name_node, node, initial, owner, declared, flags)


def member_value(
    walker: Walker,
    name: str,
    name_node: Node,
    node: Node,
    initial: Node | None,
    owner: int,
    declared: int = NONE,
    flags: int = EXPORTED,
) -> None:
    """Define a member of a class or object by its value."""
    kind = initial.type if initial is not None else ""
    naming = Naming(name, "method", owner, node, name_node, flags)
    if initial is not None and kind in FUNCTION_VALUES:
        walker.passed = (declared, WHOLE_TYPE) if declared != NONE else None
        lower_function(walker, initial, naming, receiver=None if kind == "arrow_function" else owner, home=owner)
    elif initial is not None and kind == "class":
        class_value(walker, initial, naming._replace(kind="class"))
    elif initial is not None and kind == "object":
        symbol, value = named_object(walker, initial, naming._replace(kind="object"), always=True, declared=declared)
        if symbol == NONE:
            add_field(walker, owner, name, name_node, node, value, flags)
    else:
        value = walker.value(initial) if initial is not None else NONE
        add_field(walker, owner, name, name_node, node, declared if declared != NONE else value, flags)


# --- object literals -----------------------------------------------------------------------------


def object_literal(walker: Walker, node: Node) -> int:
    """Lower an object literal that no name holds."""
    children = node.named_children
    returned, walker.returning = walker.returning, False
    if has_functions(walker, children) or (returned and children):
        naming = Naming(walker.unnamed(walker.within, "object"), "object", walker.within, node, None)
    elif walker.locals and children:
        naming = Naming(walker.unnamed(walker.within, "record"), "object", walker.within, node, None)
    else:
        return record(walker, node)
    return walker.define(object_symbol(walker, children, naming))


def named_object(walker: Walker, node: Node, naming: Naming, *, always: bool, declared: int = NONE) -> tuple[int, int]:
    """Lower an object literal that a name holds: (symbol, NONE), or (NONE, value) for plain local data."""
    children = node.named_children
    functions = has_functions(walker, children)
    if not functions and (declared != NONE or len(children) > MAX_MEMBERS or not (always or walker.locals)):
        value = object_literal(walker, node) if walker.locals else record(walker, node)
        return NONE, value
    return object_symbol(walker, children, naming, declared), NONE


def has_functions(walker: Walker, children: list[Node]) -> bool:
    """Tell whether an object literal defines a function itself."""
    kinds = walker.kinds
    for child in children:
        kind = kinds[child.kind_id]
        if kind == "method_definition":
            return True
        if kind == "pair":
            value = child.named_children[-1]
            kind = kinds[value.kind_id]
            if kind in FUNCTION_VALUES or (kind == "object" and has_functions(walker, value.named_children)):
                return True
    return False


def object_symbol(walker: Walker, children: list[Node], naming: Naming, declared: int = NONE) -> int:
    """Walk an object literal as a thing with members and return its symbol."""
    symbol = open_definition(walker, naming)
    spread: list[int] = []
    for child in children:
        kind = walker.kinds[child.kind_id]
        if kind == "pair":
            object_pair(walker, child, symbol, declared)
        elif kind == "method_definition":
            method(walker, child, symbol)
        elif kind == "shorthand_property_identifier":
            value = walker.name(walker.text(child))
            walker.refer(child, READS, value)
            add_field(walker, symbol, walker.text(child), child, child, value)
        elif kind == "spread_element":
            spread.append(first_of(walker, child))
        else:
            walker.value(child)
    bases = tuple(walker.builder.expr((CLASS, base)) for base in (*spread, declared) if base != NONE)
    walker.builder.classes.append(ClassFact(symbol, bases))
    return symbol


def first_of(walker: Walker, node: Node) -> int:
    """Visit what `...` spreads."""
    return walker.value(node.named_children[0]) if node.named_child_count else NONE


def object_pair(walker: Walker, node: Node, symbol: int, expected: int = NONE) -> None:
    """Lower `key: value` of an object with members."""
    children = [c for c in node.named_children if c.type not in COMMENTS]
    key, initial = children[0], children[-1]
    name = property_name(walker, key)
    if name is None:
        walker.value(key)
        walker.value(initial)
    else:
        declared = walker.attribute(expected, name) if expected != NONE else NONE
        if walker.kinds[initial.kind_id] in FUNCTION_VALUES and declared != NONE:
            member_value(walker, name, key, node, initial, symbol, declared)
        else:
            member_value(walker, name, key, node, initial, symbol)


def record(walker: Walker, node: Node) -> int:
    """Lower an object literal as a plain map."""
    entries: list[tuple[str | None, int]] = []
    kinds = walker.kinds
    for child in node.named_children:
        kind = kinds[child.kind_id]
        if kind == "pair":
            parts = [c for c in child.named_children if kinds[c.kind_id] not in COMMENTS]
            name = property_name(walker, parts[0])
            if name is None:
                walker.value(parts[0])
            entries.append((name, walker.value(parts[-1])))
        elif kind == "shorthand_property_identifier":
            value = walker.name(walker.text(child))
            walker.refer(child, READS, value)
            entries.append((walker.text(child), value))
        elif kind == "spread_element":
            entries.append((None, walker.value(child)))
        else:
            walker.value(child)
    known = tuple(entry for entry in entries if entry[1] != NONE)
    return walker.builder.expr((MAP, known, node.start_byte))


HANDLERS: dict[str, Handler] = {
    "class_declaration": class_declaration,
    "abstract_class_declaration": class_declaration,
    "class": class_expression,
    "object": object_literal,
}
