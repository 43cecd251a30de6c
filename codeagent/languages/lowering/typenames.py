"""Names that stand where only a type can, in types with members that are called like one: `Cart Cart { get; }`."""

from collections.abc import Sequence

from tree_sitter import Node

from codeagent.domain.facts import KIND, NAME, NONE, TYPE_KINDS
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.shapes import Shapes


def settle(facts: FactsBuilder, shapes: Shapes, nodes: Sequence[Node]) -> None:
    """Look names of types up from outside of the types whose own members hide them."""
    if not nodes:
        return
    types = {(one.parent, one.name) for one in facts.symbols if one.kind in TYPE_KINDS}
    members = {(one.parent, one.name) for one in facts.symbols if one.kind != KIND["constructor"]} - types
    names = {name for _, name in members}
    for node in nodes:
        word, start = shapes.word(node), node.start_byte
        if word in names and shapes.generics.at(start, word) == NONE:
            scope = seen = shapes.scopes.at(start)
            while seen > 0 and (seen, word) not in types:
                above = facts.symbols[seen].parent
                scope = above if (seen, word) in members else scope
                seen = above
            shapes.values[node.id] = facts.expr((NAME, scope, word))
