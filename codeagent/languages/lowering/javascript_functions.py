"""Functions of every shape in JavaScript and TypeScript: their parameters, results and scopes."""

from typing import NamedTuple

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    ASYNC,
    GENERATOR,
    NONE,
    READS,
    SELF,
    STATIC,
    FunctionFact,
    Param,
)
from codeagent.languages.lowering.javascript_parameters import one_parameter, parameters
from codeagent.languages.lowering.javascript_walker import COMMENTS, Env, Handler, Walker

OWN = -2  # a receiver
WHOLE_TYPE = -1  # a position: what is declared is the type of the function itself
FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function", "function"})


class Naming(NamedTuple):
    """How a definition is called and where it stands; `name_node` None: it has no name of its own."""

    name: str
    kind: str
    parent: int
    node: Node  # the whole definition
    name_node: Node | None
    flags: int = 0


class Frame(NamedTuple):
    """What a function puts aside of the walk around it."""

    env: Env
    within: int
    receiver: int
    home: int
    results: list[int]
    yields: list[int]
    decisions: int
    static: bool


def enter(walker: Walker, env: Env) -> Frame:
    """Start a function's own scope and results; `leave` ends it."""
    frame = Frame(
        walker.env,
        walker.within,
        walker.receiver,
        walker.home,
        walker.results,
        walker.yields,
        walker.decisions,
        walker.static,
    )
    walker.env = env
    walker.results = []
    walker.yields = []
    walker.decisions = 1
    return frame


def leave(walker: Walker, frame: Frame) -> None:
    """Return to what was walked before `enter`."""
    (
        walker.env,
        walker.within,
        walker.receiver,
        walker.home,
        walker.results,
        walker.yields,
        walker.decisions,
        walker.static,
    ) = frame


def open_definition(walker: Walker, naming: Naming) -> int:
    """Open the symbol of a definition; an unnamed one takes the place of its first byte."""
    node = naming.node
    at = naming.name_node
    name_span = (at.start_byte, at.end_byte) if at is not None else (node.start_byte, node.start_byte)
    symbol = walker.builder.open_symbol(
        naming.name, naming.kind, naming.parent, (node.start_byte, node.end_byte), name_span, naming.flags
    )
    walker.members.setdefault((naming.parent, naming.name), symbol)
    return symbol


def lower_function(
    walker: Walker,
    node: Node,
    naming: Naming,
    *,
    receiver: int | None = None,
    home: int | None = None,
    own_name: str | None = None,
    decorators: tuple[int, ...] = (),
) -> int:
    """Walk a function and return its symbol. `receiver`: whose `this` it sees (None: the one around it;
    OWN: it makes its own, as functions that are called with `new` do)."""
    hints, walker.hints = walker.hints, ()
    passed, walker.passed = walker.passed, None
    symbol = open_definition(walker, naming)
    frame = enter(walker, Env(walker.env, symbol))
    if receiver is not None:
        walker.receiver = symbol if receiver == OWN else receiver
        walker.static = bool(naming.flags & STATIC)
    if home is not None:
        walker.home = home
    if own_name is not None:
        walker.env.declared[own_name] = (walker.env.symbol, own_name, False)
        walker.bind(symbol, own_name, walker.define(symbol), naming.node.start_byte)
    walker.expected = passed if not hints else None
    params, returns, body = head_of(walker, node, symbol, hints)
    if walker.overloads:
        returns = walker.either(*walker.overloads.pop((naming.parent, naming.name), ()), returns)
    walker.expected = None
    outer, walker.promised = walker.promised, walker.instance(returns)
    flags = function_flags(walker, node, naming)
    if body is None:
        flags |= ABSTRACT
    else:
        walk_body(walker, body, symbol)
    walker.promised = outer
    walker.builder.close_symbol(symbol, walker.decisions if body is not None else 0, flags)
    walker.builder.functions.append(
        FunctionFact(
            symbol,
            tuple(params),
            returns,
            tuple(dict.fromkeys(walker.results)),
            tuple(dict.fromkeys(walker.yields)),
            decorators,
        )
    )
    leave(walker, frame)
    return symbol


def head_of(walker: Walker, node: Node, symbol: int, hints: tuple[int, ...]) -> tuple[list[Param], int, Node | None]:
    """Walk a function's type parameters, parameters and result type; gives its body, too."""
    returns = NONE
    params: list[Param] = []
    body: Node | None = None
    kinds = walker.kinds
    arrow = kinds[node.kind_id] == "arrow_function"
    for child in node.named_children:
        kind = kinds[child.kind_id]
        if kind == "formal_parameters":
            params = parameters(walker, child, symbol, hints)
        elif kind == "statement_block" and not arrow:
            body = child
        elif kind == "type_parameters":
            walker.declaring = symbol
            walker.value(child)
        elif kind in RETURN_TYPES:
            returns = walker.value(child)
        elif kind in COMMENTS:
            walker.value(child)
        elif arrow:
            if body is not None:  # `x => …`: what looked like the body was the parameter
                params = [one_parameter(walker, body, symbol, 0, NONE, NONE, hints)]
            body = child
    return params, returns, body


RETURN_TYPES = frozenset({"type_annotation", "asserts_annotation", "type_predicate_annotation"})


def walk_body(walker: Walker, body: Node, symbol: int) -> None:
    """Walk a function's body, which shares the scope of its parameters."""
    walker.within = symbol
    if walker.kinds[body.kind_id] == "statement_block":
        table = walker.table
        for child in body.named_children:
            table[child.kind_id](walker, child)
    else:
        inner = body.named_children[0] if walker.kinds[body.kind_id] == "parenthesized_expression" else body
        walker.returning = walker.kinds[inner.kind_id] == "object"
        promise(walker, inner)
        result = walker.value(body)
        if result != NONE:
            walker.results.append(result)


def promise(walker: Walker, value: Node) -> None:
    """See to it that a function which is returned next takes what the declared result says."""
    if walker.promised != NONE and walker.kinds[value.kind_id] in FUNCTION_VALUES:
        walker.passed = (walker.promised, WHOLE_TYPE)


def function_flags(walker: Walker, node: Node, naming: Naming) -> int:
    """Read `async` and `*` from what stands before the name or the parameters."""
    flags = 0
    head_end = naming.name_node.start_byte if naming.name_node is not None else node.start_byte + 40
    if head_end < node.start_byte:
        head_end = node.start_byte + 40
    head = walker.source[node.start_byte : head_end]
    if b"async" in head and b"async" in head.replace(b"(", b" ").replace(b"*", b" ").split():
        flags |= ASYNC
    kind = walker.kinds[node.kind_id]
    if kind.startswith("generator") or (kind == "method_definition" and b"*" in head):
        flags |= GENERATOR
    return flags


def this_expression(walker: Walker, node: Node) -> int:
    """Return the receiver that `this` stands for here."""
    if walker.receiver == NONE:
        return NONE
    return walker.define(walker.receiver) if walker.static else walker.builder.expr((SELF, walker.receiver))


def function_value(walker: Walker, node: Node) -> int:
    """Lower a function that no declaration names: `<lambda1>`, or what it calls itself."""
    parent = walker.within
    arrow = walker.kinds[node.kind_id] == "arrow_function"
    name_node = None if arrow else node.child_by_field_name("name")
    own = walker.text(name_node) if name_node is not None else None
    name = own if own is not None else walker.builder.next_lambda(parent)
    naming = Naming(name, "function" if own else "lambda", parent, node, name_node)
    receiver = None if arrow else NONE
    return walker.define(lower_function(walker, node, naming, receiver=receiver, own_name=own))


def function_declaration(walker: Walker, node: Node, flags: int = 0) -> int:
    """Lower `function f() {}` and the signatures of its overloads, which are one definition."""
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return function_value(walker, node)
    env = walker.env.function()
    name = walker.text(name_node)
    if node.type == "function_signature" and overloaded(walker, node, name):
        signature(walker, node, (env.symbol, name))
        if walker.locals:  # a name that must be written as that of the definition
            walker.refer(name_node, READS, walker.name(name))
        return NONE
    naming = Naming(name, "function", env.symbol, node, name_node, flags)
    symbol = lower_function(walker, node, naming, receiver=OWN if name[:1].isupper() else NONE)
    walker.declare_symbol(env, name, symbol)
    return walker.define(symbol)


def overloaded(walker: Walker, node: Node, name: str) -> bool:
    """Tell whether a signature is followed by another one or the body of the same function."""
    around = node.parent
    following = (around if around is not None and around.type in OUTER else node).next_named_sibling
    while following is not None and following.type in COMMENTS:
        following = following.next_named_sibling
    if following is None:
        return False
    if following.type in OUTER:
        following = following.named_children[-1]
    other = following.child_by_field_name("name")
    return other is not None and walker.text(other) == name


OUTER = frozenset({"export_statement", "ambient_declaration"})


def signature(walker: Walker, node: Node, owner: tuple[int, str]) -> None:
    """Walk the types of an overload that has no symbol of its own; its result counts for the function."""
    frame = enter(walker, walker.block())
    for child in node.named_children:
        if child.type in RETURN_TYPES:
            walker.overloads.setdefault(owner, []).append(walker.value(child))
        elif child.type == "type_parameters":
            walker.value(child)
        elif child.type == "formal_parameters":
            parameters(walker, child, walker.env.symbol)
    leave(walker, frame)


HANDLERS: dict[str, Handler] = {
    "function_declaration": function_declaration,
    "generator_function_declaration": function_declaration,
    "function_signature": function_declaration,
    "function_expression": function_value,
    "generator_function": function_value,
    "function": function_value,
    "arrow_function": function_value,
    "this": this_expression,
}
