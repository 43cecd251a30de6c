"""Go: assignments, variable declarations, loops, switches."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    EACH,
    EXPORTED,
    ITEM,
    NAME,
    NONE,
    SEQ,
    WRITES,
    Binding,
    ClassFact,
    Write,
)
from codeagent.languages.lowering import go_members as members
from codeagent.languages.lowering import go_types as types
from codeagent.languages.lowering.blocks import BlockWalk, Handler
from codeagent.languages.lowering.go_expressions import COMMENT, IDENTIFIER, SELECTOR, selector

EXPRESSIONS: Final = types.go_kind("expression_list")
_PARTIAL: Final = frozenset({"type_assertion_expression", "index_expression", "unary_expression"})


def _operands(node: Node) -> list[Node]:
    if node.kind_id != EXPRESSIONS:
        return [node]
    parts = node.named_children
    return parts if len(parts) == 1 else [part for part in parts if part.kind_id != COMMENT]


def _values(walk: BlockWalk, right: Node, count: int) -> list[int]:
    """The expressions that go to `count` names: one each, or the parts of one call's results."""
    operands = _operands(right)
    found = [walk.on[part.kind_id](walk, part) for part in operands]
    if len(found) == 1 and count > 1:
        value = found[0]
        if value == NONE or operands[0].type in _PARTIAL:  # `v, ok := …`
            return [value] + [NONE] * (count - 1)
        return [walk.expr((ITEM, value, place)) for place in range(count)]
    return found + [NONE] * (count - len(found))


def short_declaration(walk: BlockWalk, node: Node) -> int:
    left, right = node.named_children[0], node.named_children[-1]
    targets = _operands(left)
    for target, value in zip(targets, _values(walk, right, len(targets)), strict=False):
        _declare(walk, target, value)
    return NONE


def _declare(walk: BlockWalk, target: Node, value: int) -> None:
    start, end = target.start_byte, target.end_byte
    name = walk.chars[start:end] if walk.ascii else walk.word(target)
    walk.declare(name, start, value)
    if walk.locals and name in walk.visible:
        walk.references += (start, end, WRITES, walk.within, walk.visible[name])


def assignment(walk: BlockWalk, node: Node) -> int:
    left, right = node.named_children[0], node.named_children[-1]
    targets = _operands(left)
    for target, value in zip(targets, _values(walk, right, len(targets)), strict=False):
        _assign(walk, target, value)
    return NONE


def _assign(walk: BlockWalk, target: Node, value: int) -> None:
    if target.kind_id == IDENTIFIER:
        start, end = target.start_byte, target.end_byte
        name = walk.word(target)
        if name in walk.visible:
            walk.assign(name, start, value)
            if walk.locals:
                walk.references += (start, end, WRITES, walk.within, walk.visible[name])
        elif name != "_":
            walk.references += (start, end, WRITES, walk.within, walk.expr((NAME, 0, name)))
            if value != NONE:
                walk.bindings.append(Binding(0, name, value, start))
    elif target.kind_id == SELECTOR:
        member = walk.exprs[selector(walk, target, WRITES)]
        if member[0] == ATTR and value != NONE:
            walk.writes.append(Write(member[1], member[2], value, False))
    elif target.type == "index_expression":
        base, key = target.named_children[0], target.named_children[-1]
        owner = walk.on[base.kind_id](walk, base)
        walk.on[key.kind_id](walk, key)
        if owner != NONE and value != NONE:
            constant = walk.word(key)[1:-1] if key.type == "interpreted_string_literal" else None
            walk.writes.append(Write(owner, constant, value, True))
    else:
        walk.on[target.kind_id](walk, target)


def variables(walk: types.GoWalk, node: Node) -> int:
    """`var a, b T = x, y` and a line of `const (…)`; symbols at the top level, local names else."""
    parts = [part for part in node.named_children if part.kind_id != COMMENT]
    names = [part for part in parts if part.kind_id == IDENTIFIER]
    rest = parts[len(names) :]
    declared, values = NONE, [NONE] * len(names)
    for part in rest:
        if part.kind_id == EXPRESSIONS:
            values = _values(walk, part, len(names))
        else:
            declared = walk.instance(types.lower_type(walk, part))
    kind = "constant" if node.type == "const_spec" else "variable"
    if kind == "constant" and rest:
        walk.repeated = (declared, values)
    elif kind == "constant":  # a line without anything says what the line before said
        declared, values = walk.repeated[0], walk.repeated[1][: len(names)]
    for name, value in zip(names, values, strict=False):
        got = value if declared == NONE else declared
        if walk.within or walk.blocks:
            _declare(walk, name, got)
        else:
            _global(walk, name, got, kind, node)
    return NONE


def _global(walk: BlockWalk, name: Node, value: int, kind: str, node: Node) -> None:
    text, start = walk.word(name), name.start_byte
    if text == "_":
        return
    flags = EXPORTED if text[:1].isupper() else 0
    walk.open_symbol(text, kind, 0, (node.start_byte, node.end_byte), (start, name.end_byte), flags)
    if value != NONE:
        walk.bindings.append(Binding(0, text, value, start))


def range_clause(walk: BlockWalk, node: Node) -> int:
    """`for k, v := range x`: keys of maps have no members, a single variable may be a channel's element."""
    *lefts, right = [part for part in node.named_children if part.kind_id != COMMENT]
    value = walk.on[right.kind_id](walk, right)
    if not lefts:
        return NONE
    targets = _operands(lefts[0])
    if value == NONE:
        values = [NONE, NONE]
    elif len(targets) == 1:
        values = [walk.expr((EACH, value))]
    else:
        values = [NONE, walk.expr((ITEM, value, None))]
    declares = ":=" in walk.chars[lefts[0].end_byte : right.start_byte]
    for target, got in zip(targets, values, strict=False):
        if declares:
            _declare(walk, target, got)
        else:
            _assign(walk, target, got)
    return NONE


def receive(walk: BlockWalk, node: Node) -> int:
    """`case v, ok := <-c`."""
    left, right = node.named_children[0], node.named_children[-1]
    value = walk.on[right.kind_id](walk, right)
    if left.kind_id != EXPRESSIONS or left == right:
        return NONE
    declares = ":=" in walk.chars[left.end_byte : right.start_byte]
    for target in _operands(left):
        if declares:
            _declare(walk, target, value)
        else:
            _assign(walk, target, value)
        value = NONE
    return NONE


def type_switch(walk: BlockWalk, node: Node) -> int:
    """`switch v := x.(type)`: `v` has in each case the type of that case."""
    walk.open_block()
    alias: Node | None = None
    value = NONE
    for child in node.named_children:
        kind = child.type
        if kind == "type_case":
            walk.complexity += 1
            _type_case(walk, child, alias, value)
        elif kind == "default_case":
            walk.open_block()
            if alias is not None:
                _declare(walk, alias, value)
            walk.walk(child)
            walk.close_block()
        elif kind == "expression_list" and ":=" in walk.chars[child.end_byte : child.end_byte + 8]:
            alias = child.named_children[0]
        else:
            value = walk.on[child.kind_id](walk, child)
    walk.close_block()
    return NONE


def _type_case(walk: BlockWalk, node: Node, alias: Node | None, value: int) -> None:
    walk.open_block()
    found: list[int] = []
    colon = False
    for child in node.children:
        if not child.is_named:
            if child.type == ":" and not colon:
                colon = True
                known = tuple(walk.instance(part) for part in found if part != NONE)
                if alias is not None:
                    whole = NONE if not known else known[0] if len(known) == 1 else walk.expr((ANY, known))
                    _declare(walk, alias, whole if found else value)
        elif not colon:
            found.append(types.lower_type(walk, child))
        else:
            walk.on[child.kind_id](walk, child)
    walk.close_block()


def returning(walk: BlockWalk, node: Node) -> int:
    found = [walk.on[part.kind_id](walk, part) for child in node.named_children for part in _operands(child)]
    if len(found) == 1 and found[0] != NONE:
        walk.returned.append(found[0])
    elif any(value != NONE for value in found):
        walk.returned.append(walk.expr((SEQ, tuple(found))))
    return NONE


def type_spec(walk: types.GoWalk, node: Node) -> int:
    """A type; at the top level it was announced before, inside a function it is a local name."""
    parts = [part for part in node.named_children if part.kind_id != COMMENT]
    if len(parts) < 2:
        return NONE
    name, *middle, of = parts
    symbol = walk.announced.pop(node.start_byte, None)
    if symbol is None:
        symbol = open_type(walk, node, name, of)
        walk.show(walk.word(name), walk.expr((NAME, walk.within, walk.word(name))))
    walk.open_block()
    for part in middle:
        if part.type == "type_parameter_list":
            types.type_parameters(walk, part, symbol)
    if of.type == "struct_type":
        members.struct_members(walk, symbol, of)
    elif of.type == "interface_type":
        members.interface_members(walk, symbol, of)
    else:
        base = types.lower_type(walk, of)
        walk.classes.append(ClassFact(symbol, (base,) if base != NONE else ()))
    walk.close_block()
    return NONE


def open_type(walk: BlockWalk, node: Node, name: Node, of: Node) -> int:
    """Open the symbol of a type declaration."""
    kind = {"struct_type": "struct", "interface_type": "interface"}.get(of.type, "type")
    text = walk.word(name)
    flags = EXPORTED if text[:1].isupper() and not walk.within else 0
    span, name_span = (node.start_byte, node.end_byte), (name.start_byte, name.end_byte)
    return walk.open_symbol(text, kind, walk.within, span, name_span, flags)


HANDLERS: Final[dict[str, Handler]] = {
    "short_var_declaration": short_declaration,
    "assignment_statement": assignment,
    "var_spec": variables,
    "const_spec": variables,
    "range_clause": range_clause,
    "receive_statement": receive,
    "type_switch_statement": type_switch,
    "return_statement": returning,
    "type_spec": type_spec,
    "type_alias": type_spec,
    "block": BlockWalk.inner,
    "if_statement": BlockWalk.branch,
    "for_statement": BlockWalk.branch,
    "expression_case": BlockWalk.branch,
    "communication_case": BlockWalk.branch,
    "default_case": BlockWalk.inner,
    "expression_switch_statement": BlockWalk.inner,
    "select_statement": BlockWalk.inner,
}
