"""Java: modifiers and annotations."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ABSTRACT, DECORATED, EXPORTED, FILE_ONLY, NONE, OVERRIDE, STATIC, TEST
from codeagent.languages.lowering.java_types import JavaWalk, lower_type, parts

_FLAGS: Final = {"public": EXPORTED, "static": STATIC, "abstract": ABSTRACT, "private": FILE_ONLY}
_TESTS: Final = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"})
_PLAIN: Final = frozenset({"Override", "Deprecated", "SuppressWarnings", "SafeVarargs", "FunctionalInterface"})


def modifiers(walk: JavaWalk, node: Node) -> tuple[int, tuple[int, ...]]:
    """Return the flags and the annotations (expressions, outermost first) of a declaration."""
    if not node.named_child_count:
        flags = 0
        for word in walk.word(node).split():
            flags |= _FLAGS.get(word, 0)
        return flags, ()
    flags, decorators = 0, []
    for child in node.children:
        if child.is_named:
            mark, expr = _annotation(walk, child)
            flags |= mark
            if expr != NONE:
                decorators.append(expr)
        else:
            flags |= _FLAGS.get(child.type, 0)
    return flags, tuple(decorators)


def _annotation(walk: JavaWalk, node: Node) -> tuple[int, int]:
    if node.type not in ("marker_annotation", "annotation"):
        return 0, walk.on[node.kind_id](walk, node)
    name, *rest = parts(node)
    text = walk.word(name)
    for child in rest:
        walk.on[child.kind_id](walk, child)
    if text == "Override":
        return OVERRIDE, NONE
    if text in _PLAIN:
        return 0, NONE
    flags = DECORATED | (TEST if text.rpartition(".")[2] in _TESTS else 0)
    return flags, lower_type(walk, name)


def annotation_value(walk: JavaWalk, node: Node) -> int:
    """`key = value` inside an annotation."""
    value = parts(node)[-1]
    return walk.on[value.kind_id](walk, value)


def annotation(walk: JavaWalk, node: Node) -> int:
    """An annotation that stands outside the modifiers of a declaration."""
    return _annotation(walk, node)[1]
