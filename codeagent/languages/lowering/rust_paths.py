"""Rust: paths, and the items that bring names in: `use`, `mod name;`, `extern crate`."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import CALLABLE_KINDS, IMPORT, IMPORTS, NAME, NONE, READS, Binding, ImportFact
from codeagent.languages.lowering.rust_types import bracketed, type_arguments
from codeagent.languages.lowering.rust_walk import Handler, Walk

_RE_EXPORT: Final = 2  # ImportFact flags
_ANCHORS: Final = frozenset({"crate", "self", "super", "$crate"})


def identifier(walk: Walk, node: Node, scope: int, role: int = READS) -> int:
    """A bare name: a local, a type parameter, or an item."""
    start, end = node.start_byte, node.end_byte
    name = walk.word(node)
    if name in walk.locals:
        index = walk.locals[name]
        if index != NONE and walk.tracing:
            walk.references += (start, end, role, scope, index)
        return index
    if name in walk.generics:
        return walk.bound_of.get(walk.generics[name], walk.generics[name])
    if name == "Self":
        return walk.self_type
    index = walk.expr((NAME, walk.items, name))
    walk.references += (start, end, role, scope, index)
    return index


def self_value(walk: Walk, node: Node, scope: int) -> int:
    """The receiver."""
    return walk.receiver


def scoped(walk: Walk, node: Node, scope: int, role: int = READS) -> int:
    """A path of several names: READ references for all but the last, which gets `role`."""
    children = walk.children(node)
    if not children:
        return NONE
    name = children[-1]
    start, end, text = name.start_byte, name.end_byte, walk.word(name)
    if len(children) == 1:  # ::name
        value = walk.expr((IMPORT, f"::{text}", None))
    else:
        anchor, names = _anchored(walk, children[0], scope)
        if anchor:
            if names:
                value = walk.expr((IMPORT, walk.module_spec(anchor, names), text))
            else:
                value = walk.item_of(anchor, text)
        else:
            value = walk.attr(prefix(walk, children[0], scope), text)
    if value != NONE:
        walk.references += (start, end, role, scope, value)
    return value


def prefix(walk: Walk, node: Node, scope: int) -> int:
    """The value of what stands before `::`."""
    kind = node.type
    if kind in ("scoped_identifier", "scoped_type_identifier"):
        return scoped(walk, node, scope)
    if kind in ("identifier", "type_identifier"):
        return head(walk, node, scope)
    if kind in ("generic_type", "generic_type_with_turbofish"):
        base, *arguments = walk.children(node)
        for child in arguments:
            type_arguments(walk, child, scope)
        return prefix(walk, base, scope)
    if kind == "bracketed_type":
        return bracketed(walk, node, scope)
    return walk.visit(node, scope)


def head(walk: Walk, node: Node, scope: int) -> int:
    """The first name of a path: an item, a type parameter, `Self`, or another crate."""
    name = walk.word(node)
    if name == "Self":
        return walk.self_type
    if name in walk.generics:
        return walk.bound_of.get(walk.generics[name], walk.generics[name])
    items = _past_locals(walk, name)
    index = walk.expr((NAME, items, name))
    walk.heads[index] = (items, name)
    walk.references += (node.start_byte, node.end_byte, READS, scope, index)
    return index


def _past_locals(walk: Walk, name: str) -> int:
    """The scope in which the head of a path is looked up: a variable of the name hides no module or type."""
    items = walk.items
    while items > 0 and name in walk.locals and walk.symbols[items].kind in CALLABLE_KINDS:
        here = (one.value for one in walk.bindings if one.scope == items and one.name == name and one.value != NONE)
        if any(walk.exprs[value][0] == IMPORT for value in here):
            break  # `use a::b as name;` in the function itself
        items = walk.symbols[items].parent
    return items


def _anchored(walk: Walk, node: Node, scope: int) -> tuple[str, tuple[str, ...]]:
    """Split `crate::a::b` into its anchor and the modules after it; ("", ()) for any other path.

    By Rust's naming rules a module's name is lower case: `crate::a::Type` is not one."""
    parts: list[Node] = []
    current = node
    while current.type in ("scoped_identifier", "scoped_type_identifier"):
        children = walk.children(current)
        if len(children) != 2 or children[0].type in ("bracketed_type", "generic_type"):
            return "", ()
        parts.append(children[1])
        current = children[0]
    anchor = anchor_of(walk, current)
    while parts and parts[-1].type == "super":
        parts.pop()
        anchor = f"{anchor}::super" if anchor != "self" else "super"
    if not anchor or any(not walk.word(part)[:1].islower() and walk.word(part)[:1] != "_" for part in parts):
        return "", ()
    names: tuple[str, ...] = ()
    for part in reversed(parts):
        text = walk.word(part)
        value = walk.expr((IMPORT, walk.module_spec(anchor, names), text)) if names else walk.item_of(anchor, text)
        walk.references += (part.start_byte, part.end_byte, READS, scope, value)
        names = (*names, text)
    return anchor, names


def anchor_of(walk: Walk, node: Node) -> str:
    """`crate`, `self` or `super` where a node is that word, else ""."""
    if node.type in ("crate", "self", "super", "metavariable"):
        text = walk.word(node)
        return text.removeprefix("$") if text in _ANCHORS else ""
    return ""


# --- use ----------------------------------------------------------------------------------------------


def use_declaration(walk: Walk, node: Node, scope: int) -> int:
    """`use` trees: every leaf binds a name in the scope around; a glob brings all names."""
    flags = 0
    for child in walk.children(node):
        if child.type == "visibility_modifier":
            flags = _RE_EXPORT
        else:
            _tree(walk, child, (), scope, flags)
    return NONE


def _tree(walk: Walk, node: Node, before: tuple[str, ...], scope: int, flags: int) -> None:
    kind, children = node.type, walk.children(node)
    if kind == "use_list":
        for child in children:
            _tree(walk, child, before, scope, flags)
    elif kind == "scoped_use_list":
        inner = _segments(walk, children[0], before, scope) if len(children) > 1 else before or ("",)
        _tree(walk, children[-1], inner, scope, flags)
    elif kind == "use_wildcard":
        _star(walk, node, _segments(walk, children[0], before, scope) if children else before, scope, flags)
    elif kind == "use_as_clause" and len(children) == 2:
        _bring(walk, children[0], before, scope, flags, children[1])
    elif kind == "use_as_clause":  # `as _`: only the methods of a trait come in
        _bring(walk, children[0], before, scope, flags, None, False)
    else:
        _bring(walk, node, before, scope, flags)


def _segments(walk: Walk, node: Node, before: tuple[str, ...], scope: int) -> tuple[str, ...]:
    """The names of a path inside a `use`, each read as the module or type it stands for."""
    nodes: list[Node] = []
    current = node
    while current.type == "scoped_identifier":
        children = walk.children(current)
        nodes.append(children[-1])
        if len(children) < 2:
            before = ("",)
            break
        current = children[0]
    else:
        nodes.append(current)
    names = before
    for part in reversed(nodes):
        if part.type == "identifier":
            value = _imported(walk, names, walk.word(part))
            walk.references += (part.start_byte, part.end_byte, READS, scope, value)
        names = (*names, walk.word(part).removeprefix("$"))
    return names


def _imported(walk: Walk, names: tuple[str, ...], name: str) -> int:
    """The expression of `name` under the path `names` of a `use`."""
    if not names:
        if _is_own(walk, name):
            return walk.expr((IMPORT, walk.module_spec("self"), name))
        return walk.expr((IMPORT, name, None))
    return walk.expr((IMPORT, _spec(walk, names), name))


def _spec(walk: Walk, names: tuple[str, ...]) -> str:
    """The spec of a path of a `use`, as seen from the file's own module."""
    first = names[0]
    ups = 0
    while ups < len(names) and names[ups] == "super":
        ups += 1
    if first == "self" and len(names) > 1 and names[1] == "super":
        return _spec(walk, names[1:])
    if ups:
        return walk.module_spec("::".join(["super"] * ups), names[ups:])
    if first in ("crate", "self"):
        return walk.module_spec(first, names[1:])
    if first and _is_own(walk, first):
        return walk.module_spec("self", names)
    return "::".join(names)


def _is_own(walk: Walk, name: str) -> bool:
    """Whether the module around declares `name` itself."""
    return name in walk.declared.get(walk.module, ())


def _bring(
    walk: Walk,
    node: Node,
    before: tuple[str, ...],
    scope: int,
    flags: int,
    alias: Node | None = None,
    binds: bool = True,
) -> None:
    """One leaf of a `use` tree."""
    children = walk.children(node) if node.type == "scoped_identifier" else [node]
    names = _segments(walk, children[0], before, scope) if len(children) > 1 else before
    if node.type == "scoped_identifier" and len(children) == 1:
        names = ("",)
    last = children[-1]
    text = walk.word(last)
    if last.type == "self" and names:  # use a::{self}
        spec, name, value = _spec(walk, names), None, _imported(walk, names[:-1], names[-1])
        text = names[-1]
    elif last.type in ("self", "crate", "super"):
        spec, name = _spec(walk, (*names, text)), None
        value = walk.expr((IMPORT, spec, None))
    elif names:
        spec, name = _spec(walk, names), text
        value = walk.expr((IMPORT, spec, name))
    else:
        spec, name, value = text, None, _imported(walk, (), text)
    bound = walk.word(alias) if alias is not None else None
    walk.imports.append(ImportFact(spec, name, bound, walk.items, last.start_byte, last.end_byte, flags))
    walk.references += (last.start_byte, last.end_byte, IMPORTS, scope, value)
    if binds and (bound or text) not in _ANCHORS and value != walk.expr((NAME, walk.items, bound or text)):
        place = alias if alias is not None else last
        walk.bindings.append(Binding(walk.items, bound or text, value, place.start_byte))
        walk.declared.setdefault(walk.items, set()).add(bound or text)


def _star(walk: Walk, node: Node, names: tuple[str, ...], scope: int, flags: int) -> None:
    """`use path::*`; the parent of an inline module needs no import to be seen."""
    spec = _spec(walk, names) if names else ""
    start, end = node.start_byte, node.end_byte
    if names and all(name == "super" for name in names) and len(names) <= len(walk.inline):
        return
    for place in sorted({0, walk.module, walk.items}):  # a name is looked for under the stars of the whole file
        walk.imports.append(ImportFact(spec, "*", None, place, start, end, flags))
    walk.references += (start, end, IMPORTS, scope, walk.expr((IMPORT, spec, None)))
    walk.stars.add(walk.items)


def extern_crate(walk: Walk, node: Node, scope: int) -> int:
    """`extern crate name as alias;`"""
    children = [child for child in walk.children(node) if child.type == "identifier"]
    if not children:
        return NONE
    spec = f"::{walk.word(children[0])}"
    value = walk.expr((IMPORT, spec, None))
    start, end = children[0].start_byte, children[0].end_byte
    alias = walk.word(children[1]) if len(children) > 1 else None
    walk.imports.append(ImportFact(spec, None, alias, walk.items, start, end))
    walk.references += (start, end, IMPORTS, scope, value)
    walk.bindings.append(Binding(walk.items, alias or walk.word(children[0]), value, children[-1].start_byte))
    walk.declared.setdefault(walk.items, set()).add(alias or walk.word(children[0]))
    return NONE


HANDLERS: Final[dict[str, Handler]] = {
    "identifier": identifier,
    "type_identifier": identifier,
    "self": self_value,
    "scoped_identifier": scoped,
    "scoped_type_identifier": scoped,
    "use_declaration": use_declaration,
    "extern_crate_declaration": extern_crate,
}
