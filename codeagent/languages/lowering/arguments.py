"""What stands before the arguments of a call, where a language has labels there: `add(item, to: cart)`."""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from codeagent.domain.facts import ANY_LABEL


def labels(word: Callable[[Node], str], got: Mapping[str, list[Node]]) -> str:
    """Return the labels of a call, each with a colon: `_:to:`; those of the closures behind its parentheses, too."""
    named = {node.id for node in got.get("label", ())}
    behind = {node.id for node in got.get("trailing", ())}
    nodes = [node for part in ("label", "argument", "trailing") for node in got.get(part, ())]
    found: list[str] = []
    label = ""
    for node in sorted(nodes, key=lambda one: one.start_byte):
        if node.id in named:
            label = word(node)
        else:
            found.append(label or (ANY_LABEL if node.id in behind else "_"))
            label = ""
    return "".join(f"{one}:" for one in found)
