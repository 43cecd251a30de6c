"""Expressions of JavaScript and TypeScript: calls, members, operators, literals, assignments."""

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    AWAIT,
    CALLS,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    READS,
    SUPER,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.lowering.javascript_commonjs import assign_function
from codeagent.languages.lowering.javascript_inheriting import set_prototype
from codeagent.languages.lowering.javascript_patterns import bind_pattern
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Target, Walker, visit_children


def identifier(walker: Walker, node: Node) -> int:
    """Lower a name that is read."""
    start, end = node.start_byte, node.end_byte
    env = walker.env
    name = walker.source[start:end].decode("utf-8", LATIN)
    index = env.names.get(name)
    if index is None:  # `Walker.name`, without the call: this is the hottest place of all
        exprs = walker.exprs
        index = env.names[name] = len(exprs)
        exprs.append((NAME, 0, name))
        walker.pending.append((env, name, index))
    walker.refs += (start, end, READS, walker.within, index)
    return index


def member(walker: Walker, node: Node, role: int = READS) -> int:
    """Lower `base.name` and `base?.name`."""
    children = node.named_children
    base, key = children[0], children[-1]
    value = walker.table[base.kind_id](walker, base)
    if value == NONE and role != CALLS:
        return NONE
    if len(children) > 2:
        key = node.child_by_field_name("property") or key
    start, end = key.start_byte, key.end_byte
    name = walker.source[start:end].decode("utf-8", LATIN)
    fact = (ATTR, value, name)
    expr = walker.interned.get(fact)
    if expr is None:
        expr = walker.interned[fact] = len(walker.exprs)
        walker.exprs.append(fact)
    walker.refs += (start, end, role, walker.within, expr)
    return expr


def subscript(walker: Walker, node: Node, role: int = READS) -> int:
    """Lower `base[key]`: a constant string is a member, a constant number an item."""
    children = [c for c in node.named_children if c.type not in COMMENTS and c.type != "optional_chain"]
    if len(children) < 2:
        return visit_children(walker, node)
    base, key = walker.value(children[0]), children[-1]
    kind = key.type
    if kind == "string":
        expr = walker.builder.expr((ATTR, base, walker.text(key)[1:-1]))
        walker.refer(key, role, expr)
        return expr
    if kind == "number":
        text = walker.text(key)
        index = int(text) if text.isdecimal() and len(text) < 10 else None
    else:
        walker.value(key)
        index = None
    expr = NONE if base == NONE else walker.builder.expr((ITEM, base, index))
    if role == CALLS:
        walker.refs += (node.end_byte - 1, node.end_byte, role, walker.within, expr)
        if index is None:
            walker.builder.dynamic.append(node.start_byte)
    return expr


def inner(walker: Walker, node: Node, role: int) -> int:
    """Pass a role on to the first expression inside: `(a.b)()`, `a!.b`, `f<T>`."""
    expr = NONE
    first = True
    for child in node.named_children:
        if first and child.type not in COMMENTS:
            expr, first = walker.target(child, role), False
        else:
            walker.value(child)
    return expr


def first_value(walker: Walker, node: Node) -> int:
    """Lower a wrapper around one expression: parentheses, `x!`, `f<T>`, `<T>{…}`'s braces."""
    expr = NONE
    first = True
    for child in node.named_children:
        value = walker.value(child)
        if first and child.type not in COMMENTS:
            expr, first = value, False
    return expr


def awaited(walker: Walker, node: Node) -> int:
    """Lower `await x`."""
    value = first_value(walker, node)
    return NONE if value == NONE else walker.builder.expr((AWAIT, value))


def binary(walker: Walker, node: Node) -> int:
    """Lower `a && b`, `a || b`, `a ?? b` to either side, other operators to nothing; long chains in a loop."""
    rights: list[tuple[Node, bool]] = []
    while node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        logical = operator is not None and operator.type in ("&&", "||", "??")
        walker.decisions += logical
        children = node.named_children
        if len(children) < 2:
            break
        rights.append((children[-1], logical))
        for extra in children[1:-1]:
            walker.value(extra)
        node = children[0]
    left = walker.value(node) if node.type != "binary_expression" else visit_children(walker, node)
    for right, logical in reversed(rights):
        value = walker.value(right)
        left = walker.either(left, value) if logical else NONE
    return left


def ternary(walker: Walker, node: Node) -> int:
    """Lower `test ? a : b`."""
    walker.decisions += 1
    children = [c for c in node.named_children if c.type not in COMMENTS]
    values = [walker.value(child) for child in children]
    return walker.either(*values[1:])


def sequence(walker: Walker, node: Node) -> int:
    """Lower `a, b`: the last one counts."""
    value = NONE
    for child in node.named_children:
        value = walker.value(child)
    return value


def assignment(walker: Walker, node: Node) -> int:
    """Lower `target = value`, destructuring included."""
    children = [c for c in node.named_children if c.type not in COMMENTS]
    if len(children) < 2:
        return visit_children(walker, node)
    left, right = children[0], children[-1]
    if left.type == "member_expression":
        value = assign_function(walker, node, left, right)
        value = set_prototype(walker, left, right) if value is None else value
        if value is not None:
            return value
    value = walker.value(right)
    bind_pattern(walker, left, value, None)
    return value


def augmented(walker: Walker, node: Node) -> int:
    """Lower `x ??= value`, `x += value`."""
    children = [c for c in node.named_children if c.type not in COMMENTS]
    operator = node.child_by_field_name("operator")
    value = walker.value(children[-1])
    logical = operator is not None and operator.type in ("??=", "||=", "&&=")
    bind_pattern(walker, children[0], value if logical else NONE, None)
    return value if logical else NONE


def update(walker: Walker, node: Node) -> int:
    """Lower `x++`."""
    for child in node.named_children:
        bind_pattern(walker, child, NONE, None)
    return NONE


def cast(walker: Walker, node: Node) -> int:
    """Lower `value as Type` and `<Type>value`; `as const` and `as any` keep the value."""
    children = [c for c in node.named_children if c.type not in COMMENTS]
    if node.type == "type_assertion":
        children.reverse()
    value = walker.value(children[0])
    declared = walker.instance(walker.value(children[-1])) if len(children) > 1 else NONE
    return declared if declared != NONE else value


def satisfies(walker: Walker, node: Node) -> int:
    """Lower `value satisfies Type`, which keeps the value's own type."""
    return first_value(walker, node)


def literal(name: str) -> Handler:
    """Return the handler of literals of a builtin type."""
    expr = (LITERAL, name)

    def lower(walker: Walker, node: Node) -> int:
        index = walker.literals.get(name)
        if index is None:
            index = walker.literals[name] = walker.builder.expr(expr)
        return index

    return lower


def template(walker: Walker, node: Node) -> int:
    """Lower a template string: what it interpolates is read."""
    visit_children(walker, node)
    return walker.builder.expr((LITERAL, "String"))


def super_value(walker: Walker, node: Node) -> int:
    """Lower `super` as the base of a member."""
    return NONE if walker.home == NONE else walker.builder.expr((SUPER, walker.home))


def nothing(walker: Walker, node: Node) -> int:
    """Pass over a literal that no flow depends on."""
    return NONE


TARGETS: dict[str, Target] = {
    "member_expression": member,
    "nested_identifier": member,
    "nested_type_identifier": member,
    "subscript_expression": subscript,
    "parenthesized_expression": inner,
    "non_null_expression": inner,
    "instantiation_expression": inner,
}
HANDLERS: dict[str, Handler] = {
    "identifier": identifier,
    "type_identifier": identifier,
    "member_expression": member,
    "nested_identifier": member,
    "nested_type_identifier": member,
    "subscript_expression": subscript,
    "await_expression": awaited,
    "binary_expression": binary,
    "ternary_expression": ternary,
    "sequence_expression": sequence,
    "assignment_expression": assignment,
    "augmented_assignment_expression": augmented,
    "update_expression": update,
    "as_expression": cast,
    "type_assertion": cast,
    "satisfies_expression": satisfies,
    "parenthesized_expression": first_value,
    "non_null_expression": first_value,
    "instantiation_expression": first_value,
    "string": literal("String"),
    "number": literal("Number"),
    "regex": literal("RegExp"),
    "template_string": template,
    "super": super_value,
    "true": nothing,
    "false": nothing,
    "null": nothing,
    "undefined": nothing,
    "meta_property": nothing,
    "import": nothing,
    "property_identifier": nothing,
    "private_property_identifier": nothing,
    "string_fragment": nothing,
    "escape_sequence": nothing,
}
