"""Statements of JavaScript and TypeScript: declarations of variables, blocks, loops, branches."""

from typing import cast

from tree_sitter import Node

from codeagent.domain.facts import ANY, ATTR, EACH, INSTANCE, LITERAL, NAME, NONE, TYPED, Expr
from codeagent.languages.lowering.javascript_created import (
    behind_exports,
    created_object,
    export_as_whole,
    is_created,
)
from codeagent.languages.lowering.javascript_functions import (
    FUNCTION_VALUES,
    OWN,
    WHOLE_TYPE,
    Naming,
    lower_function,
    promise,
)
from codeagent.languages.lowering.javascript_objects import class_value, named_object
from codeagent.languages.lowering.javascript_patterns import bind_pattern, declare_variable
from codeagent.languages.lowering.javascript_walker import COMMENTS, Env, Handler, Walker

WRAPPERS = frozenset({"parenthesized_expression", "satisfies_expression"})


def declaration(walker: Walker, node: Node) -> int:
    """Lower `var`, `let`, `const` and `using` with all their declarators."""
    keyword = node.children[0].type
    env = walker.env.function() if keyword == "var" else walker.env
    kind = walker.declared_kind = "constant" if keyword == "const" else "variable"
    for child in node.named_children:
        if walker.kinds[child.kind_id] == "variable_declarator":
            declarator(walker, child, env, kind)
        else:
            walker.value(child)
    return NONE


def declarator(walker: Walker, node: Node, env: Env, kind: str) -> None:
    """Lower `pattern: type = value`."""
    pattern: Node | None = None
    initial: Node | None = None
    declared = NONE
    kinds = walker.kinds
    for child in node.named_children:
        kind_here = kinds[child.kind_id]
        if kind_here == "type_annotation":
            declared = walker.instance(walker.value(child))
        elif kind_here in COMMENTS:
            walker.value(child)
        elif pattern is None:
            pattern = child
        else:
            initial = child
    if pattern is None:
        return
    if kinds[pattern.kind_id] != "identifier":
        value = walker.value(initial) if initial is not None else NONE
        bind_pattern(walker, pattern, declared if declared != NONE else value, env)
        return
    name = walker.text(pattern)
    symbol = NONE
    value = NONE
    if initial is not None:
        symbol, value = named_value(walker, initial, name, pattern, node, env, declared)
    if symbol != NONE:
        walker.declare_symbol(env, name, symbol)
        if walker.exporting and env.parent is None:
            walker.exported.append(name)
    else:
        value = held(walker, declared, value)
        if env.shared:
            declare_variable(walker, env, name, pattern, value, kind, whole=node)
        else:
            walker.declare_local(env, name, value, pattern.start_byte)


def held(walker: Walker, declared: int, value: int) -> int:
    """Return what a variable holds: its declared type decides, but which function it is only the value tells."""
    if declared == NONE or (value != NONE and walker.exprs[value][0] in (NAME, ANY)):
        return walker.either(value, declared)
    typed = generic_of(walker, declared)
    if typed and walker.exprs[cast(int, typed[1])] == (LITERAL, "Function"):
        return walker.either(value, declared)
    return declared


def named_value(
    walker: Walker, node: Node, name: str, name_node: Node, whole: Node, env: Env, declared: int = NONE
) -> tuple[int, int]:
    """Visit what a name is defined as: (its symbol, NONE) for functions, classes and objects, else (NONE, value)."""
    behind = behind_exports(walker, node)
    if behind != node:
        symbol, value = named_value(walker, behind, name, name_node, whole, env, declared)
        export_as_whole(walker, name, walker.define(symbol) if symbol != NONE else value, behind.start_byte)
        return symbol, value
    kind = walker.kinds[node.kind_id]
    while kind in WRAPPERS and node.named_child_count:
        for extra in node.named_children[1:]:
            walker.value(extra)
        node = node.named_children[0]
        kind = walker.kinds[node.kind_id]
    flags = walker.declared_flags
    if kind in FUNCTION_VALUES:
        walker.hints = expected_parameters(walker, declared)
        walker.passed = (declared, WHOLE_TYPE) if declared != NONE else None
        naming = Naming(name, "function", env.symbol, whole, name_node, flags)
        inner = node.child_by_field_name("name")
        arrow = kind == "arrow_function"
        symbol = lower_function(
            walker,
            node,
            naming,
            receiver=None if arrow else OWN if name[:1].isupper() else NONE,
            own_name=walker.text(inner) if inner is not None and walker.text(inner) != name else None,
        )
        return symbol, NONE
    if kind == "class":
        return class_value(walker, node, Naming(name, "class", env.symbol, whole, name_node, flags)), NONE
    if kind == "object":
        naming = Naming(name, "object", env.symbol, whole, name_node, flags)
        return named_object(walker, node, naming, always=env.shared, declared=declared)
    if env.shared and is_created(walker, node):
        return created_object(walker, node, Naming(name, "object", env.symbol, whole, name_node, flags)), NONE
    return NONE, walker.value(node)


COMPONENTS = frozenset({"FC", "FunctionComponent", "VFC", "SFC", "ComponentType"})  # they take their type argument


def expected_parameters(walker: Walker, declared: int) -> tuple[int, ...]:
    """Return what a variable's declared type says of the parameters of the function that it holds."""
    typed = generic_of(walker, declared)
    if not typed:
        return ()
    base, args = walker.exprs[cast(int, typed[1])], cast("tuple[int, ...]", typed[2])
    if base == (LITERAL, "Function"):
        return tuple(walker.instance(arg) for arg in args[:-1])
    return (walker.instance(args[0]),) if args and base[0] in (NAME, ATTR) and base[2] in COMPONENTS else ()


def generic_of(walker: Walker, declared: int) -> Expr:
    """Return the generic type that a declared value is an instance of, or ()."""
    expr = walker.exprs[declared] if declared != NONE else ()
    inner = walker.exprs[cast(int, expr[1])] if expr and expr[0] == INSTANCE else ()
    return inner if inner and inner[0] == TYPED else ()


def block(walker: Walker, node: Node) -> int:
    """Lower a block, which has a scope of its own."""
    outer, walker.env = walker.env, walker.block()
    table = walker.table
    for child in node.named_children:
        table[child.kind_id](walker, child)
    walker.env = outer
    return NONE


def branching(walker: Walker, node: Node) -> int:
    """Lower `if`, `while`, `do`, a `case`: one more decision."""
    walker.decisions += 1
    for child in node.named_children:
        walker.value(child)
    return NONE


def for_loop(walker: Walker, node: Node) -> int:
    """Lower `for (init; test; step)`; what `let` declares lives in the loop."""
    walker.decisions += 1
    return block(walker, node)


def for_in(walker: Walker, node: Node) -> int:
    """Lower `for (x of xs)` and `for (key in object)`."""
    walker.decisions += 1
    outer, walker.env = walker.env, walker.block()
    children = [c for c in node.named_children if c.type not in COMMENTS]
    keyword = node.child_by_field_name("kind")
    operator = node.child_by_field_name("operator")
    left, right, body = node.child_by_field_name("left"), node.child_by_field_name("right"), children[-1]
    if left is not None and right is not None:
        value = walker.value(right)
        if operator is not None and operator.type == "in":
            value = walker.builder.expr((LITERAL, "String"))
        elif value != NONE:
            value = walker.builder.expr((EACH, value))
        env = (
            None
            if keyword is None
            else (walker.env.parent or walker.env).function()
            if keyword.type == "var"
            else walker.env
        )
        bind_pattern(walker, left, value, env)
    if right is None or body != right:
        walker.value(body)
    walker.env = outer
    return NONE


def loop_scope(walker: Walker, keyword: Node | None) -> Env | None:
    """Return where the variable of a `for … of` is declared; None: it is one that is there already."""
    if keyword is None:
        return None
    return walker.env.function() if keyword.type == "var" else walker.env


def catch(walker: Walker, node: Node) -> int:
    """Lower `catch (error) {}`."""
    walker.decisions += 1
    outer, walker.env = walker.env, walker.block()
    parameter = node.child_by_field_name("parameter")
    for child in node.named_children:
        if parameter is not None and child == parameter:
            bind_pattern(walker, child, NONE, walker.env)
        else:
            walker.value(child)
    walker.env = outer
    return NONE


def returned(walker: Walker, node: Node) -> int:
    """Lower `return value`."""
    for child in node.named_children:
        walker.returning = walker.kinds[child.kind_id] == "object"
        promise(walker, child)
        value = walker.value(child)
        if value != NONE:
            walker.results.append(value)
    return NONE


def yielded(walker: Walker, node: Node) -> int:
    """Lower `yield value` and `yield* values`."""
    delegated = any(child.type == "*" for child in node.children)
    for child in node.named_children:
        value = walker.value(child)
        if value != NONE:
            walker.yields.append(walker.builder.expr((EACH, value)) if delegated else value)
    return NONE


def comment(walker: Walker, node: Node) -> int:
    """Count the lines that hold nothing but comment."""
    source = walker.source
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    end = source.find(b"\n", node.end_byte)
    after = source[node.end_byte : end if end >= 0 else len(source)]
    alone = [bool(line.strip()) for line in source[node.start_byte : node.end_byte].split(b"\n")]
    if source[start : node.start_byte].strip():
        alone[0] = False
    if after.strip():
        alone[-1] = False
    walker.comment_lines += sum(alone)
    return NONE


def nothing(walker: Walker, node: Node) -> int:
    """Pass over what means nothing to the graph."""
    return NONE


HANDLERS: dict[str, Handler] = {
    "lexical_declaration": declaration,
    "variable_declaration": declaration,
    "using_declaration": declaration,
    "statement_block": block,
    "if_statement": branching,
    "while_statement": branching,
    "do_statement": branching,
    "switch_case": branching,
    "switch_body": block,
    "for_statement": for_loop,
    "for_in_statement": for_in,
    "catch_clause": catch,
    "return_statement": returned,
    "yield_expression": yielded,
    "comment": comment,
    "html_comment": comment,
    "hash_bang_line": comment,
    "empty_statement": nothing,
    "break_statement": nothing,
    "continue_statement": nothing,
    "debugger_statement": nothing,
    "statement_identifier": nothing,
}
