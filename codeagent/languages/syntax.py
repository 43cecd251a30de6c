"""Syntax trees for those who change code: parsing, leaves, and what stands around a place."""

from collections.abc import Iterator
from functools import cache
from typing import Final

import tree_sitter
from tree_sitter import Node

from codeagent.languages import BY_NAME
from codeagent.languages.grammars import parser_for, read

__all__ = ["Node", "around", "broken", "child", "enclosing", "every", "in_text", "leaves", "parse", "text"]

_TEXT_LIKE: Final = ("string", "comment", "char_literal", "regex", "template_string", "heredoc")


def parse(language: str, source: bytes) -> Node:
    """Return the root of the syntax tree of a file; spans are bytes."""
    return read(BY_NAME[language], source, _parser(language).parse).root_node


@cache
def _parser(language: str) -> tree_sitter.Parser:
    return parser_for(BY_NAME[language])


def text(node: Node, source: bytes) -> bytes:
    """Return the bytes of a node."""
    return source[node.start_byte : node.end_byte]


def child(node: Node, field: str) -> Node:
    """Return the child in a field that the grammar always fills; KeyError where it is not there."""
    found = node.child_by_field_name(field)
    if found is None:
        raise KeyError(f"{node.type} has no {field}")
    return found


def every(root: Node, language: str, *types: str) -> list[Node]:
    """Return all nodes of some types in a tree, in source order."""
    found = tree_sitter.QueryCursor(_query(language, types)).captures(root).get("node", [])
    return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))


@cache
def _query(language: str, types: tuple[str, ...]) -> tree_sitter.Query:
    grammar = _parser(language).language
    assert grammar is not None
    return tree_sitter.Query(grammar, "[" + " ".join(f"({one})" for one in types) + "] @node")


def leaves(root: Node) -> Iterator[Node]:
    """Yield the nodes without children below `root`, in source order."""
    cursor = root.walk()
    while True:
        if cursor.goto_first_child():
            continue
        if cursor.node is not None:
            yield cursor.node
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def around(root: Node, start: int, end: int) -> Node:
    """Return the smallest node that holds bytes `start` to `end`."""
    return root.descendant_for_byte_range(start, max(start, end)) or root


def enclosing(node: Node, *types: str) -> Node | None:
    """Return the nearest node of one of the types that holds `node`, itself included."""
    at: Node | None = node
    while at is not None and at.type not in types:
        at = at.parent
    return at


def in_text(node: Node) -> bool:
    """Tell whether a node is text to people: in a comment, or in a string outside interpolations."""
    at: Node | None = node
    while at is not None:
        if at.type in ("interpolation", "template_substitution", "string_interpolation"):
            return False
        if any(word in at.type for word in _TEXT_LIKE):
            return True
        at = at.parent
    return False


def broken(root: Node) -> list[tuple[int, int]]:
    """Return the spans of ERROR and MISSING nodes, in order."""
    if not root.has_error:
        return []
    found, pending = [], [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            found.append((node.start_byte, node.end_byte))
        elif node.has_error:
            pending.extend(reversed(node.children))
    return found
