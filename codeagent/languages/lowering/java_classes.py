"""Java: classes, interfaces, enums, records and annotations."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    CALL,
    CALLS,
    DEF,
    EXPORTED,
    INHERITS,
    INSTANCE,
    KIND,
    NONE,
    STATIC,
    TAKES,
    Binding,
    ClassFact,
    Param,
)
from codeagent.languages.lowering import java_modifiers as modifiers
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler
from codeagent.languages.lowering.java_members import body
from codeagent.languages.lowering.java_types import JavaWalk, parts

KINDS: Final = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "enum_declaration": "enum",
    "record_declaration": "class",
    "annotation_type_declaration": "interface",
}
_INTERFACE: Final = KIND["interface"]
_BODIES: Final = ("class_body", "interface_body", "enum_body", "annotation_type_body")
_HOLDERS: Final = (*_BODIES, "enum_body_declarations", "program", "ERROR")
_PARENTS: Final = ("superclass", "super_interfaces", "extends_interfaces")


def class_like(walk: JavaWalk, node: Node) -> int:
    """Any named type; one inside a method is a local name."""
    children = parts(node)
    name = next((child for child in children if child.type == "identifier"), None)
    if name is None:
        return walk.walk(node)
    text = walk.word(name)
    span, name_span = (node.start_byte, node.end_byte), (name.start_byte, name.end_byte)
    symbol = walk.open_symbol(text, KINDS[node.type], walk.within, span, name_span)
    if node.parent is not None and node.parent.type not in _HOLDERS:
        walk.show(text, walk.name(walk.within, text))
    bases: list[int] = []
    decorators: tuple[int, ...] = ()
    header: tuple[Param, ...] = ()
    flags, parent_name = 0, ""
    walk.open_block()
    for child in (child for child in children if child.type == "type_parameters"):
        types.type_parameters(walk, child, symbol)
    for child in children:
        kind = child.type
        if kind == "modifiers":
            flags, decorators = modifiers.modifiers(walk, child)
        elif kind in _PARENTS:
            bases += _parents(walk, child)
            if kind == "superclass":
                parent_name = simple_name(walk, child)
        elif kind == "permits":
            for one in parts(parts(child)[0]):
                types.lower_type(walk, one)
        elif kind == "formal_parameters":
            header = types.parameters(walk, child)
        elif kind in _BODIES:
            _record_fields(walk, symbol, header)
            body(walk, symbol, child, parent_name)
    walk.close_block()
    if walk.symbols[walk.symbols[symbol].parent].kind == _INTERFACE:
        flags |= EXPORTED
    walk.close_symbol(symbol, 0, flags)
    walk.classes.append(ClassFact(symbol, tuple(bases), decorators))
    return NONE


def simple_name(walk: JavaWalk, node: Node) -> str:
    """The last plain name of a type: `Entry` of `Map.Entry<K, V>`."""
    while node.type != "type_identifier":
        inner = [part for part in parts(node) if part.type not in ("type_arguments", "marker_annotation", "annotation")]
        if not inner:
            return ""
        node = inner[-1]
    return walk.word(node)


def _parents(walk: JavaWalk, node: Node) -> list[int]:
    """The bases in an `extends` or `implements` clause; each name inherits."""
    found = []
    listed = parts(node)
    if len(listed) == 1 and listed[0].type == "type_list":
        listed = parts(listed[0])
    for child in listed:
        start = len(walk.references)
        base = types.lower_type(walk, child)
        if base == NONE:
            continue
        found.append(base)
        token = child
        while token.type != "type_identifier" and token.named_child_count:
            token = parts(token)[0 if token.type == "generic_type" else -1]
        for at in range(start, len(walk.references), 5):
            if walk.references[at] == token.start_byte:
                walk.references[at + 2] = INHERITS
    return found


def _record_fields(walk: JavaWalk, symbol: int, header: tuple[Param, ...]) -> None:
    """The components of a record are its fields, and methods without arguments unless it writes its own."""
    for param in header:
        span = (param.start, param.start + len(param.name.encode()))
        walk.open_symbol(param.name, "field", symbol, span, span, EXPORTED)
        if param.annotation != NONE:
            walk.bindings.append(Binding(symbol, param.name, walk.instance(param.annotation), param.start))


def anonymous_class(walk: JavaWalk, token: Node, node: Node, base: int) -> int:
    """The class of `new Base() { … }`: `<class1>` in its scope."""
    number = walk.anonymous[walk.within] = walk.anonymous.get(walk.within, 0) + 1
    span = (token.start_byte, node.end_byte)
    symbol = walk.open_symbol(f"<class{number}>", "class", walk.within, span, (token.start_byte, token.end_byte))
    walk.open_block()
    body(walk, symbol, node, walk.word(token))
    walk.close_block()
    walk.classes.append(ClassFact(symbol, (base,)))
    return symbol


def enum_constant(walk: JavaWalk, node: Node) -> int:
    """A constant of an enum; with arguments it is a call of the enum's constructor."""
    name, arguments, block = None, None, None
    for child in parts(node):
        if child.type == "identifier":
            name = child
        elif child.type == "argument_list":
            arguments = child
        elif child.type == "class_body":
            block = child
        else:
            modifiers.modifiers(walk, child)
    if name is None:
        return NONE
    text, owner = walk.word(name), walk.type
    span, name_span = (node.start_byte, node.end_byte), (name.start_byte, name.end_byte)
    walk.open_symbol(text, "enum-member", owner, span, name_span, EXPORTED | STATIC)
    of = walk.expr((DEF, owner))
    if arguments is not None:
        at = len(walk.references) + 4
        walk.refer(*name_span, CALLS, walk.within, of)
        args = []
        for child in parts(arguments):
            args.append(walk.on[child.kind_id](walk, child))
        callee = walk.references[at] = walk.expr((TAKES, of, tuple(args)))
        walk.expr((CALL, callee, tuple(args), ()))
    value = walk.expr((INSTANCE, of))
    if block is not None:
        value = walk.expr((INSTANCE, walk.expr((DEF, anonymous_class(walk, block.children[0], block, of)))))
    walk.bindings.append(Binding(owner, text, value, name.start_byte))
    return NONE


HANDLERS: Final[dict[str, Handler]] = {
    **dict.fromkeys(KINDS, class_like),
    "enum_constant": enum_constant,
}
