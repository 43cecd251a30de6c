"""Python: the parameters of functions and lambdas."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import KEYWORD_ONLY, KWARGS, NONE, POSITIONAL, VARARGS, Param
from codeagent.languages.lowering.python_types import lower_type
from codeagent.languages.lowering.python_walk import Walk

_SPREAD: Final = {"list_splat_pattern": VARARGS, "dictionary_splat_pattern": KWARGS}


def lower_parameters(walk: Walk, node: Node, scope: int) -> tuple[Param, ...]:
    """Lower a parameter list; defaults and annotations belong to the scope around the function."""
    params: list[Param] = []
    kind = POSITIONAL
    for child in node.named_children:
        if child.type in ("comment", "positional_separator"):
            continue
        if child.type == "keyword_separator":
            kind = KEYWORD_ONLY
            continue
        param = _parameter(walk, child, kind, scope)
        if param is not None:
            params.append(param)
            kind = KEYWORD_ONLY if param.kind == VARARGS else kind
    return tuple(params)


def _parameter(walk: Walk, node: Node, kind: int, scope: int) -> Param | None:
    annotation = default = NONE
    name = node
    for part in walk.children(node) if node.type != "identifier" else ():
        if part.type == "type":
            annotation = lower_type(walk, part, scope)
        elif name is node:
            name = part
        else:
            default = walk.on[part.kind_id](walk, part, scope)
    if node.type in _SPREAD:
        kind, name = _SPREAD[node.type], node
    if name.type in _SPREAD:
        kind = _SPREAD[name.type]
        name = next(iter(walk.children(name)), name)
    if name.type != "identifier":
        return None
    if default == walk.text_literal:
        default = NONE
    return Param(walk.word(name), kind, annotation, default, name.start_byte)
