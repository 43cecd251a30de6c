"""Go: the members of structs and interfaces."""

from tree_sitter import Node

from codeagent.domain.facts import ABSTRACT, EXPORTED, NONE, Binding, ClassFact, FunctionFact, Param
from codeagent.languages.lowering import go_types as types
from codeagent.languages.lowering.blocks import BlockWalk


def struct_members(walk: BlockWalk, symbol: int, node: Node) -> None:
    """Give a struct its fields; embedded types are bases as well."""
    bases = []
    around, walk.within = walk.within, symbol
    for name, value, embedded in types.fields_of(walk, node):
        text = walk.word(name)
        flags = EXPORTED if text[:1].isupper() else 0
        span = (name.start_byte, name.end_byte)
        walk.open_symbol(text, "field", symbol, span, span, flags)
        if value != NONE:
            walk.bindings.append(Binding(symbol, text, walk.instance(value), name.start_byte))
            if embedded:
                bases.append(value)
    walk.within = around
    walk.classes.append(ClassFact(symbol, tuple(bases)))


def interface_members(walk: BlockWalk, symbol: int, node: Node) -> None:
    """Give an interface its method signatures; embedded interfaces are bases."""
    bases = []
    around, walk.within = walk.within, symbol
    for child in node.named_children:
        if child.type == "method_elem":
            _signature(walk, symbol, child)
        elif child.type == "type_elem":
            start = len(walk.references)
            base = types.lower_type(walk, child)
            if base != NONE:
                bases.append(base)
                name = types.last_name(child)
                if name is not None:
                    types.inherit(walk, start, name)
        else:
            walk.on[child.kind_id](walk, child)
    walk.within = around
    walk.classes.append(ClassFact(symbol, tuple(bases)))


def _signature(walk: BlockWalk, symbol: int, node: Node) -> None:
    name, *parts = node.named_children
    text = walk.word(name)
    flags = ABSTRACT | (EXPORTED if text[:1].isupper() else 0)
    method = walk.open_symbol(
        text, "method", symbol, (node.start_byte, node.end_byte), (name.start_byte, name.end_byte), flags
    )
    params: tuple[Param, ...] | None = None
    returns = NONE
    for part in parts:
        if part.type == "parameter_list" and params is None:
            params = types.parameters(walk, part)
        elif part.type != types.COMMENT:
            returns, _ = types.result_type(walk, part)
    walk.functions.append(FunctionFact(method, params or (), returns))
