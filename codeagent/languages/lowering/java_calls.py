"""Java: calls, constructions, lambdas and method references."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CALLS,
    DEF,
    INHERITS,
    LITERAL,
    NAME,
    NONE,
    SELF,
    SUPER,
    TAKES,
    TYPED,
    Expr,
    FunctionFact,
)
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler
from codeagent.languages.lowering.java_classes import anonymous_class
from codeagent.languages.lowering.java_types import IDENTIFIER, JavaWalk, call_arguments, parts

TYPE_ARGUMENTS: Final = types.java_kind("type_arguments")
_KNOWN_RESULTS: Final = {"toString": "String", "getClass": "Class", "valueOf": "", "values": ""}


def invocation(walk: JavaWalk, node: Node) -> int:
    """`f(x)`, `a.f(x)`, `super.f(x)`, `A.super.f(x)`, `a.<T>f(x)`."""
    children, owner = node.named_children, NONE
    count = len(children)
    if count == 3 and children[1].kind_id == IDENTIFIER:
        base = children[0]
        owner = walk.on[base.kind_id](walk, base)
    elif count != 2:
        children = parts(node)
        for child in children:
            if child.kind_id == TYPE_ARGUMENTS:
                types.lower_type(walk, child)
        children = [child for child in children if child.kind_id != TYPE_ARGUMENTS]
        for base in children[:-2]:
            owner = walk.on[base.kind_id](walk, base)
    name, arguments = children[-2], children[-1]
    start, end = name.start_byte, name.end_byte
    text = walk.chars[start:end] if walk.ascii else walk.word(name)
    value: Expr
    if len(children) > 2:
        value = (ATTR, walk.unknown if owner == NONE else owner, text)
    else:
        value = (NAME, walk.type, text)
    callee = walk.interned.get(value)
    if callee is None:
        callee = walk.expr(value)
    at = len(walk.references) + 4
    walk.references += (start, end, CALLS, walk.within, callee)
    args = call_arguments(walk, arguments)
    callee = walk.references[at] = walk.expr((TAKES, callee, types.taken(walk, arguments, args)))
    if text in _KNOWN_RESULTS:
        made = _known_result(walk, text, children[:-2], args)
        if made != NONE:
            return made
    return walk.expr((CALL, callee, args, ()))


def _known_result(walk: JavaWalk, method: str, bases: list[Node], args: tuple[int, ...]) -> int:
    """`x.toString()`, `x.getClass()`; `Kind.valueOf("A")` is a Kind, `Kind.values()` an array of them."""
    if method in ("toString", "getClass"):
        return NONE if args else walk.expr((LITERAL, _KNOWN_RESULTS[method]))
    names = _written(walk, bases[0]) if len(bases) == 1 else []
    if not names or not names[-1][:1].isupper() or names[0] in walk.visible or (method == "valueOf") != bool(args):
        return NONE
    of = walk.expr((NAME, walk.type, names[0]))
    for name in names[1:]:
        of = walk.member(of, name)
    return walk.instance(of) if args else types.container(walk, of)


def _written(walk: JavaWalk, node: Node) -> list[str]:
    """The names of `A` and `A.B`; none for anything else."""
    names: list[str] = []
    while node.type == "field_access":
        node, name = node.named_children[0], node.named_children[-1]
        names.insert(0, walk.word(name))
    return [walk.word(node), *names] if node.kind_id == IDENTIFIER else []


def creation(walk: JavaWalk, node: Node) -> int:
    """`new T(x)`, `outer.new T(x)`, `new T(x) { … }`."""
    of, body, owner, token = NONE, None, NONE, node
    expected, walk.expected = walk.expected, NONE
    args: tuple[int, ...] = ()
    told = args
    for child in parts(node):
        kind = child.type
        if kind == "argument_list":
            args = call_arguments(walk, child)
            told = types.taken(walk, child, args)
        elif kind == "class_body":
            body = child
        elif kind in types.TYPES and (of == NONE and kind != "identifier"):
            start = len(walk.references)
            of = types.lower_type(walk, child)
            token = _mark_call(child)
        elif kind != "type_arguments":
            owner = walk.on[child.kind_id](walk, child)
    if of == NONE:
        return NONE
    if owner != NONE:  # the name is one of the type of `outer`, and is looked for nowhere else
        of = walk.member(owner, walk.word(token))
    at = next((at for at in range(len(walk.references) - 5, -1, -5) if walk.references[at] == token.start_byte), None)
    if body is not None:
        symbol = anonymous_class(walk, token, body, of)
        of = walk.expr((DEF, symbol))
        if at is not None:  # the name is that of the base as well
            start, end, _, _, base = walk.references[at : at + 5]
            walk.references += (start, end, INHERITS, symbol, base)
    typed = walk.exprs[of][0] == TYPED
    callee = walk.expr((TAKES, walk.exprs[of][1] if typed else of, told))
    if at is not None:
        walk.references[at + 2], walk.references[at + 4] = CALLS, callee
    if token.parent is not None and token.parent.type == "generic_type" and body is None and not typed:
        of, typed = _as_expected(walk, of, expected)
    return walk.instance(of) if typed else walk.expr((CALL, callee, args, ()))


def _as_expected(walk: JavaWalk, of: int, expected: int) -> tuple[int, bool]:
    """`new ArrayList<>()` holds what the type that it goes into says: `List<Cart>`."""
    declared = walk.exprs[expected] if expected != NONE else (NONE,)
    return (walk.expr((TYPED, of, declared[2])), True) if declared[0] == TYPED else (of, False)


def _mark_call(node: Node) -> Node:
    """Find the name token of a constructed type: `Entry` of `Map.Entry<K, V>`."""
    while node.type in ("generic_type", "annotated_type", "scoped_type_identifier"):
        inner = [part for part in parts(node) if part.type != "type_arguments"]
        node = inner[-1] if node.type != "generic_type" else inner[0]
    return node


def constructor_call(walk: JavaWalk, node: Node) -> int:
    """`this(x)` and `super(x)` at the start of a constructor."""
    callee, token = NONE, node
    args: tuple[int, ...] = ()
    for child in parts(node):
        kind = child.type
        if kind == "argument_list":
            args = types.taken(walk, child, call_arguments(walk, child))
        elif kind in ("super", "this"):
            token = child
            base = walk.expr((SUPER if kind == "super" else SELF, walk.type))
            name = walk.parent_name if kind == "super" else walk.symbols[walk.type].name
            callee = walk.member(base, name) if name else NONE
        elif kind != "type_arguments":
            walk.on[child.kind_id](walk, child)
    if callee != NONE:
        callee = walk.expr((TAKES, callee, args))
        walk.references += (token.start_byte, token.end_byte, CALLS, walk.within, callee)
        walk.expr((CALL, callee, args, ()))
    return NONE


def method_reference(walk: JavaWalk, node: Node) -> int:
    """`a::f`, `T::f`, `super::f`, `T::new`."""
    base, *rest = [part for part in parts(node) if part.type != "type_arguments"]
    if base.type in ("generic_type", "array_type", "scoped_type_identifier"):
        owner = types.lower_type(walk, base)
    else:
        owner = walk.on[base.kind_id](walk, base)
    if not rest or rest[-1].kind_id != IDENTIFIER:  # ::new
        return owner
    name = rest[-1]
    return walk.read(name, walk.member(owner, walk.word(name)))


def closure(walk: JavaWalk, node: Node) -> int:
    head, *_, body = parts(node)
    of, walk.expected = walk.expected, NONE
    span = (node.start_byte, node.end_byte)
    symbol = walk.open_symbol(walk.next_lambda(walk.within), "lambda", walk.within, span, (span[0], head.end_byte))
    walk.open_block()
    if head.kind_id == IDENTIFIER:
        params = types.parameters(walk, node)[:1]
    else:
        params = types.parameters(walk, head)
    walk.show_parameters(symbol, params)
    state, outer = walk.enter(symbol), walk.declared
    walk.declared = NONE
    value = walk.on[body.kind_id](walk, body)
    results = tuple(dict.fromkeys(walk.returned)) if value == NONE else (value,)
    walk.close_symbol(symbol, walk.complexity)
    walk.leave(state)
    walk.declared = outer
    walk.close_block()
    walk.functions.append(FunctionFact(symbol, params, NONE, results, owner=of))
    return walk.expr((DEF, symbol))


HANDLERS: Final[dict[str, Handler]] = {
    "method_invocation": invocation,
    "object_creation_expression": creation,
    "explicit_constructor_invocation": constructor_call,
    "method_reference": method_reference,
    "lambda_expression": closure,
}
