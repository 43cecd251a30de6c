"""A Python function as a row of words that formatting, comments and docstrings do not change, names told apart."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.languages import syntax
from codeagent.languages.syntax import Node

_BINDERS: Final = {
    "assignment": "left", "augmented_assignment": "left", "for_statement": "left", "for_in_clause": "left",
    "named_expression": "name",
}  # fmt: skip
_QUIET: Final = frozenset((",", ";", "comment", "line_continuation"))
_PLAIN: Final = frozenset(
    ("(", ")", "[", "]", "{", "}", ":", "=", ".", "->", "def", "return", "self", "cls", "class", "@")
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `kind` is local, name, attribute, keyword (of an argument), literal or mark; `start` its byte."""

    kind: str
    text: str
    start: int


def words_of(
    function: Node, source: bytes, altered: Collection[str] = (), silent: Collection[tuple[int, int]] = ()
) -> tuple[Word, ...]:
    """Return the words of a definition without its own parameters.

    The parameters of inner functions of `altered` names, and the arguments of their calls, are left out: they are
    compared by what each parameter is given. So is what stands on bytes of `silent`."""
    own = local_names(function, source)
    return tuple(_walk(function, function, source, own, altered, silent))


def defaults_of(function: Node, source: bytes) -> tuple[Word, ...]:
    """Return the words of the default values of a definition's parameters."""
    given = function.child_by_field_name("parameters")
    values = (one.child_by_field_name("value") for one in (given.named_children if given is not None else ()))
    return tuple(word for one in values if one is not None for word in _walk(one, one, source, frozenset(), (), ()))


def local_names(function: Node, source: bytes) -> frozenset[str]:
    """Return the names that a function binds: parameters, and what it assigns, inner functions included."""
    found: set[str] = set()
    pending = [function]
    while pending:
        node = pending.pop()
        field = _BINDERS.get(node.type)
        targets = [node.child_by_field_name(field)] if field else []
        if node.type in ("parameters", "lambda_parameters", "as_pattern_target"):
            targets.append(node)
        for target in targets:
            if target is not None:
                found.update(_identifiers(target, source))
        if node.type in ("function_definition", "class_definition") and node is not function:
            found.add(_text(syntax.child(node, "name"), source))
        pending.extend(node.children)
    return frozenset(found)


def count_locals(function: Node, source: bytes) -> int:
    """Return how many names a function binds, those of each inner function by themselves."""
    pending, count = [function], 0
    while pending:
        node = pending.pop()
        pending.extend(node.children)
        count += len(local_names(node, source)) if node.type == "function_definition" else 0
    return count


def _identifiers(node: Node, source: bytes) -> Iterator[str]:
    if node.type in ("attribute", "subscript", "type", "default_value"):
        return
    if node.type == "identifier":
        yield _text(node, source)
    for child in node.children:
        value = node.child_by_field_name("value") if node.type.endswith("parameter") else None
        if value is None or child.id != value.id:
            yield from _identifiers(child, source)


def _walk(
    node: Node,
    top: Node,
    source: bytes,
    own: frozenset[str],
    altered: Collection[str],
    silent: Collection[tuple[int, int]],
) -> Iterator[Word]:
    if node.type in _QUIET or (node.type == "expression_statement" and _is_text(node)):
        return
    if node.type in ("import_statement", "import_from_statement"):
        return
    if node.type == "parameters" and node.parent is not None:
        name = node.parent.child_by_field_name("name")
        if node.parent.id == top.id or (name is not None and _text(name, source) in altered):
            return
    if not node.children:
        yield _word(node, top, source, own)
        return
    if node.type == "block":
        yield Word("mark", "{", node.start_byte)
    skipped = (
        node.child_by_field_name("arguments") if node.type == "call" and _called(node, source) in altered else None
    )
    for child in node.children:
        quiet = child.is_named and (child.start_byte, child.end_byte) in silent
        if not quiet and (skipped is None or child.id != skipped.id):
            yield from _walk(child, top, source, own, altered, silent)
    if node.type == "block":
        yield Word("mark", "}", node.end_byte)


def _word(node: Node, top: Node, source: bytes, own: frozenset[str]) -> Word:
    text = _text(node, source)
    if node.type != "identifier":
        kind = (
            "literal"
            if node.type in ("string_content", "integer", "float", "true", "false", "none", "ellipsis")
            else "mark"
        )
        text = text.strip("\"'").lower() + "'" if node.type in ("string_start", "string_end") else text
        return Word(kind, text, node.start_byte)
    above = node.parent
    field = next((name for name in ("attribute", "name") if above and _is_field(above, name, node)), "")
    if above and above.type == "attribute" and field == "attribute":
        return Word("attribute", text, node.start_byte)
    if above and above.type == "keyword_argument" and field == "name":
        return Word("keyword", text, node.start_byte)
    if above and above.id == top.id and field == "name":
        return Word("mark", "its name", node.start_byte)
    return Word("local" if text in own else "name", text, node.start_byte)


def _is_field(above: Node, field: str, node: Node) -> bool:
    found = above.child_by_field_name(field)
    return found is not None and found.id == node.id


def _is_text(statement: Node) -> bool:
    named = statement.named_children
    return len(named) == 1 and named[0].type in ("string", "concatenated_string")


def _called(call: Node, source: bytes) -> str:
    return _text(syntax.child(call, "function"), source).rpartition(".")[2]


def weight(word: Word) -> str:
    """Return what must not be lost or come from nowhere; "" for a word that extraction and inlining make freely."""
    if word.kind in ("local", "keyword") or (word.kind == "mark" and (word.text in _PLAIN or word.text == "its name")):
        return ""
    if word.kind == "mark" and word.text in ("'", "f'", "r'", "b'"):
        return ""
    return f"{word.kind} {word.text}"


def _text(node: Node, source: bytes) -> str:
    return syntax.text(node, source).decode("utf-8", "surrogateescape")
