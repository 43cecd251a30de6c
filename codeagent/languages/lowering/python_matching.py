"""Python: `match` and the patterns of its cases."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    INSTANCE,
    NONE,
)
from codeagent.languages.lowering.python_calls import identifier
from codeagent.languages.lowering.python_narrowing import narrowed
from codeagent.languages.lowering.python_operators import truth
from codeagent.languages.lowering.python_targets import assign
from codeagent.languages.lowering.python_walk import Handler, Walk, decide


def match_statement(walk: Walk, node: Node, scope: int) -> int:
    subject, body = walk.children(node)[0], walk.children(node)[-1]
    value = walk.on[subject.kind_id](walk, subject, scope)
    walk.live = {}
    for case in walk.children(body):
        decide(walk, scope)
        walk.live = narrowed(walk, subject, _class_of(walk, walk.children(case), scope), scope)
        for part in walk.children(case):
            if part.type == "case_pattern":
                _pattern(walk, part, value, scope)
            elif part.type == "if_clause":
                condition = walk.children(part)[-1]
                truth(walk, walk.on[condition.kind_id](walk, condition, scope), condition, scope)
            else:
                walk.on[part.kind_id](walk, part, scope)
    walk.live = {}
    return NONE


def _pattern(walk: Walk, node: Node, value: int, scope: int) -> None:
    """Bind the capture names of a `case` pattern; class names in it are read."""
    kind, children = node.type, walk.children(node)
    if kind == "dotted_name" and len(children) == 1:
        if walk.word(children[0]) != "_":
            assign(walk, children[0], value, scope)
    elif kind == "dotted_name":
        _dotted(walk, children, scope)
    elif kind == "class_pattern" and children:
        made = _dotted(walk, walk.children(children[0]), scope)
        for child in children[1:]:
            _pattern(walk, child, walk.expr((INSTANCE, made)), scope)
    elif kind == "keyword_pattern":
        held = walk.expr((ATTR, value, walk.word(children[0]))) if value != NONE else NONE
        for child in children[1:]:
            _pattern(walk, child, held, scope)
    elif kind in ("as_pattern", "splat_pattern"):
        inner_value = walk.expr((INSTANCE, made)) if (made := _class_of(walk, children, scope)) != NONE else value
        for child in children[:-1]:
            _pattern(walk, child, value, scope)
        if children and children[-1].type == "identifier":
            assign(walk, children[-1], inner_value, scope)
    else:
        for child in children:
            _pattern(walk, child, value if kind in ("case_pattern", "union_pattern") else NONE, scope)


def _class_of(walk: Walk, children: list[Node], scope: int) -> int:
    """The class that `Cart() as c` tests for, or NONE."""
    node = children[0] if children else None
    while node is not None and node.type == "case_pattern" and node.named_children:
        node = node.named_children[0]
    if node is None or node.type != "class_pattern":
        return NONE
    names = walk.children(walk.children(node)[0])
    value = walk.lexical(walk.word(names[0]), scope)
    for name in names[1:]:
        value = walk.expr((ATTR, value, walk.word(name)))
    return value


def _dotted(walk: Walk, names: list[Node], scope: int) -> int:
    value = identifier(walk, names[0], scope)
    for name in names[1:]:
        value = walk.expr((ATTR, value, walk.word(name)))
        walk.references += (name.start_byte, name.end_byte, 1, scope, value)
    return value


HANDLERS: Final[dict[str, Handler]] = {
    "match_statement": match_statement,
}
