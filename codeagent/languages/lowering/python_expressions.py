"""Python: names, attributes, calls, containers, comprehensions and strings."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    AWAIT,
    ITEM,
    LITERAL,
    MAP,
    NONE,
    SEQ,
    STAR,
    Expr,
)
from codeagent.languages.lowering import python_items as items
from codeagent.languages.lowering import python_types as types
from codeagent.languages.lowering.python_calls import splatted
from codeagent.languages.lowering.python_items import constant_key
from codeagent.languages.lowering.python_narrowing import forget, rename_tested, tested
from codeagent.languages.lowering.python_operators import interpolation, looked_up, runs, sign_of, truth
from codeagent.languages.lowering.python_targets import assign, iterate
from codeagent.languages.lowering.python_walk import Handler, Walk, decide, descend, leaf


def subscript(walk: Walk, node: Node, scope: int) -> int:
    children = walk.children(node)
    base = walk.on[children[0].kind_id](walk, children[0], scope)
    asked = [walk.on[child.kind_id](walk, child, scope) for child in children[1:]]
    if base == NONE:
        return NONE
    if len(children) == 2 and children[1].type == "slice":
        runs(walk, base, "__getitem__", node.start_byte, scope)
        return items.sliced(walk, base, children[1])
    key = constant_key(walk, children[1]) if len(children) == 2 else None
    if walk.live_items and (known := walk.live.get(items.path(walk, node))):
        return either(walk, list(known))
    looked_up(walk, base, "__getitem__", asked[0] if len(asked) == 1 else NONE, node.start_byte, scope)
    return walk.expr((ITEM, base, key))


def sequence(walk: Walk, node: Node, scope: int) -> int:
    items = []
    for child in node.named_children:
        kind = child.type
        if kind == "list_splat":
            items.append(walk.expr((STAR, splatted(walk, child, scope))))
        elif kind != "comment":
            item = walk.on[child.kind_id](walk, child, scope)
            items.append(walk.expr((STAR, item)) if _is_spread(walk, child.start_byte) else item)
    if node.type == "expression_list" and all(item == NONE for item in items):
        return NONE
    return walk.expr((SEQ, tuple(items), node.start_byte))


def _is_spread(walk: Walk, start: int) -> bool:
    """Whether a star stands before an item that the grammar was not shown, see `python_stars`."""
    start -= 1
    while walk.chars[start] in " \t":
        start -= 1
    return walk.chars[start] == "*"


_SEQUENCES: Final = {
    "list": "list",
    "tuple": "tuple",
    "set": "set",
    "expression_list": "tuple",
    "list_comprehension": "list",
    "set_comprehension": "set",
    "generator_expression": "generator",
    "dictionary_comprehension": "dict",
}


def dictionary(walk: Walk, node: Node, scope: int) -> int:
    entries: list[tuple[str | int | None, int]] = []
    on = walk.on
    for child in node.named_children:
        if child.type == "pair":
            parts = walk.children(child)
            key = constant_key(walk, parts[0])
            on[parts[0].kind_id](walk, parts[0], scope)
            value = on[parts[-1].kind_id](walk, parts[-1], scope)
            if value != NONE:
                entries.append((key, value))
        elif child.type == "dictionary_splat":
            value = splatted(walk, child, scope)
            if value != NONE:
                entries.append((None, walk.expr((STAR, value))))
    return walk.expr((MAP, tuple(entries), node.start_byte))


def comprehension(walk: Walk, node: Node, scope: int) -> int:
    """`[body for x in y if z]`: its variables live in it alone, so they get names of their own."""
    body, *clauses = walk.children(node)
    walk.renamed.append({})
    for clause in clauses:
        if clause.type == "for_in_clause":
            decide(walk, scope)
            parts = walk.children(clause)
            target, iterables = parts[0], parts[1:]
            values = [walk.on[part.kind_id](walk, part, scope) for part in iterables]
            _rename_targets(walk, target)
            value, place = values[0] if len(values) == 1 else NONE, iterables[0] if iterables else None
            iterate(walk, target, value, place, scope, awaited=clause.children[0].type == "async")
        else:
            decide(walk, scope)
            condition = walk.children(clause)[-1]
            truth(walk, walk.on[condition.kind_id](walk, condition, scope), condition, scope)
            rename_tested(walk, condition, scope)
    if body.type == "pair":
        key, value_node = walk.children(body)[0], walk.children(body)[-1]
        walk.on[key.kind_id](walk, key, scope)
        value = walk.on[value_node.kind_id](walk, value_node, scope)
        made: Expr = (MAP, ((None, value),), node.start_byte)
    else:
        value = walk.on[body.kind_id](walk, body, scope)
        made = (SEQ, (walk.expr((STAR, walk.expr((SEQ, (value,), node.start_byte)))),), node.start_byte)
    walk.renamed.pop()
    return walk.expr(made) if value != NONE else walk.expr((LITERAL, _SEQUENCES[node.type]))


def _rename_targets(walk: Walk, target: Node) -> None:
    pending = [target]
    while pending:
        node = pending.pop()
        if node.type == "identifier":
            name = walk.word(node)
            walk.renamed[-1][name] = f"{name}@{node.start_byte}"
        elif node.type not in ("attribute", "subscript"):
            pending.extend(node.named_children)


def string(walk: Walk, node: Node, scope: int) -> int:
    start = node.start_byte
    head = walk.chars[start : start + 2]
    if head[0] in "fFtTrR" and any(mark in "fFtT" for mark in head):
        for child in node.named_children:
            if child.type == "interpolation":
                interpolation(walk, child, scope)
    return walk.text_literal


def conditional(walk: Walk, node: Node, scope: int) -> int:
    decide(walk, scope)
    children = walk.children(node)
    if len(children) != 3:
        return descend(walk, node, scope)
    held, condition, other = children
    truth(walk, walk.on[condition.kind_id](walk, condition, scope), condition, scope)
    before = walk.live
    values = []
    for child, holds in ((held, True), (other, False)):
        walk.live = before | tested(walk, condition, scope, holds=holds)
        values.append(walk.on[child.kind_id](walk, child, scope))
    walk.live = before
    return either(walk, values)


def boolean(walk: Walk, node: Node, scope: int) -> int:
    decide(walk, scope)
    first, *others = walk.children(node)
    values = [walk.on[first.kind_id](walk, first, scope)]
    truth(walk, values[0], first, scope)
    before = walk.live
    known = tested(walk, first, scope, holds=sign_of(node) == "and")
    walk.live = before | known
    values += [walk.on[child.kind_id](walk, child, scope) for child in others]
    forget(walk.live, known, before)
    return either(walk, values)


def either(walk: Walk, values: list[int]) -> int:
    """One of several values."""
    known = tuple(dict.fromkeys(value for value in values if value != NONE))
    return NONE if not known else known[0] if len(known) == 1 else walk.expr((ANY, known))


def inner(walk: Walk, node: Node, scope: int) -> int:
    """Parentheses and other wrappers: the value of the last child."""
    value = NONE
    for child in node.named_children:
        if child.type != "comment":
            value = walk.on[child.kind_id](walk, child, scope)
    return value


def awaited(walk: Walk, node: Node, scope: int) -> int:
    value = inner(walk, node, scope)
    return walk.expr((AWAIT, value)) if value != NONE else NONE


def named(walk: Walk, node: Node, scope: int) -> int:
    children = walk.children(node)
    value = walk.on[children[-1].kind_id](walk, children[-1], scope)
    assign(walk, children[0], value, scope)
    return value


def no_value(walk: Walk, node: Node, scope: int) -> int:
    descend(walk, node, scope)
    return NONE


def keyword(walk: Walk, node: Node, scope: int) -> int:
    return inner_last(walk, node, scope)


def inner_last(walk: Walk, node: Node, scope: int) -> int:
    """The value of the last child alone: the name of a keyword argument is no reference."""
    children = walk.children(node)
    return walk.on[children[-1].kind_id](walk, children[-1], scope) if len(children) > 1 else NONE


def annotation(walk: Walk, node: Node, scope: int) -> int:
    types.lower_type(walk, node, scope)
    return NONE


HANDLERS: Final[dict[str, Handler]] = {
    "keyword_argument": keyword,
    "subscript": subscript,
    "list": sequence,
    "tuple": sequence,
    "set": sequence,
    "expression_list": sequence,
    "dictionary": dictionary,
    "list_comprehension": comprehension,
    "set_comprehension": comprehension,
    "generator_expression": comprehension,
    "dictionary_comprehension": comprehension,
    "string": string,
    "conditional_expression": conditional,
    "boolean_operator": boolean,
    "parenthesized_expression": inner,
    "await": awaited,
    "named_expression": named,
    "type": annotation,
    "comment": leaf,
    "integer": leaf,
    "float": leaf,
    "true": leaf,
    "false": leaf,
    "none": leaf,
    "ellipsis": leaf,
}
