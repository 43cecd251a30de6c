"""Calls and constructions of JavaScript and TypeScript, and what is handed to them."""

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CALLS,
    HANDS,
    INSTANCE,
    LITERAL,
    NAME,
    NONE,
    SEQ,
    STAR,
    SUPER,
    TYPED,
)
from codeagent.languages.lowering.javascript_builtins import (
    BUILTIN_METHODS,
    HOOKS,
    callback_hints,
    result_of,
    result_of_hook,
)
from codeagent.languages.lowering.javascript_commonjs import required
from codeagent.languages.lowering.javascript_expressions import first_value, member
from codeagent.languages.lowering.javascript_functions import FUNCTION_VALUES
from codeagent.languages.lowering.javascript_inheriting import RELATING, relate
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Walker, visit_children


def call(walker: Walker, node: Node) -> int:
    """Lower a call; of `import(…)`, `require(…)` and `super(…)` too."""
    children = node.named_children
    callee, arguments = children[0], children[-1]
    kind = walker.kinds[callee.kind_id]
    if kind == "member_expression":
        function = member(walker, callee, CALLS)
    elif kind == "identifier":
        if walker.source[callee.start_byte : callee.end_byte] == b"require":
            found = required(walker, callee, arguments)
            if found != NONE:
                return found
        function = walker.target(callee, CALLS)
    else:
        function = unusual_callee(walker, callee, kind, arguments)
        if kind == "import" and function != NONE:
            return function
    known = function != NONE and walker.exprs[function][0] == ATTR and walker.exprs[function][2] in BUILTIN_METHODS
    args = argument_values(walker, arguments, callback_hints(walker, function) if known else (), function)
    given = NONE
    if len(children) > 2:
        for child in children[1:-1]:
            if child.type == "type_arguments":
                given = walker.instance(type_argument(walker, child))
    if function == NONE:
        return given
    named = walker.exprs[function][2] if walker.exprs[function][0] in (ATTR, NAME) else ""
    if named in RELATING:
        relate(walker, named, arguments, args)
    result = len(walker.exprs)  # calls are seldom alike: looking for an equal one costs more than it saves
    walker.exprs.append((CALL, function, args, ()))
    if kind == "member_expression" and any(arg != NONE and walker.exprs[arg][0] != LITERAL for arg in args):
        walker.refs += (arguments.start_byte, arguments.start_byte, HANDS, walker.within, result)
    if kind == "identifier" and walker.exprs[function][2] in HOOKS:
        return walker.either(result, result_of_hook(walker, function, args, given))
    return walker.either(result, result_of(walker, function, args), given) if known or given != NONE else result


def unusual_callee(walker: Walker, callee: Node, kind: str, arguments: Node) -> int:
    """Lower a callee that is neither a name nor a member: `import`, `super`, a function, another call."""
    if kind == "import":
        return required(walker, callee, arguments)
    if kind == "super":
        return super_constructor(walker, callee)
    function = walker.target(callee, CALLS)
    while kind in PASSING and callee.named_child_count:
        callee = callee.named_children[0]
        kind = walker.kinds[callee.kind_id]
    if kind in UNNAMED:
        walker.refs += (arguments.start_byte, arguments.start_byte + 1, CALLS, walker.within, function)
    return function


PASSING = frozenset({"parenthesized_expression", "non_null_expression", "instantiation_expression"})


UNNAMED = frozenset(
    {"call_expression", "await_expression", "new_expression", "class", "this", "ternary_expression"}
    | {"binary_expression", "assignment_expression", "as_expression", "sequence_expression"}
    | FUNCTION_VALUES
)


def type_argument(walker: Walker, node: Node) -> int:
    """Visit explicit type arguments; a single one is also what a generic result may be."""
    types = [walker.value(child) for child in node.named_children]
    return types[0] if len(types) == 1 else NONE


def super_constructor(walker: Walker, node: Node) -> int:
    """Lower the `super` of `super(…)`: the constructor of the superclass runs."""
    if walker.home == NONE:
        return NONE
    above = walker.builder.expr((SUPER, walker.home))
    expr = walker.attribute(above, "constructor")
    walker.refer(node, CALLS, expr)
    return expr


def argument_values(walker: Walker, node: Node, hints: tuple[int, ...] = (), function: int = NONE) -> tuple[int, ...]:
    """Visit arguments and return their expressions by position; callbacks get the hints."""
    kinds, table = walker.kinds, walker.table
    if kinds[node.kind_id] == "template_string":
        visit_children(walker, node)
        return ()
    values: list[int] = []
    for child in node.named_children:
        number = child.kind_id
        kind = kinds[number]
        if kind in COMMENTS:
            walker.value(child)
            continue
        if kind in FUNCTION_VALUES:
            walker.hints = hints
            walker.passed = None if function == NONE else (function, len(values))
        values.append(table[number](walker, child))
    return tuple(values)


def spread(walker: Walker, node: Node) -> int:
    """Lower `...value` among arguments and elements."""
    value = first_value(walker, node)
    return NONE if value == NONE else walker.builder.expr((STAR, value))


def construct(walker: Walker, node: Node) -> int:
    """Lower `new X(…)`: a call of the class."""
    args: tuple[int, ...] = ()
    given: tuple[int, ...] = ()
    callee = NONE
    for child in node.named_children:
        kind = child.type
        if kind == "arguments":
            args = argument_values(walker, child)
        elif kind == "type_arguments":
            given = tuple(walker.value(part) for part in child.named_children if part.type not in COMMENTS)
        elif kind in COMMENTS:
            walker.value(child)
        else:
            callee = walker.target(child, CALLS)
            if kind in UNNAMED:
                walker.refs += (child.end_byte - 1, child.end_byte, CALLS, walker.within, callee)
    if callee == NONE:
        return NONE
    if given and walker.exprs[callee][0] in (NAME, ATTR):
        typed = walker.builder.expr((INSTANCE, walker.builder.expr((TYPED, callee, given))))
        return walker.either(walker.builder.expr((CALL, callee, args, ())), typed)
    return walker.builder.expr((CALL, callee, args, ()))


def decorator(walker: Walker, node: Node) -> int:
    """Lower `@name` and `@name(…)`: applying it is a call."""
    value = NONE
    for child in node.named_children:
        value = walker.target(child, CALLS)
    return value


def array(walker: Walker, node: Node) -> int:
    """Lower an array literal."""
    return walker.builder.expr((SEQ, argument_values(walker, node), node.start_byte))


HANDLERS: dict[str, Handler] = {
    "call_expression": call,
    "new_expression": construct,
    "decorator": decorator,
    "spread_element": spread,
    "array": array,
}
