"""Which statement of the same block a name joins when it leaves its own, as a person would write it."""

from collections.abc import Iterator, Sequence

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.import_places import alone
from codeagent.refactorings.python.imports import ImportStatement


def joined_by(
    source: bytes, statements: Sequence[ImportStatement], leaving: ImportStatement, module: str, bound: str
) -> ImportStatement | None:
    """Return the `from` statement that a name joins which its own one keeps no more, while it keeps others.

    Nothing but imports stands between the two, and none of those binds the name."""
    alike = [one for one in statements if one.module == module and one is not leaving and alone(source, one)]
    alike = [one for one in alike if one.node.parent == leaving.node.parent and not one.star]
    if len(alike) != 1:
        return None
    between = list(_between(alike[0].node, leaving.node))
    passed = [one for one in statements if one.node in between]
    if len(passed) != len(between) or any(one.star for one in passed):
        return None
    others = [*passed, alike[0]]
    return None if any(one.binds(name) == bound for one in others for name in one.names) else alike[0]


def line_above(
    source: bytes, statements: Sequence[ImportStatement], leaving: ImportStatement
) -> ImportStatement | None:
    """Return the statement on the line above one that is alone on its line: where its names may have come from."""
    above = next((one for one in statements if one.node == leaving.node.prev_sibling), None)
    if above is None or above.star or not (alone(source, above) and alone(source, leaving)):
        return None
    return above if above.node.end_point[0] + 1 == leaving.node.start_point[0] else None


def _between(one: Node, other: Node) -> Iterator[Node]:
    first, last = sorted((one, other), key=lambda node: node.start_byte)
    siblings = first.parent.named_children if first.parent is not None else []
    for node in siblings:
        if first.end_byte <= node.start_byte < last.start_byte and node.type != "comment":
            yield node
