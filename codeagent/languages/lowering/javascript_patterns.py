"""Destructuring and assignment targets: which names take which part of a value."""

from tree_sitter import Node

from codeagent.domain.facts import EACH, ITEM, NONE, READS, WRITES
from codeagent.languages.lowering.javascript_walker import COMMENTS, Env, Walker


def bind_pattern(walker: Walker, node: Node, value: int, env: Env | None) -> None:
    """Give the names of a pattern their part of `value`: declared in `env`, or assigned where None."""
    kind = node.type
    if kind in ("identifier", "shorthand_property_identifier_pattern"):
        bind_name(walker, node, value, env)
    elif kind == "object_pattern":
        for child in node.named_children:
            bind_property(walker, child, value, env)
    elif kind == "array_pattern":
        bind_array(walker, node, value, env)
    elif kind in ("assignment_pattern", "object_assignment_pattern", "assignment_expression"):
        left, right = node.named_children[0], node.named_children[-1]
        bind_pattern(walker, left, walker.either(value, walker.value(right)), env)
    elif kind == "rest_pattern":
        bind_pattern(walker, node.named_children[0], value, env)
    elif kind in ("parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression"):
        bind_pattern(walker, node.named_children[0], value, env)
        for child in node.named_children[1:]:
            walker.value(child)
    elif env is None:
        write_target(walker, node, value)
    elif kind not in COMMENTS:
        walker.value(node)


def bind_name(walker: Walker, node: Node, value: int, env: Env | None) -> None:
    """Declare one name, or assign to it."""
    name = walker.text(node)
    if env is None:
        walker.assign(name, value, node.start_byte)
        walker.refer(node, WRITES, walker.name(name))
    elif env.shared:
        declare_variable(walker, env, name, node, value, walker.declared_kind)
    else:
        walker.declare_local(env, name, value, node.start_byte)


def declare_variable(
    walker: Walker, env: Env, name: str, node: Node, value: int, kind: str, *, whole: Node | None = None, flags: int = 0
) -> None:
    """Make a variable of a module or namespace a symbol, once."""
    known = walker.members.get((env.symbol, name))
    if known is None:
        whole = whole or node
        flags |= walker.declared_flags
        walker.members[env.symbol, name] = walker.builder.open_symbol(
            name, kind, env.symbol, (whole.start_byte, whole.end_byte), (node.start_byte, node.end_byte), flags
        )
        env.declared[name] = (env.symbol, name, False)
    walker.bind(env.symbol, name, value, node.start_byte)
    if walker.exporting:
        walker.exported.append(name)


def bind_property(walker: Walker, node: Node, value: int, env: Env | None) -> None:
    """Bind one entry of an object pattern."""
    kind = node.type
    if kind == "pair_pattern":
        key, target = node.named_children[0], node.named_children[-1]
        name = property_name(walker, key)
        if name is None:
            walker.value(key)
            bind_pattern(walker, target, NONE, env)
            return
        part = walker.attribute(value, name) if value != NONE else NONE
        if part != NONE:
            walker.refer(key, READS, part)
        bind_pattern(walker, target, part, env)
        return
    if kind == "object_assignment_pattern":
        left, right = node.named_children[0], node.named_children[-1]
        part = property_value(walker, left, value)
        bind_pattern(walker, left, walker.either(part, walker.value(right)), env)
    elif kind == "shorthand_property_identifier_pattern":
        bind_name(walker, node, property_value(walker, node, value), env)
    elif kind in COMMENTS:
        walker.value(node)
    else:
        bind_pattern(walker, node, value, env)


def property_value(walker: Walker, node: Node, value: int) -> int:
    """Return the member that a shorthand `{name}` takes, and note that it is read."""
    if value == NONE:
        return NONE
    part = walker.attribute(value, walker.text(node))
    walker.refer(node, READS, part)
    return part


def property_name(walker: Walker, key: Node) -> str | None:
    """Return the constant name of a property, or None where it is computed."""
    kind = key.type
    if kind in ("property_identifier", "private_property_identifier", "identifier", "number"):
        return walker.text(key)
    if kind == "string":
        return walker.text(key)[1:-1]
    if kind == "computed_property_name" and key.named_children and key.named_children[0].type == "string":
        return walker.text(key.named_children[0])[1:-1]
    return None


def bind_array(walker: Walker, node: Node, value: int, env: Env | None) -> None:
    """Bind the elements of an array pattern by position; holes count."""
    index = 0
    for child in node.children:
        if not child.is_named:
            index += child.type == ","
        elif child.type == "rest_pattern":
            bind_pattern(walker, child, value, env)
        elif child.type not in COMMENTS:
            part = NONE if value == NONE else walker.builder.expr((ITEM, value, index))
            bind_pattern(walker, child, part, env)


def write_target(walker: Walker, node: Node, value: int) -> None:
    """Assign to `a.b`, `a["b"]`, `this.x` or `a[i]`."""
    kind = node.type
    children = [c for c in node.named_children if c.type not in COMMENTS]
    if kind == "member_expression" and len(children) >= 2:
        target, key = children[0], children[-1]
        write_member(walker, target, key, walker.text(key), value)
    elif kind == "subscript_expression" and len(children) >= 2:
        target, key = children[0], children[-1]
        if key.type == "string":
            write_member(walker, target, key, walker.text(key)[1:-1], value)
        else:
            base = walker.value(target)
            walker.value(key)
            walker.write(base, int(walker.text(key)) if walker.text(key).isdecimal() else None, value, item=True)
    else:
        walker.value(node)


def write_member(walker: Walker, target: Node, key: Node, name: str, value: int) -> None:
    """Assign to a member: of `this` it is a field of the class, of anything else a write."""
    base = walker.value(target)
    walker.refer(key, WRITES, walker.attribute(base, name))
    if target.type == "this" and walker.receiver != NONE:
        owner = walker.receiver
        walker.prototypes.setdefault(owner, [])
        if (owner, name) not in walker.members:
            span = (key.start_byte, key.end_byte)
            walker.members[owner, name] = walker.builder.open_symbol(name, "field", owner, span, span)
        walker.bind(owner, name, value, key.start_byte)
    else:
        walker.write(base, name, value, item=False)


def each(walker: Walker, value: int) -> int:
    """Return what iterating over a value yields."""
    return NONE if value == NONE else walker.builder.expr((EACH, value))
