"""Variables that only hand a value on, joined with those they hand it to: `b = …; a = b` becomes `a = …`."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from codeagent.domain.patch import Edit
from codeagent.languages import syntax
from codeagent.languages.syntax import Node

_LISTS: Final = {"pattern_list": "expression_list"}


class _Pair(NamedTuple):
    target: bytes
    source: bytes


def coalesced(path: str, source: bytes, start: int, end: int) -> list[Edit]:
    """Return the edits that join variables in a Python function, which is bytes `start` to `end` of its file.

    A variable is joined where nothing names it after it is handed on, nothing names the other one in between, and no
    `try` could see the difference."""
    function = syntax.around(syntax.parse("python", source), start, end)
    words = list(_words(function, source))
    edits: list[Edit] = []
    renamed: set[bytes] = set()
    for statement, pairs in _handing_on(function, source):
        names = {name for pair in pairs for name in pair}
        if (
            len(names) == 2 * len(pairs)
            and not names & renamed
            and all(_is_free(words, statement, one) for one in pairs)
        ):
            renamed |= names
            first = source.rfind(b"\n", 0, statement.start_byte) + 1
            last = source.find(b"\n", statement.end_byte) + 1 or len(source)
            edits.append(Edit(path, first, last, b""))
            for target, old in pairs:
                edits += [
                    Edit(path, w.start_byte, w.end_byte, target)
                    for w, text in words
                    if text == old and w.start_byte < first
                ]
    return edits


def _handing_on(function: Node, source: bytes) -> Iterator[tuple[Node, list[_Pair]]]:
    """The statements that give variables to variables, a line each, outside of any `try`."""
    pending = list(function.children)
    while pending:
        node = pending.pop(0)
        if node.type in ("try_statement", "function_definition", "class_definition", "lambda"):
            continue
        if node.type == "assignment" and node.parent is not None and len(node.parent.children) == 1:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and (pairs := _pairs(left, right, source)):
                yield node.parent, pairs
        pending.extend(node.children)


def _pairs(left: Node, right: Node, source: bytes) -> list[_Pair]:
    if left.type == right.type == "identifier":
        rows = [(left, right)]
    elif _LISTS.get(left.type) == right.type and len(left.named_children) == len(right.named_children):
        rows = list(zip(left.named_children, right.named_children, strict=True))
    else:
        return []
    if any(node.type != "identifier" for row in rows for node in row):
        return []
    return [_Pair(syntax.text(target, source), syntax.text(value, source)) for target, value in rows]


def _words(function: Node, source: bytes) -> Iterator[tuple[Node, bytes]]:
    """The names in a function that may be variables."""
    for leaf in syntax.leaves(function):
        if leaf.type == "identifier" and leaf.parent is not None:
            field = "attribute" if leaf.parent.type == "attribute" else "name"
            other = (
                leaf.parent.child_by_field_name(field)
                if leaf.parent.type in ("attribute", "keyword_argument")
                else None
            )
            if other is None or other.id != leaf.id:
                yield leaf, syntax.text(leaf, source)


def _is_free(words: list[tuple[Node, bytes]], statement: Node, pair: _Pair) -> bool:
    places = [word.start_byte for word, text in words if text == pair.source]
    if max(places) > statement.end_byte:
        return False
    return not any(text == pair.target and min(places) < word.start_byte < statement.start_byte for word, text in words)
