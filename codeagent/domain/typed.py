"""Values that people write into settings: of the right type, under a name that is known, else an error that helps."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from codeagent.domain.errors import UsageError

_NAMES: Final = {
    int: "a whole number above zero",
    float: "a number",
    str: "text",
    list: "a list of texts",
    dict: "a table",
}


def typed(key: str, kind: type, value: Any, origin: str) -> Any:
    """`value`, or UsageError where it is not of the kind that `key` takes."""
    if kind is int:
        fits = isinstance(value, int) and not isinstance(value, bool) and value > 0
    elif kind is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    elif kind is list:
        fits = isinstance(value, list) and all(isinstance(part, str) for part in value)
    else:
        fits = isinstance(value, kind)
    if not fits:
        raise UsageError(f"{key} must be {_NAMES[kind]}, not {value!r} ({origin})")
    return value


def unknown(key: str, known: Mapping[str, object], origin: str) -> UsageError:
    """The error for a key that is none of `known`, with the nearest of them."""
    near = get_close_matches(key, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known settings: {', '.join(known)}"
    return UsageError(f'unknown setting "{key}" in {origin}', hint)
