"""Java: local variables, assignments, loops, resources, catches, switches."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ANY, ATTR, EACH, NAME, NONE, WRITES, Binding, Write
from codeagent.languages.lowering import java_modifiers as modifiers
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler
from codeagent.languages.lowering.java_types import IDENTIFIER, JavaWalk, parts

_PRECISE: Final = ("object_creation_expression", "lambda_expression", "method_reference", "cast_expression")


def _declare(walk: JavaWalk, name: Node, value: int) -> None:
    text = walk.word(name)
    walk.declare(text, name.start_byte, value)
    if walk.locals and text in walk.visible:
        walk.references += (name.start_byte, name.end_byte, WRITES, walk.within, walk.visible[text])


def local_variables(walk: JavaWalk, node: Node) -> int:
    """`T a = x, b;`: what `new` made is more precise than a declared type."""
    of, final_type = NONE, NONE
    for child in parts(node):
        kind = child.type
        if kind == "variable_declarator":
            name, *rest = parts(child)
            made = NONE
            for value in rest:
                got = walk.into(of, value)
                if value.type in _PRECISE or of == NONE:
                    made = got
            declared = walk.instance(types.array_of(walk, of, rest))
            precise = made != NONE and (declared == NONE or rest[-1].type == "object_creation_expression")
            _declare(walk, name, made if precise else declared)
        elif kind == "modifiers":
            modifiers.modifiers(walk, child)
        else:
            of = final_type = types.declared_type(walk, child)
    return final_type if final_type == NONE else NONE


def assignment(walk: JavaWalk, node: Node) -> int:
    """`a = x`, `this.a = x`, `b.c = x`, `xs[0] = x`."""
    left, *_, right = parts(node)
    value = walk.on[right.kind_id](walk, right)
    at = len(walk.references)
    if left.kind_id == IDENTIFIER:
        name, start = walk.word(left), left.start_byte
        if name in walk.visible:
            walk.assign(name, start, value)
            if walk.locals:
                walk.references += (start, left.end_byte, WRITES, walk.within, walk.visible[name])
            return value
        index = walk.expr((NAME, walk.type, name))
        walk.references += (start, left.end_byte, WRITES, walk.within, index)
        _flows(walk, walk.type, name, right, value, start)
    elif left.type == "field_access":
        target = walk.on[left.kind_id](walk, left)
        if len(walk.references) > at:
            walk.references[-3] = WRITES
        member = walk.exprs[target] if target != NONE else (ANY, ())
        if member[0] == ATTR:
            if parts(left)[0].type == "this":
                _flows(walk, walk.type, str(member[2]), right, value, left.start_byte)
            elif value != NONE:
                walk.writes.append(Write(member[1], member[2], value, False))
    else:
        walk.on[left.kind_id](walk, left)
    return value


def _flows(walk: JavaWalk, owner: int, name: str, right: Node, value: int, start: int) -> None:
    """A field declared with a type needs no other value; a lambda that goes into it is one."""
    if value != NONE and right.type in ("lambda_expression", "method_reference"):
        walk.bindings.append(Binding(owner, name, value, start))


def enhanced_for(walk: JavaWalk, node: Node) -> int:
    """`for (T x : xs)`; with `var` the element of what is iterated over."""
    walk.complexity += 1
    walk.open_block()
    of, name, rest = NONE, None, []
    for child in parts(node):
        if name is not None:
            rest.append(child)
        elif child.kind_id == IDENTIFIER:
            name = child
        elif child.type == "modifiers":
            modifiers.modifiers(walk, child)
        else:
            of = types.declared_type(walk, child)
    for number, child in enumerate(rest):
        value = walk.on[child.kind_id](walk, child)
        if number == 0 and name is not None:
            element = walk.expr((EACH, value)) if value != NONE else NONE
            _declare(walk, name, walk.instance(of) if of != NONE else element)
    walk.close_block()
    return NONE


def resource(walk: JavaWalk, node: Node) -> int:
    """`try (T x = …)`, or only a name."""
    of, name = NONE, None
    for child in parts(node):
        kind = child.type
        if kind == "modifiers":
            modifiers.modifiers(walk, child)
        elif kind in types.TYPES and kind != "identifier":
            of = types.declared_type(walk, child)
        elif kind == "identifier" and name is None and node.named_child_count > 1:
            name = child
        else:
            value = walk.on[child.kind_id](walk, child)
            if name is not None:
                precise = of == NONE or child.type == "object_creation_expression"
                _declare(walk, name, value if precise else walk.instance(of))
    return NONE


def caught(walk: JavaWalk, node: Node) -> int:
    of = NONE
    for child in parts(node):
        if child.type == "catch_type":
            of = types.lower_type(walk, child)
        elif child.kind_id == IDENTIFIER:
            _declare(walk, child, walk.instance(of))
        else:
            modifiers.modifiers(walk, child)
    return NONE


def returning(walk: JavaWalk, node: Node) -> int:
    for child in parts(node):
        value = walk.into(walk.declared, child)
        if value != NONE:
            walk.returned.append(value)
    return NONE


def label(walk: JavaWalk, node: Node) -> int:
    """`case …:` is a decision, `default` is not; a bare name in it is a constant of the enum."""
    if node.named_child_count:
        walk.complexity += 1
        walk.walk(node)
    return NONE


def switch(walk: JavaWalk, node: Node) -> int:
    """A switch has the value of any of its single-expression rules."""
    found = []
    walk.open_block()
    for child in parts(node):
        if child.type != "switch_block":
            walk.on[child.kind_id](walk, child)
            continue
        for group in parts(child):
            walk.open_block()
            for part in parts(group):
                value = walk.on[part.kind_id](walk, part)
                if part.type == "expression_statement" and group.type == "switch_rule" and value != NONE:
                    found.append(value)
            walk.close_block()
    walk.close_block()
    values = tuple(dict.fromkeys(found))
    return NONE if not values else values[0] if len(values) == 1 else walk.expr((ANY, values))


def labelled(walk: JavaWalk, node: Node) -> int:
    *_, statement = parts(node)
    return walk.on[statement.kind_id](walk, statement)


def expression_name(walk: JavaWalk, name: str) -> int:
    """The expression of a name that is not local."""
    return walk.expr((NAME, walk.type, name))


HANDLERS: Final[dict[str, Handler]] = {
    "local_variable_declaration": local_variables,
    "assignment_expression": assignment,
    "enhanced_for_statement": enhanced_for,
    "resource": resource,
    "catch_formal_parameter": caught,
    "return_statement": returning,
    "yield_statement": returning,
    "switch_label": label,
    "switch_expression": switch,
    "labeled_statement": labelled,
    "expression_statement": JavaWalk.value,
    "block": JavaWalk.inner,
    "constructor_body": JavaWalk.inner,
    "for_statement": JavaWalk.branch,
    "while_statement": JavaWalk.branch,
    "do_statement": JavaWalk.branch,
    "catch_clause": JavaWalk.branch,
    "try_statement": JavaWalk.inner,
    "try_with_resources_statement": JavaWalk.inner,
}
