"""From the signature of a function to a JSON schema and to checked arguments: one declaration for every caller."""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

from codeagent.domain.errors import UsageError
from codeagent.domain.printable import one_line
from codeagent.tools.telling import spoken

REQUIRED: Final = inspect.Parameter.empty
DOCUMENT: Final = "document"  # stands last in the Annotated of a text that may have any length
LONGEST: Final = 32_000  # characters of any other text: more is no name, no pattern, and fits no command line
_SIMPLE: Final[Mapping[Any, Mapping[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a caller may hand over: `name` as callers say it, `keyword` as the function does, its type without None."""

    name: str
    kind: Any
    about: str
    default: Any = REQUIRED
    keyword: str = ""
    document: bool = False  # a text of any length, such as a diff


def parameters_of(function: Callable[..., Any], own: Iterable[Parameter] = ()) -> tuple[Parameter, ...]:
    """Return what a function takes but for its first parameter, then `own` where it has none of that name."""
    found = [_parameter(one) for one in list(inspect.signature(function).parameters.values())[1:]]
    names = {one.name for one in found}
    return (*found, *(one for one in own if one.name not in names))


def _parameter(one: inspect.Parameter) -> Parameter:
    kind, about, *more = get_args(one.annotation) if get_origin(one.annotation) is Annotated else (one.annotation, "")
    return Parameter(
        one.name.rstrip("_"), _without_none(kind), str(about), one.default, one.name, document=DOCUMENT in more
    )


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return next(part for part in get_args(kind) if part is not type(None))
    return kind


def respoken_parameter(one: Parameter) -> Parameter:
    """Return a parameter whose help speaks to a caller of tools, not to a shell."""
    return replace(one, about=spoken(one.about).replace("; repeatable", ""))


def schema_of(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Return the JSON schema of the arguments; nothing else is allowed in them."""
    listed = list(parameters)
    properties = {}
    for one in listed:
        properties[one.name] = {**type_schema(one.kind), "description": one.about}
        if one.default not in (REQUIRED, None):
            properties[one.name]["default"] = one.default
    return {
        "type": "object",
        "properties": properties,
        "required": [one.name for one in listed if one.default is REQUIRED],
        "additionalProperties": False,
    }


def type_schema(kind: Any) -> dict[str, Any]:
    """Return the JSON schema of a type: simple ones, lists, pairs, mappings, and these or None."""
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list:
        return {"type": "array", "items": type_schema(parts[0])}
    if origin is tuple:  # of one type, such as pairs of texts
        return {"type": "array", "items": type_schema(parts[0]), "minItems": len(parts), "maxItems": len(parts)}
    if origin is dict:
        inner = type_schema(parts[1])
        return {"type": "object", **({"additionalProperties": inner} if inner else {})}
    if origin in (Union, UnionType):
        return {"type": ["null" if part is type(None) else type_schema(part)["type"] for part in parts]}
    raise TypeError(f"{kind} has no JSON schema here")


def arguments_of(tool: str, parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the function is to be called with; null stands for what is left out.

    Raises UsageError, in words for whoever called the tool, for what is unknown, missing or of the wrong type."""
    if not isinstance(given, Mapping):
        raise UsageError(f"the arguments of {tool} must be one JSON object, not {_said(given)}")
    known = {one.name: one for one in parameters}
    for name in given:
        if name not in known:
            raise _unknown(tool, str(name), known)
    found = {}
    for name, one in known.items():
        if given.get(name) is not None:
            found[one.keyword or name] = _checked(tool, one, given[name])
        elif one.default is REQUIRED:
            raise UsageError(f"{tool} needs `{name}`", f"{name}: {one.about}")
        else:
            found[one.keyword or name] = one.default
    return found


def _checked(tool: str, one: Parameter, value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST and not one.document:
        raise UsageError(f"`{one.name}` of {tool} has more than {LONGEST:,} characters", f"{one.name}: {one.about}")
    try:
        return msgspec.convert(_meant(one.kind, value), one.kind, strict=True)
    except msgspec.ValidationError as error:
        what = str(error).replace("`", "").partition(" - at ")
        where = f" (at {what[2]})" if what[2] else ""
        about = respoken_parameter(one).about
        raise UsageError(
            f"`{one.name}` of {tool}: {what[0].lower()}{where}, {_said(value)}", f"{one.name}: {about}"
        ) from error


def _meant(kind: Any, value: Any) -> Any:
    """One text where a list is wanted is a list of one; a number or a flag may be written as a text, as models do."""
    if not isinstance(value, str) or not (kind in (int, float, bool) or get_origin(kind) is list):
        return value
    try:
        found = json.loads(value.lower() if kind is bool else value)
    except (ValueError, RecursionError):
        found = value
    if get_origin(kind) is list:
        return found if isinstance(found, list) else [value]
    return value if isinstance(found, str | list | dict) else found


def _said(value: Any) -> str:
    """What was given, short enough to be quoted."""
    text = one_line(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 80 else f"{text[:80]}…"


def _unknown(tool: str, name: str, known: Mapping[str, Any]) -> UsageError:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    takes = f"{tool} takes {', '.join(known)}" if known else f"{tool} takes no arguments"
    return UsageError(f"{tool} has no argument `{one_line(name)[:80]}`", hint + takes)
