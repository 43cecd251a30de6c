"""Rust: patterns, and the statements and expressions that bind by them."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ITEM, NAME, NONE, READS, TYPED
from codeagent.languages.lowering.rust_paths import identifier, prefix, scoped
from codeagent.languages.lowering.rust_types import lower_type
from codeagent.languages.lowering.rust_walk import COMMENTS, Handler, Walk, descend

_WRAPPERS: Final = frozenset(
    {"Some", "Ok", "Ready", "Continue", "Break", "Occupied", "Left", "Right", "Borrowed", "Owned"}
)
_PUNCTUATION: Final = frozenset({"(", ")", ",", "[", "]", "|", *COMMENTS})


def bind_pattern(walk: Walk, node: Node, value: int, scope: int, mutable: bool = False) -> None:
    """Introduce the names of a pattern, each standing for its part of `value`."""
    handler = _PATTERNS.get(node.type)
    if handler is not None:
        handler(walk, node, value, scope, mutable)
    else:
        walk.visit(node, scope)


def _name(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    text = walk.word(node)
    if text[:1].isupper():  # a constant or a variant, by Rust's naming rules
        index = walk.expr((NAME, walk.items, text))
        walk.references += (node.start_byte, node.end_byte, READS, scope, index)
    else:
        walk.bind(text, value, node.start_byte, node.end_byte, scope, mutable)


def _modified(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    """`mut x`, `ref x`, `&x`: the pattern inside."""
    children = walk.children(node)
    mutable = mutable or node.type == "mut_pattern"
    if children:
        bind_pattern(walk, children[-1], value, scope, mutable)


def _captured(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    for child in walk.children(node):
        bind_pattern(walk, child, value, scope, mutable)


def _tuple(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    """`(a, _, b)`; the second of two may be the value of a map's entry."""
    parts = [child for child in node.children if child.type not in _PUNCTUATION]
    known = True
    for position, child in enumerate(parts):
        if child.type == "remaining_field_pattern":
            known = False
            continue
        part = walk.expr((ITEM, value, position)) if known and value != NONE else NONE
        if position == 1 and len(parts) == 2 and part != NONE:
            part = walk.any((part, value))
        if child.is_named:
            bind_pattern(walk, child, part, scope, mutable)


def _slice(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    for child in walk.children(node):
        bind_pattern(walk, child, value if child.type == "captured_pattern" else walk.inner(value), scope, mutable)


def _variant(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    """`Some(x)` unwraps; `Shape::Circle(c)` and `Point(x, y)` take a payload apart."""
    type_node = node.child_by_field_name("type")
    if type_node is None:
        return
    name = walk.word(type_node).rpartition("::")[2]
    owner = _owner(walk, type_node, scope)
    parts = [child for child in node.children if child.type not in _PUNCTUATION and child.id != type_node.id]
    known = True
    for position, child in enumerate(parts):
        if child.type == "remaining_field_pattern":
            known = False
        elif child.is_named:
            part = NONE
            if name in _WRAPPERS:
                part = unwrapped(walk, value)
            elif known and name != "Err":
                part = walk.any((walk.attr(owner, f"{name}.{position}"), walk.attr(owner, str(position))))
            bind_pattern(walk, child, part, scope, mutable)


def _owner(walk: Walk, node: Node, scope: int) -> int:
    """Read the path of a pattern; the value that has its payloads: the enum, or the path itself."""
    if node.type == "identifier":
        return identifier(walk, node, scope) if walk.word(node) != "Self" else walk.self_type
    if node.type in ("scoped_identifier", "scoped_type_identifier"):
        children = walk.children(node)
        value = scoped(walk, node, scope)
        if len(children) == 2 and value != NONE:
            base = walk.exprs[value][1] if walk.exprs[value][0] == 1 else NONE
            path = walk.word(children[0]).rpartition("::")[2]
            if path[:1].isupper() and isinstance(base, int) and base != NONE:
                return base
        return value
    return prefix(walk, node, scope)


def _fields(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    """`Point { x, y: pattern, .. }`, `Shape::Square { side }`."""
    type_node, *fields = walk.children(node)
    name = walk.word(type_node).rpartition("::")[2]
    owner = _owner(walk, type_node, scope)
    for field in fields:
        if field.type != "field_pattern":
            continue
        label = field.child_by_field_name("name")
        if label is None:
            continue
        text = walk.word(label)
        part = walk.attr(owner, text)
        if part != NONE:
            walk.references += (label.start_byte, label.end_byte, READS, scope, part)
        part = walk.any((part, walk.attr(owner, f"{name}.{text}")))
        pattern = field.child_by_field_name("pattern")
        if pattern is not None:
            bind_pattern(walk, pattern, part, scope, mutable)
        else:
            changeable = mutable or any(child.type == "mutable_specifier" for child in field.children)
            walk.bind(text, part, label.start_byte, label.end_byte, scope, changeable)


def _either(walk: Walk, node: Node, value: int, scope: int, mutable: bool) -> None:
    with walk.alternatives():
        for child in walk.children(node):
            bind_pattern(walk, child, value, scope, mutable)


def unwrapped(walk: Walk, value: int) -> int:
    """What is inside a wrapper, or the value where it is seen through it already."""
    return walk.any((value, walk.inner(value)))


_PATTERNS: Final = {
    "identifier": _name,
    "mut_pattern": _modified,
    "ref_pattern": _modified,
    "reference_pattern": _modified,
    "captured_pattern": _captured,
    "tuple_pattern": _tuple,
    "slice_pattern": _slice,
    "tuple_struct_pattern": _variant,
    "struct_pattern": _fields,
    "or_pattern": _either,
}


# --- what binds ------------------------------------------------------------------------------------------


def let(walk: Walk, node: Node, scope: int) -> int:
    """`let pattern: type = value else { … };`"""
    walk.attributes = []
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    type_ = alternative = None
    mutable = walk.chars.startswith("mut ", node.start_byte + 4)
    if node.named_child_count > 2 + mutable or value is None:
        type_, alternative = node.child_by_field_name("type"), node.child_by_field_name("alternative")
    declared = walk.instance(lower_type(walk, type_, scope)) if type_ is not None else NONE
    result = walk.on[value.kind_id](walk, value, scope) if value is not None else NONE
    if alternative is not None:
        walk.decide(scope)
        walk.visit(alternative, scope)
    if pattern is not None:
        value_of = walk.any((declared, result)) if _is_vague(walk, declared) else declared
        bind_pattern(walk, pattern, value_of, scope, mutable or value is None)
    return NONE


def _is_vague(walk: Walk, declared: int) -> bool:
    """Whether a declared type leaves open what its values hold: `Vec<_>`, `Vec<fn(u8)>`, or nothing at all."""
    type_ = walk.exprs[declared][1] if declared != NONE else NONE
    expr = walk.exprs[type_] if isinstance(type_, int) and type_ != NONE else (TYPED, NONE, ())
    return expr[0] == TYPED and isinstance(expr[2], tuple) and all(part == NONE for part in expr[2])


def let_condition(walk: Walk, node: Node, scope: int) -> int:
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    result = walk.visit(value, scope) if value is not None else NONE
    if pattern is not None:
        bind_pattern(walk, pattern, result, scope)
    return NONE


def if_expression(walk: Walk, node: Node, scope: int) -> int:
    """Bindings of the condition reach the consequence only; the value is that of either branch."""
    values = []
    while True:
        walk.decide(scope)
        condition, consequence, *rest = [*walk.children(node), None, None][:3]
        mark = walk.mark()
        if condition is not None:
            walk.visit(condition, scope)
        if consequence is not None:
            values.append(walk.visit(consequence, scope))
        walk.release(mark)
        branch = rest[0]
        branch = next(iter(walk.children(branch)), None) if branch is not None else None
        if branch is None:
            return walk.any(values)
        if branch.type != "if_expression":
            return walk.any((*values, walk.visit(branch, scope)))
        node = branch


def while_expression(walk: Walk, node: Node, scope: int) -> int:
    walk.decide(scope)
    mark = walk.mark()
    descend(walk, node, scope)
    walk.release(mark)
    return NONE


def for_expression(walk: Walk, node: Node, scope: int) -> int:
    walk.decide(scope)
    value = node.child_by_field_name("value")
    pattern, body = node.child_by_field_name("pattern"), node.child_by_field_name("body")
    iterated = walk.visit(value, scope) if value is not None else NONE
    mark = walk.mark()
    if pattern is not None:
        bind_pattern(walk, pattern, walk.each(iterated), scope)
    if body is not None:
        walk.visit(body, scope)
    walk.release(mark)
    return NONE


def match_expression(walk: Walk, node: Node, scope: int) -> int:
    value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    subject = walk.visit(value, scope) if value is not None else NONE
    results = []
    arms = [child for child in walk.children(body) if child.type == "match_arm"] if body is not None else []
    walk.decide(scope, max(len(arms) - 1, 0))
    for arm in arms:
        mark = walk.mark()
        for child in walk.children(arm):
            if child.type == "match_pattern":
                inner = [*walk.children(child)]
                condition = child.child_by_field_name("condition")
                for part in inner:
                    if condition is not None and part.id == condition.id:
                        walk.visit(part, scope)
                    else:
                        bind_pattern(walk, part, subject, scope)
            elif child.type != "attribute_item":
                results.append(walk.visit(child, scope))
        walk.release(mark)
    return walk.any(results)


HANDLERS: Final[dict[str, Handler]] = {
    "let_declaration": let,
    "let_condition": let_condition,
    "if_expression": if_expression,
    "while_expression": while_expression,
    "for_expression": for_expression,
    "match_expression": match_expression,
}
