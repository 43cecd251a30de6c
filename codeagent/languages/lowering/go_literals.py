"""Go: composite literals: of structs, slices, maps and anonymous structs."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ANY, ATTR, CALL, DEF, INSTANCE, MAKES, MAP, NAME, NONE, SEQ, TYPED, WRITES, Write
from codeagent.languages.lowering import go_types as types
from codeagent.languages.lowering.blocks import BlockWalk, Handler
from codeagent.languages.lowering.go_expressions import COMMENT, IDENTIFIER

_KEYED: Final = types.go_kind("keyed_element")
_ELEMENT: Final = types.go_kind("literal_element")
_BRACES: Final = types.go_kind("literal_value")
_FLOWING: Final = frozenset((NAME, ATTR, DEF, ANY))  # what may be a function that goes into a field


def composite(walk: BlockWalk, node: Node) -> int:
    """`T{…}`: constructs a value of the type; no function runs."""
    of, body = node.named_children[0], node.named_children[-1]
    made = types.lower_type(walk, of)
    if made != NONE and walk.exprs[made][0] in (NAME, ATTR, TYPED):
        walk.references += (of.start_byte, of.end_byte, MAKES, walk.within, made)
    return _literal(walk, body, made)


def _literal(walk: BlockWalk, node: Node, of: int) -> int:
    """The braces of a composite literal of a type (an expression, or NONE)."""
    shape = walk.exprs[of] if of != NONE else (ANY, ())
    container, inner, fields = shape[0] in (SEQ, MAP, ANY), NONE, False
    if shape[0] == SEQ:
        inner = shape[1][0]
    elif shape[0] == MAP:
        key, inner = shape[1][0]
        fields = key is not None
    if inner != NONE and walk.exprs[inner][0] == INSTANCE:
        inner = walk.exprs[inner][1]
    args: list[int] = []
    named: list[tuple[str, int]] = []
    for child in node.named_children:
        kind = child.kind_id
        if kind == _KEYED:
            pair = [part for part in child.named_children if part.kind_id != COMMENT]
            if len(pair) == 2:
                named.append(_keyed(walk, (pair[0], pair[1]), of if not container else NONE, inner, fields))
        elif kind == _ELEMENT:
            args.append(_element(walk, child, inner))
        else:
            walk.on[child.kind_id](walk, child)
    if not container:
        for name, value in named:
            if value != NONE and walk.exprs[value][0] in _FLOWING:
                walk.writes.append(Write(walk.instance(of), name, value, False))
        return walk.expr((CALL, of, tuple(args), ()))
    if of != NONE and (fields or inner != NONE):
        return walk.instance(of)
    if any(arg != NONE for arg in args):
        return walk.expr((SEQ, tuple(args)))
    pairs = tuple((key or None, value) for key, value in named if value != NONE)
    return walk.expr((MAP, pairs)) if pairs else walk.instance(of)


def _keyed(walk: BlockWalk, pair: tuple[Node, Node], of: int, inner: int, fields: bool) -> tuple[str, int]:
    """Return (field name or constant key or "", value)."""
    key, value = pair
    part = key.named_children[0] if key.named_child_count else key
    if of != NONE and part.kind_id == IDENTIFIER:
        name = walk.word(part)
        field = walk.expr((ATTR, walk.instance(of), name))
        walk.references += (part.start_byte, part.end_byte, WRITES, walk.within, field)
    elif fields and part.kind_id == IDENTIFIER:
        return walk.word(part), _element(walk, value, NONE)
    else:
        name = walk.word(part)[1:-1] if part.type == "interpreted_string_literal" else ""
        _element(walk, key, NONE)
    return name, _element(walk, value, inner)


def _element(walk: BlockWalk, node: Node, of: int) -> int:
    """One element; braces without a type have the element type of the literal around."""
    value = NONE
    for child in node.named_children if node.kind_id == _ELEMENT else (node,):
        kind = child.kind_id
        value = _literal(walk, child, of) if kind == _BRACES else walk.on[kind](walk, child)
    return value


HANDLERS: Final[dict[str, Handler]] = {"composite_literal": composite}
