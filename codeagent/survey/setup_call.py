"""What a setup.py hands to `setup(…)`, as far as it stands there in words."""

import ast
import re
from typing import Final, NamedTuple

from codeagent.languages.python_script import named_values, parsed

_KEYS: Final = re.compile(
    r"(?:^|[(,])[ \t]*(name|description|license)\s*=\s*([\"'])(?P<said>[^\n]+?)\2\s*[,)]", re.MULTILINE
)


class Said(NamedTuple):
    """One argument: its text and the 1-based line of its name."""

    text: str
    line: int


def setup_call(text: str) -> dict[str, Said]:
    """Return the arguments that are plain texts, or names that the module gives a plain text."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError):  # of Python 2
        return {one[1]: Said(one["said"], text.count("\n", 0, one.start(1)) + 1) for one in _KEYS.finditer(text)}
    named = named_values(tree)
    found: dict[str, Said] = {}
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and _called(call.func) == "setup"):
            continue
        for argument in call.keywords:
            value = named.get(argument.value.id) if isinstance(argument.value, ast.Name) else argument.value
            if argument.arg and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.setdefault(argument.arg, Said(value.value, argument.lineno))
    return found


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
