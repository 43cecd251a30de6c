"""Python: names, attributes, calls, containers, comprehensions and strings."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    AWAIT,
    CALL,
    CALLS,
    CLASS,
    EACH,
    IMPORT,
    ITEM,
    LITERAL,
    MAP,
    NONE,
    READS,
    SEQ,
    STAR,
    SUPER,
    WRITES,
    Expr,
)
from codeagent.languages.lowering import python_items as items
from codeagent.languages.lowering import python_types as types
from codeagent.languages.lowering.python_items import constant_key
from codeagent.languages.lowering.python_walk import Handler, Walk, decide, descend, leaf

_FILLS: Final = frozenset({"append", "add", "insert", "appendleft", "extend", "setdefault", "update"})
_DYNAMIC: Final = frozenset({"eval", "exec", "globals", "locals", "vars", "__import__"})


def identifier(walk: Walk, node: Node, scope: int) -> int:
    start, end = node.start_byte, node.end_byte
    name = walk.chars[start:end] if walk.ascii else walk.word(node)
    index = walk.lexical(name, scope)
    walk.references += (start, end, READS, scope, index)
    return index


def attribute(walk: Walk, node: Node, scope: int, role: int = READS) -> int:
    children = node.named_children
    if len(children) != 2:
        children = walk.children(node)
    if len(children) != 2:
        return descend(walk, node, scope)
    base, name = children
    owner = walk.on[base.kind_id](walk, base, scope)
    start, end = name.start_byte, name.end_byte
    text = walk.chars[start:end] if walk.ascii else walk.word(name)
    index = walk.expr((ATTR, owner, text))
    walk.references += (start, end, role, scope, index)
    return index


def call(walk: Walk, node: Node, scope: int) -> int:
    children = node.named_children
    if len(children) != 2:
        children = walk.children(node)
    if len(children) != 2:
        return descend(walk, node, scope)
    function, arguments = children
    kind = function.kind_id
    if kind == walk.IDENTIFIER:
        start, end = function.start_byte, function.end_byte
        name = walk.chars[start:end] if walk.ascii else walk.word(function)
        callee = walk.lexical(name, scope)
        walk.references += (start, end, CALLS, scope, callee)
        special = _SPECIAL_CALLS.get(name)
        if special is not None:
            result = special(walk, arguments, scope)
            if result is not None:
                return result
    elif kind == walk.ATTRIBUTE:
        callee = attribute(walk, function, scope, CALLS)
        if walk.chars[function.end_byte - 13 : function.end_byte] == "import_module":
            return _import_module(walk, arguments, scope)
    else:
        callee = walk.on[function.kind_id](walk, function, scope)
        walk.references += (function.start_byte, function.end_byte, CALLS, scope, callee)
    if arguments.kind_id != walk.ARGUMENTS:  # f(x for x in y)
        value = walk.on[arguments.kind_id](walk, arguments, scope)
        return walk.expr((CALL, callee, (value,), ()))
    args, keywords = call_arguments(walk, arguments, scope)
    if walk.live_items:
        walk.forget_items()
    if kind == walk.ATTRIBUTE and args and walk.exprs[callee][2] in _FILLS:
        items.fill(walk, function, callee, args)
    return walk.expr((CALL, callee, args, keywords))


def call_arguments(walk: Walk, node: Node, scope: int) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """Lower an argument list to positional values and (keyword, value) pairs; `""` is `**`."""
    args: list[int] = []
    keywords: list[tuple[str, int]] = []
    on = walk.on
    special = walk.IN_ARGUMENTS
    for child in node.named_children:
        number = child.kind_id
        if number not in special:
            args.append(on[number](walk, child, scope))
            continue
        kind = special[number]
        if kind == "keyword_argument":
            parts = child.named_children
            if len(parts) != 2:
                parts = walk.children(child)
            value = on[parts[-1].kind_id](walk, parts[-1], scope)
            keywords.append((walk.word(parts[0]), value))
        elif kind == "dictionary_splat":
            keywords.append(("", _splatted(walk, child, scope)))
        elif kind == "list_splat":
            args.append(walk.expr((STAR, _splatted(walk, child, scope))))
    while args and args[-1] == NONE:
        args.pop()
    return tuple(args), tuple(keywords)


def _splatted(walk: Walk, node: Node, scope: int) -> int:
    value = walk.children(node)[-1]
    return walk.on[value.kind_id](walk, value, scope)


def _super(walk: Walk, arguments: Node, scope: int) -> int | None:
    owner = walk.enclosing_class(scope)
    call_arguments(walk, arguments, scope)
    return walk.expr((SUPER, owner)) if owner != NONE else None


def _getattr(walk: Walk, arguments: Node, scope: int) -> int | None:
    parts = walk.children(arguments)
    if len(parts) < 2:
        return None
    base = walk.on[parts[0].kind_id](walk, parts[0], scope)
    name = constant_key(walk, parts[1])
    for rest in parts[1:]:
        walk.on[rest.kind_id](walk, rest, scope)
    if not isinstance(name, str):
        walk.dynamic.append(arguments.start_byte)
        return NONE
    index = walk.expr((ATTR, base, name))
    walk.references += (parts[1].start_byte + 1, parts[1].end_byte - 1, READS, scope, index)
    return index


def _type(walk: Walk, arguments: Node, scope: int) -> int | None:
    parts = walk.children(arguments)
    if len(parts) != 1:
        return None
    return walk.expr((CLASS, walk.on[parts[0].kind_id](walk, parts[0], scope)))


def _import_module(walk: Walk, arguments: Node, scope: int) -> int:
    parts = walk.children(arguments)
    spec = constant_key(walk, parts[0]) if parts else None
    for part in parts[1:]:
        walk.on[part.kind_id](walk, part, scope)
    if isinstance(spec, str) and len(parts) == 1:
        return walk.expr((IMPORT, spec, None))
    if parts:
        walk.on[parts[0].kind_id](walk, parts[0], scope)
    walk.dynamic.append(arguments.start_byte)
    return NONE


def _dynamic(walk: Walk, arguments: Node, scope: int) -> int:
    walk.on[arguments.kind_id](walk, arguments, scope)
    walk.dynamic.append(arguments.start_byte)
    return NONE


_SPECIAL_CALLS: Final = {
    "super": _super,
    "getattr": _getattr,
    "type": _type,
    "import_module": _import_module,
    **dict.fromkeys(_DYNAMIC, _dynamic),
}


def subscript(walk: Walk, node: Node, scope: int) -> int:
    children = walk.children(node)
    base = walk.on[children[0].kind_id](walk, children[0], scope)
    for child in children[1:]:
        walk.on[child.kind_id](walk, child, scope)
    if base == NONE:
        return NONE
    if len(children) == 2 and children[1].type == "slice":
        return items.sliced(walk, base, children[1])
    key = constant_key(walk, children[1]) if len(children) == 2 else None
    if walk.live_items and (known := walk.live.get(items.path(walk, node))):
        return either(walk, list(known))
    return walk.expr((ITEM, base, key))


def sequence(walk: Walk, node: Node, scope: int) -> int:
    items = []
    for child in node.named_children:
        kind = child.type
        if kind == "list_splat":
            items.append(walk.expr((STAR, _splatted(walk, child, scope))))
        elif kind != "comment":
            items.append(walk.on[child.kind_id](walk, child, scope))
    if node.type == "expression_list" and all(item == NONE for item in items):
        return NONE
    return walk.expr((SEQ, tuple(items), node.start_byte))


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
            value = _splatted(walk, child, scope)
            if value != NONE:
                entries.append((None, walk.expr((EACH, walk.expr((MAP, ((None, value),)))))))
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
            iterate(walk, target, values[0] if len(values) == 1 else NONE, iterables[0] if iterables else None, scope)
        else:
            decide(walk, scope)
            walk.on[clause.kind_id](walk, clause, scope)
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


def iterate(walk: Walk, target: Node, iterable: int, place: Node | None, scope: int) -> None:
    """Bind a loop's target to what its iterable yields; iterating calls `__iter__` and `__next__`."""
    if iterable != NONE and place is not None and walk.exprs[iterable][0] not in (SEQ, MAP, LITERAL):
        iterator = walk.expr((ATTR, iterable, "__iter__"))
        made = walk.expr((CALL, iterator, (), ()))
        for callee in (iterator, walk.expr((ATTR, made, "__next__"))):
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
    for child in children[1:]:
        walk.on[child.kind_id](walk, child, scope)
    if base != NONE and value != NONE:
        walk.write(base, constant_key(walk, children[1]) if len(children) == 2 else None, value, True)
        if place := items.path(walk, target):
            walk.keep_item(place, value)


def string(walk: Walk, node: Node, scope: int) -> int:
    start = node.start_byte
    head = walk.chars[start : start + 2]
    if head[0] in "fFtTrR" and any(mark in "fFtT" for mark in head):
        for child in node.named_children:
            if child.type == "interpolation":
                descend(walk, child, scope)
    return walk.text_literal


def conditional(walk: Walk, node: Node, scope: int) -> int:
    decide(walk, scope)
    children = walk.children(node)
    values = [walk.on[child.kind_id](walk, child, scope) for child in children]
    return either(walk, [values[0], values[-1]])


def boolean(walk: Walk, node: Node, scope: int) -> int:
    decide(walk, scope)
    return either(walk, [walk.on[child.kind_id](walk, child, scope) for child in walk.children(node)])


def either(walk: Walk, values: list[int]) -> int:
    """One of several values."""
    known = tuple(dict.fromkeys(value for value in values if value != NONE))
    return NONE if not known else known[0] if len(known) == 1 else walk.expr((ANY, known))


def binary(walk: Walk, node: Node, scope: int) -> int:
    """Operators: long chains are left-nested, so go down them in a loop."""
    while node.type == "binary_operator":
        parts = walk.children(node)
        if len(parts) != 2:
            return descend(walk, node, scope)
        walk.on[parts[1].kind_id](walk, parts[1], scope)
        node = parts[0]
    walk.on[node.kind_id](walk, node, scope)
    return NONE


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
    "identifier": identifier,
    "attribute": attribute,
    "call": call,
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
    "binary_operator": binary,
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
