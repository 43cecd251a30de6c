"""Rust: items: functions, structs, enums, traits, impls, constants, modules, macros, and their attributes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    ASYNC,
    CONDITIONAL,
    DECORATED,
    DEF,
    EXPORTED,
    IMPORT,
    IMPORTS,
    INHERITS,
    NAME,
    NONE,
    OVERRIDE,
    POSITIONAL,
    READS,
    SELF,
    STATIC,
    TEST,
    VARARGS,
    Binding,
    FunctionFact,
    ImportFact,
    Param,
)
from codeagent.languages.lowering.rust_macros import macro_arguments, scan_tokens
from codeagent.languages.lowering.rust_paths import prefix
from codeagent.languages.lowering.rust_patterns import bind_pattern
from codeagent.languages.lowering.rust_types import keep_bounds, lower_type, parameters
from codeagent.languages.lowering.rust_walk import Handler, Walk, descend, words

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
_BUILT_IN: Final = words("""
    cfg cfg_attr test ignore should_panic derive inline cold allow warn deny forbid expect must_use doc deprecated
    repr non_exhaustive no_mangle export_name link_section link target_feature track_caller automatically_derived
    macro_use macro_export path feature global_allocator panic_handler default bench rustfmt clippy
""")
_TESTS: Final = frozenset({"test", "bench", "rstest", "test_case", "quickcheck", "proptest", "wasm_bindgen_test"})
_DERIVED: Final = {
    "Default": ("default",),
    "Clone": ("clone",),
    "PartialEq": ("eq", "ne"),
    "PartialOrd": ("partial_cmp",),
    "Ord": ("cmp",),
    "Hash": ("hash",),
}
_PATH_STRING: Final = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*\Z")
_PATH_KEYS: Final = re.compile(r"\b(?:default|\w*with|\w*if|\w*fn|from|into|parse\w*|value_parser|function)\s*=\s*$")


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
        _visibility(walk, node) | (DECORATED if attributes else 0),
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
    return descend(walk, node, 0)


def attribute(walk: Walk, node: Node, scope: int) -> int:
    walk.attributes.append(node)
    return NONE


def take_attributes(walk: Walk, node: Node, scope: int) -> tuple[int, int, tuple[int, ...]]:
    """Use up the attributes before an item: where it starts, its flags, and what it derives."""
    if not walk.attributes:
        return node.start_byte, 0, ()
    taken = _adjoining(walk, node)
    if not taken:
        return node.start_byte, 0, ()
    flags, derived = DECORATED, []
    for item in taken:
        inner = walk.children(item)[0]
        parts = walk.children(inner)
        if not parts:
            continue
        text = walk.word(parts[0])
        last = text.rpartition("::")[2]
        if last in _TESTS:
            flags |= TEST
        if last in ("cfg", "cfg_attr"):
            flags |= CONDITIONAL
            if last == "cfg" and "test" in walk.word(inner) and "not(test" not in walk.word(inner):
                flags |= TEST
        elif last in ("no_mangle", "export_name"):
            flags |= EXPORTED
        if last == "derive" and len(parts) > 1:
            derived += scan_tokens(walk, parts[1], scope, READS)
        elif text not in _BUILT_IN and text.partition("::")[0] not in _BUILT_IN:
            value = prefix(walk, parts[0], scope)
            if value != NONE:
                derived.append(value)
            _path_strings(walk, inner, scope)
    return taken[0].start_byte, flags, tuple(value for value in derived if value != NONE)


def _adjoining(walk: Walk, node: Node) -> list[Node]:
    """Those of the attributes seen last that stand right before an item."""
    taken: list[Node] = []
    edge = node.start_byte
    for item in reversed(walk.attributes):
        between = walk.chars[item.end_byte : edge].strip()
        if between and not between.startswith(("//", "/*")):
            break
        taken.append(item)
        edge = item.start_byte
    walk.attributes = []
    return taken[::-1]


def _path_strings(walk: Walk, node: Node, scope: int) -> None:
    """`#[serde(default = "path::to")]`: strings that name a function are read as one."""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type == "string_content":
            text, start = walk.word(current), current.start_byte
            if _PATH_STRING.match(text) and _PATH_KEYS.search(walk.chars[max(0, start - 60) : start - 1]):
                value = walk.expr((NAME, walk.items, text.partition("::")[0]))
                for part in text.split("::")[1:]:
                    value = walk.attr(value, part)
                walk.references += (
                    current.end_byte - len(text.rpartition("::")[2]),
                    current.end_byte,
                    READS,
                    scope,
                    value,
                )
        pending.extend(current.named_children)


def _visibility(walk: Walk, node: Node) -> int:
    first = next((child for child in node.named_children if child.type == "visibility_modifier"), None)
    return EXPORTED if first is not None and "self" not in walk.word(first) else 0


# --- functions ----------------------------------------------------------------------------------------


def function(walk: Walk, node: Node, scope: int) -> int:
    """A free function, a method of an impl or trait, or a signature without a body."""
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return NONE
    name = walk.word(name_node)
    start, flags, _ = take_attributes(walk, node, scope)
    flags |= _visibility(walk, node) | walk.member_flags
    member = walk.self_type != NONE
    parent = scope
    if member and walk.owner == NONE:
        name, parent = f"{walk.owner_name}.{name}", walk.module
    body = node.child_by_field_name("body")
    if body is None:
        flags |= ABSTRACT
    if any(child.type == "function_modifiers" and "async" in walk.word(child) for child in node.children):
        flags |= ASYNC
    parameter_list = node.child_by_field_name("parameters")
    if member and not (parameter_list is not None and _has_receiver(parameter_list)):
        flags |= STATIC
    symbol = walk.open_symbol(
        name, "method" if member else "function", parent,
        (start, node.end_byte), (name_node.start_byte, name_node.end_byte), flags,
    )  # fmt: skip
    with _callable(walk, symbol, closed=not member):
        parameters(walk, node, scope)
        params = _parameters(walk, parameter_list, symbol, scope) if parameter_list is not None else ()
        returns = lower_type(walk, node.child_by_field_name("return_type"), scope)
        results = _body(walk, body, symbol) if body is not None else ()
        if returns != NONE:
            results = ()
    owner = walk.self_type if member and walk.owner == NONE else NONE
    walk.functions.append(FunctionFact(symbol, params, returns, results, owner=owner))
    return NONE


@contextmanager
def _callable(walk: Walk, symbol: int, *, closed: bool) -> Iterator[None]:
    """The state in which a callable's inside is walked; `closed`: `Self` is not seen in it."""
    saved = (walk.locals, walk.generics, walk.results, walk.items, walk.member_flags)
    walk.locals, walk.results, walk.member_flags = {}, [], 0
    walk.generics = dict(walk.generics)
    outer = (walk.owner, walk.self_type, walk.receiver, walk.owner_name)
    if closed:
        walk.owner, walk.self_type, walk.receiver, walk.owner_name = NONE, NONE, NONE, ""
    mark = walk.mark()
    walk.branches[symbol] = 0
    try:
        yield
    finally:
        walk.release(mark)
        walk.locals, walk.generics, walk.results, walk.items, walk.member_flags = saved
        walk.owner, walk.self_type, walk.receiver, walk.owner_name = outer


def _body(walk: Walk, body: Node, symbol: int) -> tuple[int, ...]:
    """Walk a body; one that is nested too deeply is left where Python's stack ends."""
    try:
        value = walk.visit(body, symbol)
    except RecursionError:
        walk.dynamic.append(body.start_byte)
        walk.attributes = []
        return ()
    return tuple(dict.fromkeys(result for result in (*walk.results, value) if result != NONE))


def _has_receiver(node: Node) -> bool:
    for child in node.named_children:
        if child.type == "self_parameter":
            return True
        if child.type == "parameter":
            return any(part.type == "self" for part in child.named_children)
    return False


def _parameters(walk: Walk, node: Node, symbol: int, scope: int) -> tuple[Param, ...]:
    params: list[Param] = []
    for child in walk.children(node):
        kind = child.type
        if kind == "attribute_item":
            continue
        if kind == "self_parameter":
            params.append(Param("self", POSITIONAL, walk.self_type, NONE, child.end_byte - 4))
        elif kind == "variadic_parameter":
            params.append(Param("...", VARARGS, start=child.start_byte))
        elif kind == "parameter":
            params.append(_parameter(walk, child, symbol, scope))
        else:
            lower_type(walk, child, scope)
    return tuple(params)


def _parameter(walk: Walk, node: Node, symbol: int, scope: int) -> Param:
    pattern = node.child_by_field_name("pattern")
    type_ = lower_type(walk, node.child_by_field_name("type"), scope)
    if pattern is None:
        return Param("_", POSITIONAL, type_, NONE, node.start_byte)
    if pattern.type == "self":
        return Param("self", POSITIONAL, walk.self_type, NONE, pattern.start_byte)
    value = walk.instance(type_)
    target = pattern
    if pattern.type in ("mut_pattern", "ref_pattern"):
        target = walk.children(pattern)[-1]
    if target.type == "identifier":
        name = walk.word(target)
        mutable = any(part.type == "mutable_specifier" for part in (*node.children, *pattern.children))
        walk.parameter(name, NONE if mutable else value, symbol)
        return Param(name, POSITIONAL, type_, NONE, target.start_byte)
    bind_pattern(walk, pattern, value, symbol)
    return Param("_", POSITIONAL, type_, NONE, pattern.start_byte)


# --- types -----------------------------------------------------------------------------------------------


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
    _derive(walk, symbol, derived)
    generics, walk.generics = walk.generics, dict(walk.generics)
    names = parameters(walk, node, scope)
    keep_bounds(walk, symbol, names)
    if node.type != "trait_item":
        for parameter in names:
            walk.generics[parameter] = walk.attr(walk.expr((DEF, symbol)), f"<{parameter}>")
    _DEFINITIONS[node.type](walk, node, symbol, scope)
    walk.generics = generics
    return NONE


def _derive(walk: Walk, symbol: int, derived: tuple[int, ...]) -> None:
    """Methods that `#[derive(…)]` writes are those of the standard trait."""
    for value in derived:
        expr = walk.exprs[value]
        for method in _DERIVED.get(str(expr[2]), ()) if expr[0] == NAME else ():
            walk.bindings.append(Binding(symbol, method, walk.attr(value, method), walk.symbols[symbol].name_start))


def _struct(walk: Walk, node: Node, symbol: int, scope: int) -> None:
    body = node.child_by_field_name("body")
    if body is not None:
        with _self(walk, symbol, walk.word(node.child_by_field_name("name") or node)):
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
            walk.fields.append((text, symbol, (start, child.end_byte), span, flags | _visibility(walk, child)))
            walk.bindings.append(Binding(owner, variant + text, walk.instance(type_), name.start_byte))
        elif kind != "visibility_modifier":
            walk.attributes = []
            value = walk.instance(lower_type(walk, child, symbol))
            walk.bindings.append(Binding(owner, f"{variant}{position}", value, child.start_byte))
            position += 1


def _enum(walk: Walk, node: Node, symbol: int, scope: int) -> None:
    body = node.child_by_field_name("body")
    itself = walk.instance(walk.expr((DEF, symbol)))
    with _self(walk, symbol, ""):
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
        bases.append(_inherit(walk, child, symbol))
    walk.bases.setdefault(symbol, []).extend(base for base in bases if base != NONE)
    body = node.child_by_field_name("body")
    if body is not None:
        exported = walk.symbols[symbol].flags & EXPORTED
        with _self(walk, symbol, "", exported):
            _members(walk, body, symbol)


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


def _inherit(walk: Walk, node: Node, symbol: int) -> int:
    """Lower a supertrait or implemented trait; its name is an INHERITS reference from the type."""
    before = len(walk.references)
    value = lower_type(walk, node, symbol)
    refs = walk.references
    exprs = walk.exprs
    base = value
    if value != NONE and exprs[value][0] == TYPED_KIND:
        base = int(str(exprs[value][1]))
    for i in range(before, len(refs), 5):
        if refs[i + 4] == base:
            refs[i + 2] = INHERITS
            break
    return base


TYPED_KIND: Final = 17


@contextmanager
def _self(walk: Walk, symbol: int, name: str, flags: int = 0) -> Iterator[None]:
    """Inside a type that this file defines."""
    saved = (walk.owner, walk.self_type, walk.receiver, walk.owner_name, walk.associated, walk.member_flags)
    walk.owner, walk.self_type = symbol, walk.expr((DEF, symbol))
    walk.receiver, walk.owner_name = walk.expr((SELF, symbol)), name
    walk.associated, walk.member_flags = {}, flags
    try:
        yield
    finally:
        walk.owner, walk.self_type, walk.receiver, walk.owner_name, walk.associated, walk.member_flags = saved


# --- impl ---------------------------------------------------------------------------------------------------


def impl(walk: Walk, node: Node, scope: int) -> int:
    """`impl Type` and `impl Trait for Type`: methods belong to the type, the trait is a base of it."""
    take_attributes(walk, node, scope)
    type_node, trait_node = node.child_by_field_name("type"), node.child_by_field_name("trait")
    if type_node is None:
        return NONE
    generics, walk.generics = walk.generics, dict(walk.generics)
    parameters(walk, node, scope)
    owner, name = _owner(walk, type_node)
    type_ = lower_type(walk, type_node, scope)
    if owner != NONE:
        keep_bounds(walk, owner, _argument_names(walk, type_node))
    trait = _inherit(walk, trait_node, owner if owner != NONE else scope) if trait_node is not None else NONE
    if type_ == NONE:
        type_ = trait  # `impl<T> Trait for T`: whoever has the trait
    flags = OVERRIDE | EXPORTED if trait_node is not None else 0
    body = node.child_by_field_name("body")
    with _self(walk, owner, name, flags):
        if owner == NONE:
            walk.self_type, walk.receiver = type_, walk.instance(type_)
            if type_ == NONE:
                walk.self_type = walk.expr((NAME, 0, name))
        elif trait != NONE:
            walk.bases.setdefault(owner, []).append(trait)
        if body is not None:
            _members(walk, body, owner if owner != NONE else scope)
    if owner == NONE and trait != NONE and type_ != trait:
        walk.adopted.append((type_, trait))
    walk.generics = generics
    return NONE


def _members(walk: Walk, body: Node, scope: int) -> None:
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


def _owner(walk: Walk, node: Node) -> tuple[int, str]:
    """The symbol of the type of an impl where this file defines it, and the type's bare name."""
    node = _bare(walk, node)
    text = walk.word(node)
    anchor, _, name = text.rpartition("::")
    name = re.sub(r"\W.*", "", name.lstrip("&'([ ")) or "Self"
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


# --- the rest ---------------------------------------------------------------------------------------------------


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
    if walk.self_type != NONE and walk.owner == NONE:
        parent, label = walk.module, f"{walk.owner_name}.{text}"
    flags |= _visibility(walk, node) | walk.member_flags
    walk.open_symbol(label, kind, parent, (start, node.end_byte), (name.start_byte, name.end_byte), flags)
    declared = walk.instance(type_)
    walk.bindings.append(Binding(parent, label, declared if declared != NONE else value, name.start_byte))
    return NONE


def module(walk: Walk, node: Node, scope: int) -> int:
    """`mod name { … }` is a namespace of this file, `mod name;` another file."""
    name = node.child_by_field_name("name")
    if name is None:
        return NONE
    path = _path_attribute(walk)
    start, flags, _ = take_attributes(walk, node, scope)
    text, span = walk.word(name), (name.start_byte, name.end_byte)
    body = node.child_by_field_name("body")
    spec = walk.module_spec("self", (text,))
    if body is None and path:
        spec = "/".join((".", *walk.inline, path))
    value = walk.expr((IMPORT, spec, None))
    walk.bindings.append(Binding(walk.items, text, value, span[0]))
    if body is None:
        walk.imports.append(ImportFact(spec, None, None, scope, *span, 4 if flags & CONDITIONAL else 0))
        walk.references += (*span, IMPORTS, scope, value)
        if flags & DECORATED and "macro_use" in walk.chars[start : span[0]]:
            walk.imports.append(ImportFact(spec, "*", None, walk.items, *span))
        return NONE
    symbol = walk.open_symbol(text, "namespace", scope, (start, node.end_byte), span, flags | _visibility(walk, node))
    saved = (walk.module, walk.items, walk.inline, walk.locals, walk.generics)
    walk.module = walk.items = symbol
    walk.inline, walk.locals, walk.generics = (*walk.inline, text), {}, {}
    declare(walk, body.named_children, symbol)
    descend(walk, body, symbol)
    walk.attributes = []
    walk.module, walk.items, walk.inline, walk.locals, walk.generics = saved
    return NONE


def _path_attribute(walk: Walk) -> str:
    """The file that `#[path = "…"]` names, or ""."""
    for item in walk.attributes:
        match = re.match(r'#\s*\[\s*path\s*=\s*"([^"]*)"', walk.word(item))
        if match:
            return match[1]
    return ""


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
    with _callable(walk, symbol, closed=True):
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


_DEFINITIONS: Final = {
    "struct_item": _struct,
    "union_item": _struct,
    "enum_item": _enum,
    "trait_item": _trait,
    "type_item": _alias,
}

HANDLERS: Final[dict[str, Handler]] = {
    "source_file": source_file,
    "attribute_item": attribute,
    "function_item": function,
    "function_signature_item": function,
    **dict.fromkeys(_TYPE_ITEMS, type_definition),
    "associated_type": type_definition,
    "impl_item": impl,
    "const_item": constant,
    "static_item": constant,
    "mod_item": module,
    "macro_definition": macro_definition,
    "foreign_mod_item": extern_block,
}
