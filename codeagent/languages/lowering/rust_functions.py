"""Rust: functions, methods and signatures: their parameters, results and bodies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ABSTRACT, ASYNC, NONE, POSITIONAL, STATIC, VARARGS, FunctionFact, Param
from codeagent.languages.lowering.depth import cut
from codeagent.languages.lowering.rust_attributes import take_attributes, visibility
from codeagent.languages.lowering.rust_patterns import bind_pattern
from codeagent.languages.lowering.rust_types import as_parameters, lower_type, parameters
from codeagent.languages.lowering.rust_walk import Handler, Walk

_PARTS: Final = {
    "identifier": "name", "metavariable": "name", "visibility_modifier": "visibility", "block": "body",
    "function_modifiers": "modifiers", "type_parameters": "generics", "where_clause": "where",
    "parameters": "parameters", "line_comment": "comment", "block_comment": "comment",
}  # fmt: skip


def function(walk: Walk, node: Node, scope: int) -> int:
    """A free function, a method of an impl or trait, or a signature without a body."""
    parts: dict[str, Node] = {}
    for child in node.named_children:
        parts.setdefault(_PARTS.get(child.type, "type"), child)
    name_node = parts.get("name")
    if name_node is None:
        return NONE
    name = walk.word(name_node)
    start, flags, _ = take_attributes(walk, node, scope)
    flags |= walk.member_flags
    if "visibility" in parts:
        flags |= visibility(walk, node)
    if "modifiers" in parts and "async" in walk.word(parts["modifiers"]):
        flags |= ASYNC
    member = walk.member
    parent = scope
    if member and walk.owner == NONE:
        name, parent = f"{walk.owner_name}.{name}", walk.module
    body, parameter_list = parts.get("body"), parts.get("parameters")
    if body is None:
        flags |= ABSTRACT
    if member and not (parameter_list is not None and _has_receiver(parameter_list)):
        flags |= STATIC
    symbol = walk.open_symbol(
        name, "method" if member else "function", parent,
        (start, node.end_byte), (name_node.start_byte, name_node.end_byte), flags,
    )  # fmt: skip
    with callable_scope(walk, symbol, closed=not member):
        if "generics" in parts or "where" in parts:
            names = parameters(walk, node, scope)
            as_parameters(walk, symbol, names, names)
        params = _parameters(walk, parameter_list, symbol, scope) if parameter_list is not None else ()
        returns = lower_type(walk, parts.get("type"), scope)
        results = _body(walk, body, symbol) if body is not None else ()
        if returns != NONE and walk.bound_of.get(returns) != NONE:
            results = ()
    owner = walk.self_type if member and walk.owner == NONE and not walk.forwards else NONE
    walk.functions.append(FunctionFact(symbol, params, returns, results, owner=owner))
    return NONE


@contextmanager
def callable_scope(walk: Walk, symbol: int, *, closed: bool) -> Iterator[None]:
    """The state in which a callable's inside is walked; `closed`: `Self` is not seen in it."""
    saved = (walk.locals, walk.generics, walk.results, walk.items, walk.member_flags, walk.member)
    walk.locals, walk.results, walk.member_flags, walk.member = {}, [], 0, False
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
        walk.locals, walk.generics, walk.results, walk.items, walk.member_flags, walk.member = saved
        walk.owner, walk.self_type, walk.receiver, walk.owner_name = outer


def _body(walk: Walk, body: Node, symbol: int) -> tuple[int, ...]:
    """Walk a body; one that is nested too deeply is left where the stack ends."""
    try:
        value = walk.visit(body, symbol)
    except RecursionError as error:
        cut(error)
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
    value = NONE if walk.bound_of.get(type_) == NONE else walk.instance(type_)
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


HANDLERS: Final[dict[str, Handler]] = {"function_item": function, "function_signature_item": function}
