"""An expression put in the place of another: brackets where the surroundings would take it apart."""

from typing import Final

from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.python.layout import spaced
from codeagent.refactorings.python.region import is_arguments
from codeagent.refactorings.refactoring import Refusal

_WHOLE: Final = frozenset(
    "identifier attribute subscript call string list tuple dictionary set parenthesized_expression none true false"
    " ellipsis integer float list_comprehension set_comprehension dictionary_comprehension".split()
)
_BARE: Final = frozenset(("expression_list", "named_expression", "yield", "generator_expression"))
_ROOMY: Final = frozenset(
    "argument_list list tuple set parenthesized_expression return_statement expression_statement keyword_argument"
    " expression_list if_statement elif_clause while_statement assert_statement default_parameter"
    " typed_default_parameter".split()
)
_FIELDS: Final = {"assignment": ("right",), "augmented_assignment": ("right",), "subscript": ("subscript",)}


def fitted(value: Node, text: bytes, place: Node, source: bytes) -> bytes:
    """Return the text of `value` as it may stand in place of the expression `place`; Refusal in an f-string that
    cannot hold it."""
    interpolation = enclosing(place, "interpolation", "format_expression")
    if interpolation is not None and _own_string(place) is not None:
        text = _in_string(value, text, interpolation)
    if not _stands(value, place) or (
        b"\n" in text and b"\\\n" not in text and b"\\\r\n" not in text and text[:1] not in b"([{" and not _held(value)
    ):
        text = b"(" + text + b")"
    return spaced(source, place.start_byte, place.end_byte, text)


def _held(value: Node) -> bool:
    """Whether line breaks in an expression are all within brackets or strings of its own."""
    if value.type in ("call", "subscript", "attribute"):
        inner = value.named_children[0]
        return inner.start_point[0] == inner.end_point[0] or _held(inner)
    return value.type in _WHOLE


def _stands(value: Node, place: Node) -> bool:
    parent = place.parent
    if parent is None or is_arguments(place):
        return False
    if value.type in _BARE:
        return False
    if value.type in _WHOLE:
        number = value.type in ("integer", "float") and parent.type == "attribute"
        return not number
    if parent.type in _FIELDS:
        return any(parent.child_by_field_name(name) == place for name in _FIELDS[parent.type])
    if parent.type == "interpolation":
        return value.type not in ("lambda", "conditional_expression", "comparison_operator")
    return parent.type in _ROOMY


def _own_string(place: Node) -> Node | None:
    return enclosing(place, "string")


def _in_string(value: Node, text: bytes, interpolation: Node) -> bytes:
    if any(one.type == "=" for one in interpolation.children):
        raise Refusal("an f-string shows the text of the name (`=`)", "write the name out in that string first")
    string = enclosing(interpolation, "string")
    opening = (child_text(string.children[0]) if string is not None else b"").lstrip(b"fFrRbBuU")
    if opening[:1] in text and value.type == "string":
        text = _requoted(text, opening[:1])
    if any(char in text for char in (opening[:1], b"\\", b"\n", b"#")):
        raise Refusal("an f-string cannot hold the value", "take the value out of the f-string first")
    return b"(" + text + b")" if text.startswith(b"{") or b":" in text or b"!" in text else text


def child_text(node: Node) -> bytes:
    """Return the bytes of a node."""
    return node.text or b""


def _requoted(text: bytes, quote: bytes) -> bytes:
    other = b"'" if quote == b'"' else b'"'
    plain = text.startswith(quote) and not text.startswith(quote * 3) and other not in text and b"\\" not in text
    return other + text[1:-1] + other if plain else text


def call_around(expression: Node) -> Node | None:
    """Return the call whose callee an expression is."""
    parent = expression.parent
    called = parent is not None and parent.type == "call" and child(parent, "function") == expression
    return parent if called else None
