"""Python: names, attributes and calls."""

from typing import Final, cast

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CALLS,
    CLASS,
    HANDS,
    IMPORT,
    LITERAL,
    MAP,
    NONE,
    READS,
    SEQ,
    STAR,
    SUPER,
)
from codeagent.languages.lowering import python_items as items
from codeagent.languages.lowering import python_pytest
from codeagent.languages.lowering.python_items import constant_key
from codeagent.languages.lowering.python_types import lower_type
from codeagent.languages.lowering.python_walk import Handler, Walk, descend

_FILLS: Final = frozenset({"append", "add", "insert", "appendleft", "extend", "setdefault", "update"})
_ATTENDED: Final = _FILLS | {"getfixturevalue"}


_LATER: Final = {  # callables that take a function and its arguments: at which place the function is, -1 by name
    "partial": 0, "partialmethod": 0, "submit": 0, "to_thread": 0, "run_in_executor": 1, "run_in_threadpool": 0,
    "call_soon": 0, "call_soon_threadsafe": 0, "call_later": 1, "start_soon": 0, "run_sync": 0, "callback": 0,
    "Thread": -1, "Process": -1, "Timer": -1,
}  # fmt: skip
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
    if text == "param" and walk.handing and (given := python_pytest.param_of_request(walk, base, scope)) != NONE:
        walk.references += (start, end, role, scope, given if role == CALLS else index)
        return given
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
        written = lower_type if _is_generic(walk, function) else walk.on[function.kind_id]
        callee = written(walk, function, scope)
        walk.references += (function.start_byte, function.end_byte, CALLS, scope, callee)
    if arguments.kind_id != walk.ARGUMENTS:  # f(x for x in y)
        value = walk.on[arguments.kind_id](walk, arguments, scope)
        return walk.expr((CALL, callee, (value,), ()))
    args, keywords = call_arguments(walk, arguments, scope)
    if walk.live_items:
        walk.forget_items()
    if kind == walk.ATTRIBUTE and args and walk.exprs[callee][2] in _ATTENDED:
        if walk.exprs[callee][2] in _FILLS:
            items.fill(walk, function, callee, args)
        elif (fixture := python_pytest.asked_by_call(walk, arguments, scope)) != NONE:
            return fixture
    if kind == walk.ATTRIBUTE and keywords and walk.exprs[callee][2] == "set_defaults":
        _set_on_parsed(walk, callee, keywords)
    if scope == 0 and walk.chars[function.end_byte - 7 : function.end_byte] == "TypeVar" and arguments.named_children:
        keywords = (*keywords, (walk.word(arguments.named_children[0]), NONE))  # two of them are never the same
    made = walk.expr((CALL, callee, args, keywords))
    if callee != NONE and walk.exprs[callee][-1] in _LATER:
        _called_later(walk, cast(str, walk.exprs[callee][-1]), args, keywords)
    given = (*args, *(value for _, value in keywords)) if keywords else args
    if any(value != NONE and walk.exprs[value][0] != LITERAL for value in given):
        walk.references += (arguments.start_byte, arguments.start_byte, HANDS, scope, made)
    return made


def _set_on_parsed(walk: Walk, callee: int, keywords: tuple[tuple[str, int], ...]) -> None:
    """`parser.set_defaults(func=add)`: what `parser.parse_args()` gives has that attribute."""
    parsed = walk.expr((CALL, walk.expr((ATTR, walk.exprs[callee][1], "parse_args")), (), ()))
    for name, value in keywords:
        if name:
            walk.write(parsed, name, value, False)


def _called_later(walk: Walk, name: str, args: tuple[int, ...], keywords: tuple[tuple[str, int], ...]) -> None:
    """`partial(f, x)`, `Thread(target=f, args=(x,))`: a call that hands over a function and what that will be given."""
    place = _LATER[name]
    if place >= 0 and len(args) > place:
        if (function := args[place]) != NONE and (args[place + 1 :] or keywords):
            walk.expr((CALL, function, args[place + 1 :], keywords))
        return
    named = dict(keywords)
    function, given = named.get("target", named.get("function", NONE)), named.get("args", NONE)
    if function != NONE and given != NONE and walk.exprs[given][0] == SEQ:
        walk.expr((CALL, function, walk.exprs[given][1], ()))


def _is_generic(walk: Walk, node: Node) -> bool:
    """Whether a callee is a class with type arguments, `Box[Item]`, as far as its letters tell."""
    if node.type != "subscript":
        return False
    base, *args = walk.children(node)
    name = walk.word(base).rpartition(".")[2]
    constant = name.isupper() and len(name) > 2
    return name[:1].isupper() and not constant and all(arg.type in ("identifier", "attribute") for arg in args)


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
            keywords.append(("", splatted(walk, child, scope)))
        elif kind == "list_splat":
            args.append(walk.expr((STAR, splatted(walk, child, scope))))
    while args and args[-1] == NONE:
        args.pop()
    return tuple(args), tuple(keywords)


def splatted(walk: Walk, node: Node, scope: int) -> int:
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


def _dict(walk: Walk, arguments: Node, scope: int) -> int | None:
    """`dict(base, key=value)` is the literal `{**base, "key": value}`."""
    if not any(child.type in ("keyword_argument", "dictionary_splat") for child in arguments.named_children):
        return None
    args, keywords = call_arguments(walk, arguments, scope)
    pairs = [*(("", value) for value in args), *keywords]
    entries = [(name or None, value if name else walk.expr((STAR, value))) for name, value in pairs if value != NONE]
    return walk.expr((MAP, tuple(entries), arguments.start_byte))


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
    "dict": _dict,
    "type": _type,
    "import_module": _import_module,
    **dict.fromkeys(_DYNAMIC, _dynamic),
}


HANDLERS: Final[dict[str, Handler]] = {
    "identifier": identifier,
    "attribute": attribute,
    "call": call,
}
