"""Methods, accessors and fields: the members that classes, interfaces and object literals have alike."""

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    CLASSMETHOD,
    DECORATED,
    EXPORTED,
    NONE,
    PARAM,
    PROPERTY,
    READS,
    SELF,
    SETTER,
    STATIC,
)
from codeagent.languages.lowering.javascript_functions import Naming, enter, leave, lower_function
from codeagent.languages.lowering.javascript_parameters import parameters
from codeagent.languages.lowering.javascript_patterns import property_name
from codeagent.languages.lowering.javascript_walker import Walker


def member_flags(walker: Walker, node: Node, name_node: Node) -> int:
    """Read the modifiers that stand before a member's name."""
    words = walker.source[node.start_byte : name_node.start_byte].split()
    flags = 0
    if b"static" in words:
        flags |= STATIC
    if b"get" in words:
        flags |= PROPERTY
    elif b"set" in words:
        flags |= PROPERTY | SETTER
    if b"abstract" in words:
        flags |= ABSTRACT
    if b"private" not in words and name_node.type != "private_property_identifier":
        flags |= EXPORTED
    return flags


def method(walker: Walker, node: Node, owner: int, decorators: tuple[int, ...] = ()) -> None:
    """Lower a method, accessor, constructor or method signature of a class, interface or object."""
    name_node = node.child_by_field_name("name")
    name = property_name(walker, name_node) if name_node is not None else None
    if name_node is None or name is None:
        walker.value(name_node) if name_node is not None else NONE
        name, name_node = walker.unnamed(owner, "computed"), None
    flags = member_flags(walker, node, name_node) if name_node is not None else 0
    if node.type.endswith("signature"):
        flags |= ABSTRACT
        if (owner, name) in walker.members and not flags & PROPERTY:
            overload(walker, node, owner, name)
            return
    kind = "constructor" if name == "constructor" else "property" if flags & PROPERTY else "method"
    if decorators:
        flags |= DECORATED
    if flags & STATIC:
        flags |= CLASSMETHOD
    naming = Naming(name, kind, owner, node, name_node, flags)
    symbol = lower_function(walker, node, naming, receiver=owner, home=owner, decorators=decorators)
    if kind == "constructor":
        parameter_properties(walker, node, owner, symbol)


def overload(walker: Walker, node: Node, owner: int, name: str) -> None:
    """Walk a further signature of a member that is there already; what it returns counts too."""
    frame = enter(walker, walker.block())
    returns = NONE
    for child in node.named_children:
        if child.type == "formal_parameters":
            parameters(walker, child, walker.env.symbol)
        elif child.type not in ("property_identifier", "string", "computed_property_name"):
            returns = walker.value(child)
    leave(walker, frame)
    known = walker.members[owner, name]
    name_node = node.child_by_field_name("name")
    if walker.locals and name_node is not None:
        static = walker.builder.symbols[known].flags & STATIC
        this = walker.define(owner) if static else walker.builder.expr((SELF, owner))
        walker.refer(name_node, READS, walker.attribute(this, name))
    functions = walker.builder.functions
    for index in range(len(functions) - 1, -1, -1):
        if functions[index].symbol == known:
            old = functions[index]
            functions[index] = type(old)(
                old.symbol, old.params, walker.either(old.returns, returns), old.results, old.yields, old.decorators
            )
            return


def parameter_properties(walker: Walker, node: Node, owner: int, symbol: int) -> None:
    """Make fields of the constructor parameters that carry `private`, `public`, `readonly` …"""
    parameters = node.child_by_field_name("parameters")
    if parameters is None:
        return
    index = 0
    for child in parameters.named_children:
        if child.type not in ("required_parameter", "optional_parameter"):
            continue
        pattern = child.child_by_field_name("pattern")
        if pattern is None or pattern.type == "this":
            continue
        words = walker.source[child.start_byte : pattern.start_byte].split()
        if pattern.type == "identifier" and any(
            word in (b"private", b"public", b"protected", b"readonly", b"override") for word in words
        ):
            add_field(walker, owner, walker.text(pattern), pattern, child, walker.builder.expr((PARAM, symbol, index)))
        index += 1


def add_field(
    walker: Walker,
    owner: int,
    name: str,
    name_node: Node,
    node: Node,
    value: int,
    flags: int = EXPORTED,
    kind: str = "field",
) -> None:
    """Add a field and what it holds to a class, interface or object."""
    if (owner, name) not in walker.members:
        walker.members[owner, name] = walker.builder.open_symbol(
            name, kind, owner, (node.start_byte, node.end_byte), (name_node.start_byte, name_node.end_byte), flags
        )
    walker.bind(owner, name, value, name_node.start_byte)
