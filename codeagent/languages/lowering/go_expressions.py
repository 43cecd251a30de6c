"""Go: names, selectors, calls, literals and closures."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    CALL,
    CALLS,
    EACH,
    ITEM,
    NAME,
    NONE,
    READS,
    SEQ,
    STAR,
)
from codeagent.languages.lowering import go_types as types
from codeagent.languages.lowering.blocks import BlockWalk, Handler

IDENTIFIER: Final = types.go_kind("identifier")
SELECTOR: Final = types.go_kind("selector_expression")
ARGUMENTS: Final = types.go_kind("argument_list")
COMMENT: Final = types.go_kind("comment")
FIELD: Final = types.go_kind("field_identifier")
_TYPE_ARGUMENT: Final = frozenset({"new", "make"})


def identifier(walk: BlockWalk, node: Node) -> int:
    start, end = node.start_byte, node.end_byte
    name = walk.chars[start:end] if walk.ascii else walk.word(node)
    local = walk.visible.get(name)
    if local is not None:
        if walk.locals:
            walk.references += (start, end, READS, walk.within, walk.unknown if local == NONE else local)
        return local
    if name == "_":
        return NONE
    value = (NAME, 0, name)
    index = walk.interned.get(value)
    if index is None:
        index = walk.expr(value)
    walk.references += (start, end, READS, walk.within, index)
    return index


def selector(walk: BlockWalk, node: Node, role: int = READS) -> int:
    children = node.named_children
    base, name = children[0], children[-1]
    owner = walk.on[base.kind_id](walk, base)
    start, end = name.start_byte, name.end_byte
    text = walk.chars[start:end] if walk.ascii else walk.word(name)
    value = (ATTR, walk.unknown if owner == NONE else owner, text)
    index = walk.interned.get(value)
    if index is None:
        index = walk.expr(value)
    walk.references += (start, end, role, walk.within, index)
    return index


def call(walk: BlockWalk, node: Node) -> int:
    children = node.named_children
    function, arguments = children[0], children[-1]
    kind = function.kind_id
    if kind == SELECTOR:
        callee = selector(walk, function, CALLS)
    elif kind == IDENTIFIER:
        start, end = function.start_byte, function.end_byte
        name = walk.chars[start:end] if walk.ascii else walk.word(function)
        local = walk.visible.get(name)
        callee = walk.expr((NAME, 0, name)) if local is None else walk.unknown if local == NONE else local
        walk.references += (start, end, CALLS, walk.within, callee)
        if local is None and (name == "append" or name in _TYPE_ARGUMENT):
            return _builtin(walk, name, arguments)
    else:
        callee = _computed(walk, function)
    for child in children[1:-1]:  # type arguments
        types.lower_type(walk, child)
    args = _arguments(walk, arguments)
    return walk.expr((CALL, callee, args, ())) if callee != NONE else NONE


def _computed(walk: BlockWalk, function: Node) -> int:
    """Calling what an expression gives: `f()()`, `fs[0]()`, `(*T)(x)`, `F[int](x)`."""
    while function.type == "parenthesized_expression" and function.named_child_count == 1:
        function = function.named_children[0]
    if function.kind_id == SELECTOR:
        return selector(walk, function, CALLS)
    if function.type in ("index_expression", "type_instantiation_expression"):
        base = function.named_children[0]
        if base.kind_id == IDENTIFIER or base.kind_id == SELECTOR:
            return _instantiated(walk, function, base)
    start = len(walk.references)
    callee = walk.on[function.kind_id](walk, function)
    if callee != NONE and walk.exprs[callee][0] != NAME:
        walk.references += (function.start_byte, function.end_byte, CALLS, walk.within, callee)
    elif callee != NONE and len(walk.references) == start + 5:
        walk.references[start + 2] = CALLS
    return callee


def _instantiated(walk: BlockWalk, node: Node, base: Node) -> int:
    """`F[int]` before an argument list: a generic function, or an element that is a function."""
    start = len(walk.references)
    callee = walk.on[base.kind_id](walk, base)
    at = next((at for at in range(start, len(walk.references), 5) if walk.references[at + 1] == base.end_byte), None)
    key = None
    for child in node.named_children[1:]:
        types.lower_type(walk, child)
        key = walk.word(child)[1:-1] if child.type == "interpreted_string_literal" else key
    if callee == NONE:
        return NONE
    element = walk.expr((ITEM, callee, key))
    if at is None:
        walk.references += (node.start_byte, node.end_byte, CALLS, walk.within, element)
        return element
    if not walk.visible.keys() & {walk.word(_root(base))}:  # a function of this package or another one
        walk.references[at + 2] = CALLS
        return callee
    both = walk.expr((ANY, (callee, element)))
    walk.references[at + 2], walk.references[at + 4] = CALLS, both
    return both


def _root(node: Node) -> Node:
    """The leftmost name of `a.b.c`."""
    while node.kind_id == SELECTOR:
        node = node.named_children[0]
    return node


def _arguments(walk: BlockWalk, node: Node) -> tuple[int, ...]:
    on = walk.on
    args = []
    for child in node.named_children:
        kind = child.kind_id
        if kind == COMMENT:
            walk.comment(child)
        else:
            args.append(on[kind](walk, child))
    while args and args[-1] == NONE:
        args.pop()
    return tuple(args)


def _builtin(walk: BlockWalk, name: str, arguments: Node) -> int:
    """`new(T)`, `make(T, n)`, `append(s, x)`."""
    given = [child for child in arguments.named_children if child.kind_id != COMMENT]
    if not given:
        return NONE
    first, *rest = given
    if name == "append":
        items = [walk.on[child.kind_id](walk, child) for child in (first, *rest)]
        added = tuple(item for item in items[1:] if item != NONE)
        if not added:
            return items[0]
        more = walk.expr((SEQ, added))
        return more if items[0] == NONE else walk.expr((ANY, (items[0], more)))
    of = types.lower_type(walk, first)
    for child in rest:
        walk.on[child.kind_id](walk, child)
    return walk.instance(of)


def variadic(walk: BlockWalk, node: Node) -> int:
    value = walk.value(node)
    return walk.expr((STAR, value)) if value != NONE else NONE


def unary(walk: BlockWalk, node: Node) -> int:
    """`&x` and `*x` are `x` to us; `<-c` is an element of it; the others have values without members."""
    value = walk.value(node)
    operator = walk.chars[node.start_byte]
    if operator in "&*":
        return value
    return walk.expr((EACH, value)) if operator == "<" and value != NONE else NONE


def binary(walk: BlockWalk, node: Node) -> int:
    """Operands only: the result has no members. Long chains lean to the left and are walked in a loop."""
    on, kind = walk.on, node.kind_id
    pending = []
    while node.kind_id == kind:
        left, *middle, right = node.named_children
        operator = walk.chars[left.end_byte : right.start_byte]
        if "&&" in operator or "||" in operator:
            walk.complexity += 1
        pending.append(right)
        pending.extend(middle)
        node = left
    on[node.kind_id](walk, node)
    for operand in reversed(pending):
        on[operand.kind_id](walk, operand)
    return NONE


def index(walk: BlockWalk, node: Node) -> int:
    base, *keys = node.named_children
    value = walk.on[base.kind_id](walk, base)
    key: str | None = None
    for child in keys:
        walk.on[child.kind_id](walk, child)
        if child.type == "interpreted_string_literal":
            key = walk.word(child)[1:-1]
    return walk.expr((ITEM, value, key)) if value != NONE else NONE


def instantiated(walk: BlockWalk, node: Node) -> int:
    """`F[int, string]` as a value: the generic function."""
    function, *args = node.named_children
    value = walk.on[function.kind_id](walk, function)
    for child in args:
        types.lower_type(walk, child)
    return value


def first(walk: BlockWalk, node: Node) -> int:
    """`a[1:2]` has the elements of `a`."""
    value = NONE
    for number, child in enumerate(node.named_children):
        got = walk.on[child.kind_id](walk, child)
        value = got if number == 0 else value
    return value


def type_assertion(walk: BlockWalk, node: Node) -> int:
    value, *_, of = node.named_children
    walk.on[value.kind_id](walk, value)
    return walk.instance(types.lower_type(walk, of))


def conversion(walk: BlockWalk, node: Node) -> int:
    """`[]T(x)`; `F[int](x)` is read as one too, and may be a call of a generic function."""
    of, *_, value = node.named_children
    start = len(walk.references)
    found = types.lower_type(walk, of)
    given = walk.on[value.kind_id](walk, value)
    if of.type != "generic_type" or found == NONE:
        return walk.instance(found)
    token = types.last_name(of)
    for at in range(start, len(walk.references), 5):
        if token is not None and walk.references[at] == token.start_byte:
            walk.references[at + 2] = CALLS
            callee = walk.references[at + 4]
            return walk.expr((CALL, callee, (given,) if given != NONE else (), ()))
    return walk.instance(found)


HANDLERS: Final[dict[str, Handler]] = {
    "identifier": identifier,
    "selector_expression": selector,
    "call_expression": call,
    "variadic_argument": variadic,
    "unary_expression": unary,
    "binary_expression": binary,
    "index_expression": index,
    "type_instantiation_expression": instantiated,
    "slice_expression": first,
    "type_assertion_expression": type_assertion,
    "type_conversion_expression": conversion,
    "parenthesized_expression": BlockWalk.value,
}
