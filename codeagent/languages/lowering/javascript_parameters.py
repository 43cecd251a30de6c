"""Parameters of JavaScript and TypeScript functions: names, patterns, types, defaults, what is expected of them."""

from tree_sitter import Node

from codeagent.domain.facts import (
    EXPECTS,
    NONE,
    PARAM,
    POSITIONAL,
    VARARGS,
    Param,
)
from codeagent.languages.lowering.javascript_patterns import bind_pattern
from codeagent.languages.lowering.javascript_walker import COMMENTS, Walker


def parameters(walker: Walker, node: Node, symbol: int, hints: tuple[int, ...] = ()) -> list[Param]:
    """Lower `formal_parameters`; annotations, defaults and decorators are uses by the code around."""
    found: list[Param] = []
    for child in node.named_children:
        kind = walker.kinds[child.kind_id]
        if kind in COMMENTS:
            walker.value(child)
        elif kind in ("required_parameter", "optional_parameter"):
            param = typed_parameter(walker, child, symbol, len(found), hints)
            if param is not None:
                found.append(param)
        else:
            found.append(one_parameter(walker, child, symbol, len(found), NONE, NONE, hints))
    return found


def typed_parameter(walker: Walker, node: Node, symbol: int, index: int, hints: tuple[int, ...]) -> Param | None:
    """Lower a TypeScript parameter with its decorators, type and default; None for `this: T`."""
    pattern: Node | None = None
    annotation = default = NONE
    for child in node.named_children:
        kind = child.type
        if kind == "type_annotation":
            annotation = walker.value(child)
        elif kind in ("decorator", "comment"):
            walker.value(child)
        elif kind in ("accessibility_modifier", "override_modifier"):
            continue
        elif pattern is None:
            pattern = child
        else:
            default = walker.value(child)
    if pattern is None or pattern.type == "this":
        return None
    return one_parameter(walker, pattern, symbol, index, annotation, default, hints)


def one_parameter(
    walker: Walker, node: Node, symbol: int, index: int, annotation: int, default: int, hints: tuple[int, ...]
) -> Param:
    """Lower the pattern of a parameter: a name, a rest, a default, or a destructuring."""
    kind = POSITIONAL
    if node.type == "assignment_pattern":
        node, right = node.named_children[0], node.named_children[-1]
        default = walker.value(right)
    if node.type == "rest_pattern":
        kind = VARARGS
        node = node.named_children[0]
    if kind == VARARGS:  # the declared type is that of the whole list
        annotation, default = NONE, walker.instance(annotation)
    elif annotation == NONE:
        if index < len(hints):
            default = walker.either(default, hints[index])
        elif walker.expected is not None:
            default = walker.either(default, walker.builder.expr((EXPECTS, *walker.expected, index)))
    start = node.start_byte
    if node.type == "identifier":
        name = walker.text(node)
        walker.env.declared[name] = (symbol, name, True)
        walker.starts[symbol, name] = start
        return Param(name, kind, annotation, default, start)
    value = walker.builder.expr((PARAM, symbol, index))
    bind_pattern(walker, node, value, walker.env)
    return Param(f"<{index}>", kind, annotation, default, start)
