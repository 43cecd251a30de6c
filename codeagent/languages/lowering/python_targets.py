"""Python: what assignments and loops bind."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CALLS,
    EACH,
    ITEM,
    LITERAL,
    MAP,
    NONE,
    SEQ,
    STAR,
    WRITES,
)
from codeagent.languages.lowering import python_items as items
from codeagent.languages.lowering.python_calls import identifier
from codeagent.languages.lowering.python_items import constant_key
from codeagent.languages.lowering.python_operators import looked_up
from codeagent.languages.lowering.python_walk import Walk


def iterate(walk: Walk, target: Node, iterable: int, place: Node | None, scope: int, *, awaited: bool = False) -> None:
    """Bind a loop's target to what its iterable yields; iterating calls `__iter__` and `__next__`."""
    begins, goes_on = ("__aiter__", "__anext__") if awaited else ("__iter__", "__next__")
    if iterable != NONE and place is not None and walk.exprs[iterable][0] not in (SEQ, MAP, LITERAL):
        iterator = walk.expr((ATTR, iterable, begins))
        made = walk.expr((CALL, iterator, (), ()))
        for callee in (iterator, walk.expr((ATTR, made, goes_on))):
            walk.references += (place.start_byte, place.start_byte, CALLS, scope, callee)
    assign(walk, target, walk.expr((EACH, iterable)) if iterable != NONE else NONE, scope)


def assign(walk: Walk, target: Node, value: int, scope: int) -> None:
    """Bind an assignment target: name, attribute, item or pattern."""
    kind = target.type
    if kind == "identifier":
        walk.bind(scope, walk.word(target), value, target.start_byte, target.end_byte)
    elif kind == "attribute":
        _assign_attribute(walk, target, value, scope)
    elif kind == "subscript":
        _assign_item(walk, target, value, scope)
    elif kind in ("list_splat_pattern", "list_splat"):
        inner = walk.children(target)
        if inner:
            spread = walk.expr((STAR, value)) if value != NONE else NONE
            assign(walk, inner[0], walk.expr((SEQ, (spread,))) if spread != NONE else NONE, scope)
    elif kind in _PATTERNS:
        parts = walk.children(target)
        starred = False
        for position, child in enumerate(parts):
            if "splat" in child.type:
                starred = True
                assign(walk, child, value, scope)
                continue
            place = position - len(parts) if starred else position  # from the end behind `*rest`
            assign(walk, child, walk.expr((ITEM, value, place)) if value != NONE else NONE, scope)


_PATTERNS: Final = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "parenthesized_expression", "as_pattern_target"}
)


def _assign_attribute(walk: Walk, target: Node, value: int, scope: int) -> None:
    base, name = walk.children(target)[0], walk.children(target)[-1]
    text, start, end = walk.word(name), name.start_byte, name.end_byte
    if base.type == "identifier":
        owner = walk.receiver(walk.word(base), scope)
        if owner != NONE:
            walk.bind_member(owner, text, value, start, end, scope)
            identifier(walk, base, scope)
            return
    base_value = walk.on[base.kind_id](walk, base, scope)
    walk.references += (start, end, WRITES, scope, walk.expr((ATTR, base_value, text)))
    if base_value != NONE:
        walk.write(base_value, text, value, False)


def _assign_item(walk: Walk, target: Node, value: int, scope: int) -> None:
    children = walk.children(target)
    base = walk.on[children[0].kind_id](walk, children[0], scope)
    asked = [walk.on[child.kind_id](walk, child, scope) for child in children[1:]]
    looked_up(walk, base, "__setitem__", asked[0] if len(asked) == 1 else NONE, target.start_byte, scope)
    if base != NONE and value != NONE:
        walk.write(base, constant_key(walk, children[1]) if len(children) == 2 else None, value, True)
        if place := items.path(walk, target):
            walk.keep_item(place, value)
