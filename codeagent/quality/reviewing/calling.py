"""How a definition is called, in any deep language: its parameters, its result, what it raises."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.signatures import Parameter, parameters_of
from codeagent.quality.reviewing.headers import definition_node
from codeagent.quality.reviewing.sides import Side

_RESULTS: Final = {"go": "result", "java": "type"}  # elsewhere `return_type`
_FUNCTIONS: Final = ("function_definition", "lambda", "class_definition")
_NO_PARAMETER: Final = frozenset(("comment", "self_parameter", "attribute_item", "line_comment", "block_comment"))
_OPTIONAL: Final = "optional"


@dataclass(frozen=True, slots=True)
class Calling:
    """What callers rely on. Texts are as written, on one line; `raises` holds the names of exceptions."""

    parameters: tuple[Parameter, ...]
    returns: str
    raises: frozenset[str]
    asynchronous: bool


def calling(side: Side, symbol: Symbol) -> Calling | None:
    """Return how a function is called; None for what is no function, or where the grammar does not tell."""
    language, source = side.language(symbol.path), side.read(symbol.path)
    node = definition_node(side, symbol)
    value = node.child_by_field_name("value")
    node = value if value is not None and value.child_by_field_name("body") is not None else node
    if language == "python":
        if node.type != "function_definition":
            return None
        parameters, raises = parameters_of(node, source), frozenset(_raised(node, source))
    elif node.child_by_field_name("parameters") is None and node.child_by_field_name("parameter") is None:
        return None
    else:
        parameters, raises = tuple(_parameters(node, source)), frozenset(_declared(node, source))
    result = node.child_by_field_name(_RESULTS.get(language, "return_type"))
    returns = _text(result, source).lstrip(":-> ").strip() if result is not None else ""
    return Calling(parameters, returns, raises, any(child.type == "async" for child in node.children))


def _parameters(node: Node, source: bytes) -> Iterator[Parameter]:
    """The parameters of a language that passes by position alone."""
    row = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    assert row is not None
    if not row.named_children:
        if row.type == "identifier":  # `x => …`
            yield Parameter(_text(row, source), "positional-only")
        return
    for child in row.named_children:
        if child.type not in _NO_PARAMETER:
            yield from _of(child, source)


def _of(child: Node, source: bytes) -> Iterator[Parameter]:
    kind = next((field for field in ("type", "pattern") if child.child_by_field_name(field) is not None), "")
    typed = child.child_by_field_name("type")
    annotation = _text(typed, source).lstrip(": ").strip() if typed is not None and kind else ""
    value = child.child_by_field_name("value") or child.child_by_field_name("right")
    default = _text(value, source) if value is not None else _OPTIONAL if "optional" in child.type else ""
    rest = any(word in child.type for word in ("rest", "spread", "variadic")) or _text(child, source).startswith("...")
    names = child.children_by_field_name("name") or [child.child_by_field_name("pattern") or child]
    for name in names:
        yield Parameter(_text(name, source).lstrip("."), "*" if rest else "positional-only", annotation, default)


def _raised(function: Node, source: bytes) -> Iterator[str]:
    """The exceptions that a Python function raises by name, itself."""
    pending = list(function.children)
    while pending:
        node = pending.pop()
        if node.type in _FUNCTIONS:
            continue
        if node.type == "raise_statement" and node.named_children:
            what = node.named_children[0]
            callee = what.child_by_field_name("function") if what.type == "call" else what
            if callee is not None and callee.type in ("identifier", "attribute"):
                name = _text(callee, source).rpartition(".")[2]
                if name[:1].isupper():
                    yield name
        pending.extend(node.children)


def _declared(node: Node, source: bytes) -> Iterator[str]:
    """The exceptions that a Java method declares."""
    for child in node.children:
        if child.type == "throws":
            yield from (_text(one, source) for one in child.named_children)


def _text(node: Node, source: bytes) -> str:
    return " ".join(syntax.text(node, source).decode("utf-8", "replace").split())
