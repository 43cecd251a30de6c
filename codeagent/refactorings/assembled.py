"""Names that code puts together: what the text that an expression makes may be, as far as it is written down."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node

_STRINGS: Final = ("string", "template_string", "string_literal", "interpreted_string_literal", "raw_string_literal")
_CONTENT: Final = ("string_content", "string_fragment", "interpreted_string_literal_content", "escape_sequence")
_SUMS: Final = ("binary_operator", "binary_expression")
_CHOICES: Final = ("conditional_expression", "ternary_expression", "boolean_operator")
_WRAPPED: Final = ("parenthesized_expression", "as_expression", "non_null_expression")
_CALLS: Final = ("call", "call_expression", "method_invocation")
_FOLDING: Final = frozenset("lower upper casefold title capitalize strip toLowerCase toUpperCase trim".split())
_FORMATS: Final = ("format", "Sprintf")
_NAMES: Final = ("attribute", "property", "field", "name")
_OBJECTS: Final = ("object", "operand")
_PLACE: Final = re.compile(r"%(?:\(\w+\))?[-#0 +\d.]*[a-zA-Z]|\{[^{}]*\}")
_ASSIGNMENTS: Final = ("assignment", "variable_declarator", "short_var_declaration", "assignment_expression")
_SCOPES: Final = (
    "function_definition", "function_declaration", "method_declaration", "method_definition", "arrow_function",
    "function_expression",
)  # fmt: skip
_MOST: Final = 16  # texts that are told apart
_STEPS: Final = 4  # variables that are followed

Pieces = tuple[str | None, ...]  # what is written down, None for what is not
ANYTHING: Final[list[Pieces]] = [(None,)]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text in pieces; `folded`: its letters may be made large or small before it is used."""

    pieces: Pieces
    folded: bool = False

    def fits(self, name: str) -> bool:
        """Tell whether the text may be a name, and enough of it is written down to say so."""
        found = re.fullmatch(
            "".join(r"(\w*)" if one is None else re.escape(one) for one in self.pieces),
            name,
            re.IGNORECASE if self.folded else 0,
        )
        if found is None or not any(one is not None and _tells(one) for one in self.pieces):
            return False
        edges = {at for number in range(1, found.re.groups + 1) for at in found.span(number)} - {0, len(name)}
        return self.folded or all(begins_a_word(name, at) for at in edges)

    def filled(self, name: str) -> set[str]:
        """Return the names that the text may be where a name stands in its one place for a value."""
        if self.pieces.count(None) != 1:
            return set()
        text = "".join(name if one is None else one for one in self.pieces)
        return {text, text.lower()} if self.folded else {text}


def _tells(piece: str) -> bool:
    return len(piece) > 1 and any(letter.isalpha() for letter in piece)


def begins_a_word(name: str, at: int) -> bool:
    """Tell whether a new part of a name begins there to the eye: `open` of `handle_open`, `Open` of `handleOpen`, `404`
    of `handler404`."""
    before, after = name[at - 1], name[at]
    apart = not (before.isalnum() and after.isalnum())
    return apart or (before.islower() and after.isupper()) or (before.isalpha() and after.isdigit())


def spellings(node: Node) -> list[Spelling]:
    """Return the texts that an expression may make."""
    found = _Reading()
    return [Spelling(pieces, found.folded) for pieces in found.texts(node, _STEPS)]


class _Reading:
    def __init__(self) -> None:
        self.folded = False

    def texts(self, node: Node, steps: int) -> list[Pieces]:
        """The texts of an expression."""
        if node.type in _STRINGS:
            return self._string(node, steps)
        if node.type == "concatenated_string":
            return _product(self.texts(one, steps) for one in node.named_children)
        if node.type in _WRAPPED and node.named_children:
            return self.texts(node.named_children[0], steps)
        if node.type in _CHOICES:
            values = node.named_children
            chosen = [values[0], values[-1]] if node.type == "conditional_expression" else values[-2:]
            return [one for value in chosen for one in self.texts(value, steps)][:_MOST]
        if node.type in _SUMS:
            return self._sum(node, steps)
        if node.type in _CALLS:
            return self._call(node, steps)
        if node.type == "identifier" and steps:
            values = list(_assigned(node))
            return [one for value in values for one in self.texts(value, steps - 1)][:_MOST] or ANYTHING
        return ANYTHING

    def _string(self, node: Node, steps: int) -> list[Pieces]:
        parts: list[list[Pieces]] = []
        for one in node.named_children:
            if one.type in _CONTENT:
                parts.append([(_text(one),)])
            elif one.type in ("interpolation", "template_substitution"):
                parts.append(self.texts(one.named_children[0], steps) if one.named_children else ANYTHING)
        return _product(parts)

    def _sum(self, node: Node, steps: int) -> list[Pieces]:
        left, operator, right = node.children[0], node.children[1].type, node.children[-1]
        if operator == "+":
            return _product([self.texts(left, steps), self.texts(right, steps)])
        return _filled(self.texts(left, steps)) if operator == "%" else ANYTHING

    def _call(self, node: Node, steps: int) -> list[Pieces]:
        function = node.child_by_field_name("function") or node
        name = next((found for field in _NAMES if (found := function.child_by_field_name(field))), None)
        held = next((found for field in _OBJECTS if (found := function.child_by_field_name(field))), None)
        called = _text(name) if name is not None else ""
        given = node.child_by_field_name("arguments")
        if held is not None and called in _FOLDING:
            self.folded = True
            return self.texts(held, steps)
        if called in _FORMATS and held is not None and held.type in _STRINGS:
            return _filled(self.texts(held, steps))
        if called in _FORMATS and given is not None and given.named_children:
            return _filled(self.texts(given.named_children[0], steps))
        return ANYTHING


def _product(parts: Iterable[list[Pieces]]) -> list[Pieces]:
    found: list[Pieces] = [()]
    for texts in parts:
        found = [_joined(before, after) for before in found for after in texts][:_MOST]
    return found


def _joined(before: Pieces, after: Pieces) -> Pieces:
    """Two texts as one; what is written down side by side is one piece."""
    if before and after and before[-1] is not None and after[0] is not None:
        return (*before[:-1], before[-1] + after[0], *after[1:])
    return (*before, *after)


def _filled(texts: list[Pieces]) -> list[Pieces]:
    """Texts whose places for values stand for anything."""
    found: list[Pieces] = []
    for pieces in texts:
        parts: list[str | None] = []
        for piece in pieces:
            written = _PLACE.split(piece) if piece is not None else [None]
            for index, one in enumerate(written):
                parts += [None] * (index > 0) + [one] * (one != "")
        found.append(tuple(parts))
    return found


def _assigned(node: Node) -> Iterator[Node]:
    """The values that a variable is given in the function around, or else at the top of the file."""
    name = node.text
    scope = node.parent
    while scope is not None:
        if scope.type in _SCOPES or scope.parent is None:
            found = list(_values(scope, name))
            if found or any(one.text == name for one in _parameters(scope)):
                yield from found
                return
        scope = scope.parent


def _parameters(function: Node) -> Iterator[Node]:
    given = function.child_by_field_name("parameters")
    for one in given.named_children if given is not None else ():
        yield from (one, *one.named_children)


def _values(scope: Node, name: bytes | None) -> Iterator[Node]:
    pending = list(scope.named_children)
    while pending:
        one = pending.pop()
        if one.type in _SCOPES:
            continue
        if one.type in _ASSIGNMENTS:
            left = one.child_by_field_name("left") or one.child_by_field_name("name")
            right = one.child_by_field_name("right") or one.child_by_field_name("value")
            if left is not None and right is not None and left.text == name:
                yield right.named_children[0] if right.type == "expression_list" else right
        pending += one.named_children


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
