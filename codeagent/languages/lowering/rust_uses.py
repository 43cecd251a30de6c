"""Rust: the items that bring names in: `use` and `extern crate`."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import CHOSEN, CONDITIONAL, IMPORT, IMPORTS, NAME, NONE, READS, Binding, ImportFact
from codeagent.languages.lowering.rust_attributes import take_attributes
from codeagent.languages.lowering.rust_paths import ANCHORS
from codeagent.languages.lowering.rust_walk import Handler, Walk

_RE_EXPORT: Final = 2  # ImportFact flags


def use_declaration(walk: Walk, node: Node, scope: int) -> int:
    """`use` trees: every leaf binds a name in the scope around; a glob brings all names."""
    flags = _conditional(walk, node, scope)
    for child in walk.children(node):
        if child.type == "visibility_modifier":
            flags |= _RE_EXPORT
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
    if binds and (bound or text) not in ANCHORS and value != walk.expr((NAME, walk.items, bound or text)):
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
    flags = _conditional(walk, node, scope)
    children = [child for child in walk.children(node) if child.type == "identifier"]
    if not children:
        return NONE
    spec = f"::{walk.word(children[0])}"
    value = walk.expr((IMPORT, spec, None))
    start, end = children[0].start_byte, children[0].end_byte
    alias = walk.word(children[1]) if len(children) > 1 else None
    walk.imports.append(ImportFact(spec, None, alias, walk.items, start, end, flags))
    walk.references += (start, end, IMPORTS, scope, value)
    walk.bindings.append(Binding(walk.items, alias or walk.word(children[0]), value, children[-1].start_byte))
    walk.declared.setdefault(walk.items, set()).add(alias or walk.word(children[0]))
    return NONE


def _conditional(walk: Walk, node: Node, scope: int) -> int:
    """The flag of an import that only some builds have: `#[cfg(unix)]`."""
    _, flags, _ = take_attributes(walk, node, scope)
    return CHOSEN if flags & CONDITIONAL else 0


HANDLERS: Final[dict[str, Handler]] = {
    "use_declaration": use_declaration,
    "extern_crate_declaration": extern_crate,
}
