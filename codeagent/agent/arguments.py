"""The arguments of a tool as a model wrote them: JSON, or nearly; what was mended is said, what is hopeless is told."""

import ast
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from codeagent.agent.sloppy import read_sloppy
from codeagent.domain.errors import UsageError

LONGEST: Final = 1_000_000  # characters that are read as arguments
_FENCED: Final = re.compile(r"\A\s*```[a-z]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TRAILING: Final = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)  # or a string, which stays
_CONTROL: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the model meant; `mended` says what had to be repaired, empty for sound JSON."""

    values: Mapping[str, Any]
    mended: str = ""


def read_arguments(text: str) -> Arguments:
    """Read the arguments of a call. Raises UsageError that says what is wrong, and where."""
    if len(text) > LONGEST:
        raise UsageError(f"the arguments have {len(text)} characters", f"{LONGEST} is the most; send less at once")
    if not text.strip():
        return Arguments({})
    try:
        return Arguments(_an_object(json.loads(text)))
    except (json.JSONDecodeError, RecursionError) as error:
        for said, mend in _MENDERS:
            found = mend(text)
            if found is not None:
                return Arguments(_an_object(found), said)
        raise UsageError(_what_is_wrong(text, error), "send one JSON object and nothing else") from error


def _an_object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):  # JSON within JSON: some servers encode twice
        value = _loads(value)
    if not isinstance(value, dict):
        raise UsageError(f"the arguments are {_kind(value)}, not an object", 'for example {"symbol": "app.py::save"}')
    return value


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def _what_is_wrong(text: str, error: Exception) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return "the arguments are nested too deeply"
    near = text[max(0, error.pos - 20) : error.pos + 20]
    return f"the arguments are no JSON: {error.msg} at line {error.lineno} column {error.colno}, near {near!r}"


def _loads(text: str) -> Any | None:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None


def _unfenced(text: str) -> Any | None:
    match = _FENCED.match(text)
    return _loads(match[1]) if match else None


def _plain_strings(text: str) -> Any | None:
    """Line ends and tabs that stand in strings as they are."""
    return _loads(_STRING.sub(lambda m: "".join(_CONTROL.get(c, c) for c in m[0]), text))


def _no_trailing_commas(text: str) -> Any | None:
    return _plain_strings(_TRAILING.sub(lambda m: m[1] or "", text))


def _python(text: str) -> Any | None:
    """A Python dict: single quotes, True and None."""
    try:
        value = ast.literal_eval(text.strip())
        return json.loads(json.dumps(value)) if isinstance(value, dict) else None
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _surrounded(text: str) -> Any | None:
    """An object with words around it; not where there are two of them."""
    start = text.find("{")
    try:
        value, end = json.JSONDecoder().raw_decode(text, start) if start >= 0 else (None, 0)
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) and "{" not in text[end:] else None


_MENDERS: Final[tuple[tuple[str, Callable[[str], Any | None]], ...]] = (
    ("the code fence around the JSON was taken off", _unfenced),
    ("line ends in strings were escaped", _plain_strings),
    ("trailing commas were taken out", _no_trailing_commas),
    ("a Python dict was read as JSON", _python),
    ("words around the JSON were left out", _surrounded),
    ("comments, quotes, keys or brackets were put right", read_sloppy),
)
