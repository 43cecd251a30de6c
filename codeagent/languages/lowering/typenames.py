"""Names that stand where only a type can: members that are called like one are never meant, `Cart Cart { get; }`."""

from collections.abc import Sequence

from tree_sitter import Node

from codeagent.domain.facts import NAME, NONE
from codeagent.languages.lowering.shapes import Shapes


def settle(shapes: Shapes, nodes: Sequence[Node]) -> None:
    """Say of names of types that they are, but for type parameters."""
    for node in nodes:
        word, start = shapes.word(node), node.start_byte
        if shapes.generics.at(start, word) == NONE:
            shapes.values[node.id] = shapes.facts.expr((NAME, shapes.scopes.at(start), word, ""))
