"""Names that stand where only a type can: members that are called like one are never meant, `Cart Cart { get; }`."""

from collections.abc import Sequence

from codeagent.domain.facts import NAME, NONE
from codeagent.languages.lowering.qualified import of_arity
from codeagent.languages.lowering.shapes import Captures, Shapes


def settle(shapes: Shapes, found: Sequence[Captures]) -> None:
    """Say of names of types that they are, but for type parameters."""
    for got in found:
        node = got["typename"][0]
        word, start = shapes.word(node), node.start_byte
        if shapes.generics.at(start, word) == NONE:
            word = of_arity(word, got)
            shapes.values[node.id] = shapes.facts.expr((NAME, shapes.scopes.at(start), word, ""))
