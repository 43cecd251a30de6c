"""Rust: what stands in a module or block: constants, modules, macros; and which names it declares."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    CONDITIONAL,
    DECORATED,
    EXPORTED,
    IMPORT,
    IMPORTS,
    NONE,
    Binding,
    FunctionFact,
    ImportFact,
)
from codeagent.languages.lowering.depth import cut
from codeagent.languages.lowering.rust_attributes import take_attributes, visibility
from codeagent.languages.lowering.rust_functions import callable_scope
from codeagent.languages.lowering.rust_macros import macro_arguments
from codeagent.languages.lowering.rust_types import lower_type
from codeagent.languages.lowering.rust_walk import Handler, Walk, descend

_ATTRIBUTE: Final = re.compile(r"#\s*\[\s*(path|cfg_attr)\b")
_PATH: Final = re.compile(r'\bpath\s*=\s*"([^"]*)"')
_TYPE_ITEMS: Final = {
    "struct_item": "struct",
    "union_item": "struct",
    "enum_item": "enum",
    "trait_item": "trait",
    "type_item": "type",
}


_NAMED_ITEMS: Final = frozenset((
    *_TYPE_ITEMS, "function_item", "function_signature_item", "const_item", "static_item", "mod_item",
    "macro_definition",
))  # fmt: skip


ITEMS: Final = frozenset((*_NAMED_ITEMS, "impl_item", "use_declaration", "extern_crate_declaration"))


def declare(walk: Walk, children: list[Node], scope: int) -> None:
    """Note the names of the items of a block or module before any of them is walked, and open its types."""
    names = walk.declared.setdefault(walk.items, set())
    pending: list[Node] = []
    for child in children:
        kind = child.type
        if kind == "attribute_item":
            pending.append(child)
            continue
        if kind in _NAMED_ITEMS:
            name = child.child_by_field_name("name")
            if name is not None:
                names.add(walk.word(name))
                if kind in _TYPE_ITEMS:
                    _open_type(walk, child, name, scope, pending)
        pending = []


def _open_type(walk: Walk, node: Node, name: Node, scope: int, attributes: list[Node]) -> None:
    start = attributes[0].start_byte if attributes else node.start_byte
    symbol = walk.open_symbol(
        walk.word(name), _TYPE_ITEMS[node.type], scope, (start, node.end_byte), (name.start_byte, name.end_byte),
        visibility(walk, node) | (DECORATED if attributes else 0),
    )  # fmt: skip
    walk.opened[node.id] = symbol
    walk.types.setdefault((walk.items, walk.word(name)), symbol)
    own = node.child_by_field_name("type_parameters")
    if own is not None:
        walk.parameters_of[symbol] = [
            walk.word(walk.children(child)[0])
            for child in walk.children(own)
            if child.type in ("type_parameter", "const_parameter")
        ]


def source_file(walk: Walk, node: Node, scope: int) -> int:
    declare(walk, node.named_children, 0)
    outside = (walk.module, walk.items, walk.inline, walk.locals, walk.generics)
    for child in node.named_children:
        try:
            walk.visit(child, 0)
        except RecursionError as error:  # the rest of the file is still read
            cut(error)
            walk.dynamic.append(child.start_byte)
            walk.module, walk.items, walk.inline, walk.locals, walk.generics = outside
    return NONE


def constant(walk: Walk, node: Node, scope: int) -> int:
    """const and static, at module level, in a function or in an impl."""
    start, flags, _ = take_attributes(walk, node, scope)
    name = node.child_by_field_name("name")
    if name is None:
        return NONE
    text = walk.word(name)
    type_ = lower_type(walk, node.child_by_field_name("type"), scope)
    value_node = node.child_by_field_name("value")
    value = walk.visit(value_node, scope) if value_node is not None else NONE
    kind = "variable" if any(child.type == "mutable_specifier" for child in node.children) else "constant"
    parent, label = scope, text
    if walk.member and walk.owner == NONE:
        parent, label = walk.module, f"{walk.owner_name}.{text}"
    flags |= visibility(walk, node) | walk.member_flags
    walk.open_symbol(label, kind, parent, (start, node.end_byte), (name.start_byte, name.end_byte), flags)
    declared = walk.instance(type_)
    walk.bindings.append(Binding(parent, label, declared if declared != NONE else value, name.start_byte))
    return NONE


def module(walk: Walk, node: Node, scope: int) -> int:
    """`mod name { … }` is a namespace of this file, `mod name;` another file."""
    name = node.child_by_field_name("name")
    if name is None:
        return NONE
    paths = _path_attributes(walk)
    start, flags, _ = take_attributes(walk, node, scope)
    text, span = walk.word(name), (name.start_byte, name.end_byte)
    body = node.child_by_field_name("body")
    if body is None:
        macros = bool(flags & DECORATED) and "macro_use" in walk.chars[start : span[0]]
        specs = ["/".join((".", *walk.inline, path)) if path else walk.module_spec("self", (text,)) for path in paths]
        for spec in specs:
            if spec.startswith("./"):
                walk.given.append(f"{'.'.join((*walk.inline, text))}={spec}")
            _file_module(walk, scope, text, span, spec, bool(flags & CONDITIONAL) or len(specs) > 1, macros)
        return NONE
    spec = walk.module_spec("self", (text,))
    walk.bindings.append(Binding(walk.items, text, walk.expr((IMPORT, spec, None)), span[0]))
    symbol = walk.open_symbol(text, "namespace", scope, (start, node.end_byte), span, flags | visibility(walk, node))
    saved = (walk.module, walk.items, walk.inline, walk.locals, walk.generics)
    walk.module = walk.items = symbol
    walk.inline, walk.locals, walk.generics = (*walk.inline, text), {}, {}
    declare(walk, body.named_children, symbol)
    descend(walk, body, symbol)
    walk.attributes = []
    walk.module, walk.items, walk.inline, walk.locals, walk.generics = saved
    return NONE


def _file_module(
    walk: Walk, scope: int, name: str, span: tuple[int, int], spec: str, conditional: bool, macros: bool
) -> None:
    """A module that is another file; with `macros` what that defines is in scope from here on."""
    value = walk.expr((IMPORT, spec, None))
    walk.bindings.append(Binding(walk.items, name, value, span[0]))
    walk.imports.append(ImportFact(spec, None, None, scope, *span, 4 if conditional else 0))
    walk.references += (*span, IMPORTS, scope, value)
    if macros:
        walk.imports.append(ImportFact(spec, "*", None, walk.items, *span))


def _path_attributes(walk: Walk) -> list[str]:
    """The files that `#[path = "…"]` names, or `#[cfg_attr(…, path = "…")]` for some builds; "" for the usual one."""
    found = [""]
    for item in walk.attributes:
        text = walk.word(item)
        if (attribute := _ATTRIBUTE.match(text)) and (path := _PATH.search(text)):
            found = [path[1]] if attribute[1] == "path" else [*found, path[1]]
    return found


def macro_definition(walk: Walk, node: Node, scope: int) -> int:
    start, flags, _ = take_attributes(walk, node, scope)
    name = node.child_by_field_name("name")
    if name is None:
        return NONE
    if "macro_export" in walk.chars[start : node.start_byte]:
        flags |= EXPORTED
    symbol = walk.open_symbol(
        walk.word(name), "macro", scope, (start, node.end_byte), (name.start_byte, name.end_byte), flags
    )
    with callable_scope(walk, symbol, closed=True):
        for rule in walk.children(node)[1:]:
            right = rule.child_by_field_name("right")
            if right is not None:
                macro_arguments(walk, right, symbol)
    walk.functions.append(FunctionFact(symbol))
    return NONE


def extern_block(walk: Walk, node: Node, scope: int) -> int:
    take_attributes(walk, node, scope)
    body = node.child_by_field_name("body")
    if body is not None:
        declare(walk, body.named_children, scope)
        descend(walk, body, scope)
    walk.attributes = []
    return NONE


HANDLERS: Final[dict[str, Handler]] = {
    "source_file": source_file,
    "const_item": constant,
    "static_item": constant,
    "mod_item": module,
    "macro_definition": macro_definition,
    "foreign_mod_item": extern_block,
}
