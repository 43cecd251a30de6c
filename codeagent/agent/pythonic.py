"""Calls written as Python: `source(symbol="Cart.total")`, one a line or in a list, as Gemma and Llama 4 do."""

import ast
import json
from collections.abc import Container, Iterator
from typing import Any, Final

_LONGEST: Final = 100_000  # characters that are read as Python


def as_json(text: str, names: Container[str]) -> str | None:
    """Return the calls as a JSON list; None where the text is anything but calls of these tools with literals, each
    given by its name."""
    if "(" not in text or len(text) > _LONGEST:
        return None
    try:
        body = ast.parse(text.strip()).body
        calls = [_call(one, names) for statement in body for one in _expressions(statement)]
        return json.dumps(calls) if calls else None
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    if not isinstance(statement, ast.Expr):
        raise ValueError(statement)
    value = statement.value
    yield from value.elts if isinstance(value, ast.List) else [value]


def _call(node: ast.expr, names: Container[str]) -> dict[str, Any]:
    if not isinstance(node, ast.Call):
        raise ValueError(node)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "print" and name not in names and len(node.args) == 1:
        return _call(node.args[0], names)
    if name not in names or node.args or not all(one.arg for one in node.keywords):
        raise ValueError(name)
    return {"name": name, "arguments": {str(one.arg): ast.literal_eval(one.value) for one in node.keywords}}
