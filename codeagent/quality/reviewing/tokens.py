"""Text as the tokens and the structure that a parser sees, so that layout makes no difference."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.tamper import SILENCERS

_TRANSPARENT: Final = frozenset(("parenthesized_expression",))  # says how others nest, which their nodes say as well
_CLOSING: Final = frozenset((")", "]", "}", ">"))
_SEPARATORS_KEPT: Final = frozenset(("subscript", "token_tree", "subscript_expression", "token_tree_pattern"))
_QUOTED: Final = frozenset(("python", "javascript", "typescript", "tsx"))
_LOOPS: Final = ("for", "empty_statement")
_ORDERS: Final = re.compile(  # comments that something obeys
    r"^//\s*(?:go:|\+build|line\b|export\b)|^#!|\bcoding[:=]|@(?:jsx|flow|ts-|__PURE__)|#__PURE__|\bwebpack\w+:"
    r"|\bcython:|sourceMappingURL|^///\s*<"
)
_TESTED: Final = {"rust": ("///", "//!", "/**", "/*!")}  # documentation whose examples are run


class Token(NamedTuple):
    """A leaf, or where a node opens or closes ("(" and ")" with the node's type as text)."""

    kind: str
    text: bytes
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it is a name that may be renamed."""
        return "identifier" in self.kind

    @property
    def is_comment(self) -> bool:
        """Whether it is a remark, which nothing runs."""
        return "comment" in self.kind


def tokens(root: Node, source: bytes, language: str, stretch: tuple[int, int], *, whole: bool) -> list[Token]:
    """Return the tokens of a stretch of text; a leaf that is cut by its ends counts whole.

    With `whole`, the stretch is a definition: nodes that reach beyond it say nothing of it."""
    return list(_walk(root, source, language, (*stretch, whole)))


def obeyed(found: Iterable[Token], language: str) -> list[Token]:
    """Return tokens without the comments that nobody but a reader minds."""
    return [one for one in found if not one.is_comment or _is_order(one.text.decode("utf-8", "replace"), language)]


def _is_order(comment: str, language: str) -> bool:
    tested = comment.startswith(_TESTED.get(language, ()))
    return tested or bool(_ORDERS.search(comment) or SILENCERS.search(comment))


def context(root: Node, at: int) -> tuple[str, ...]:
    """Return the types of the nodes that hold a byte and what stands before it, outermost first."""
    found: list[str] = []
    node: Node | None = root
    while node is not None:
        if node.type not in _TRANSPARENT:
            found.append(node.type)
        node = next((child for child in node.children if child.start_byte < at < child.end_byte), None)
    return tuple(found)


def _walk(node: Node, source: bytes, language: str, within: tuple[int, int, bool]) -> Iterator[Token]:
    start, end, whole = within
    if node.end_byte <= start or node.start_byte >= end:
        return
    if not node.children or (node.type == "string" and language in _QUOTED and _is_plain(node)):
        token = _leaf(node, source, language)
        if token.text:
            yield token
        return
    if "comment" in node.type:  # some grammars cut comments up
        yield _leaf(node, source, language)
        return
    opens, closes = node.start_byte >= start, node.end_byte <= end
    told = node.type not in _TRANSPARENT and not (whole and not (opens and closes))
    name = node.type.encode()
    if told and opens:
        yield Token("(", name, node.start_byte, node.start_byte)
    for number, child in enumerate(node.children):
        if not _is_layout(node, child, number):
            yield from _walk(child, source, language, within)
    if told and closes:
        yield Token(")", name, node.end_byte, node.end_byte)


def _is_layout(parent: Node, child: Node, number: int) -> bool:
    """Whether a leaf says nothing that the structure does not say."""
    if child.type in ("(", ")") and parent.type in _TRANSPARENT:
        return True
    if child.type == "line_continuation":
        return True
    last = number == len(parent.children) - 1
    if child.type == ";":
        return last and not parent.type.startswith(_LOOPS)
    if child.type == "," and parent.type not in _SEPARATORS_KEPT:
        return not last and parent.children[number + 1].type in _CLOSING
    return False


def _is_plain(string: Node) -> bool:
    """Whether a text has no expressions in it."""
    return not any("interpolation" in child.type or "substitution" in child.type for child in string.children)


def _leaf(node: Node, source: bytes, language: str) -> Token:
    text = syntax.text(node, source)
    if "comment" in node.type:
        text = b" ".join(text.split())
    elif node.type == "string" and language in _QUOTED:
        text = _unquoted(text)
    elif not text.strip():
        text = b""  # the ends of lines, where they are tokens
    return Token(node.type, text, node.start_byte, node.end_byte)


def _unquoted(text: bytes) -> bytes:
    """A text without the choice of its quotes, where nothing in it depends on them."""
    prefix = text[: len(text) - len(text.lstrip(b"rRbBuUfF"))]
    body = text[len(prefix) :]
    size = 3 if body[:3] in (b'"""', b"'''") and len(body) >= 6 else 1
    inside = body[size : len(body) - size]
    if any(mark in inside for mark in (b"'", b'"', b"\\", b"\n")):
        return text
    return prefix.lower() + b"'" + inside + b"'"
