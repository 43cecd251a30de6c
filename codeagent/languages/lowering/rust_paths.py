"""Rust: paths: names by themselves, and names one below the other."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import CALLABLE_KINDS, IMPORT, NAME, NONE, READS
from codeagent.languages.lowering.rust_types import bracketed, type_arguments
from codeagent.languages.lowering.rust_walk import Handler, Walk

ANCHORS: Final = frozenset({"crate", "self", "super", "$crate"})


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
        return text.removeprefix("$") if text in ANCHORS else ""
    return ""


HANDLERS: Final[dict[str, Handler]] = {
    "identifier": identifier,
    "type_identifier": identifier,
    "self": self_value,
    "scoped_identifier": scoped,
    "scoped_type_identifier": scoped,
}
