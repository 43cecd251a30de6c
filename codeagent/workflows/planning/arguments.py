"""What operations take: the arguments of a step against the signature of its refactoring."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from codeagent.domain.plan import REWRITE, Step
from codeagent.plans.places import outside
from codeagent.plans.problems import Problem, suggestion
from codeagent.plans.schema import REWRITE_ARGUMENTS
from codeagent.refactorings import OPERATIONS, load_operation

ACCEPT: Final = "accept_unresolved"
_ACCEPT_SCHEMA: Final = {
    "type": "boolean",
    "description": "Leave occurrences that cannot be resolved as they are, and change the rest.",
}
_KINDS: Final = {"string": str, "boolean": bool}
_WORDS: Final = {"string": "a text", "boolean": "true or false", "array": "a list"}


@cache
def argument_schemas() -> Mapping[str, Mapping[str, Any]]:
    """Return the JSON schema of the arguments of every refactoring, by its name."""
    return {name: _schema(name) for name in OPERATIONS}


def argument_problems(step: Step) -> Iterator[Problem]:
    """Yield what does not fit of an operation and its arguments; whether what they name is there is not asked."""
    place = f"steps.{step.id}"
    known = [*OPERATIONS, REWRITE]
    if step.operation not in known:
        yield Problem(f"{place}.operation", f'unknown operation "{step.operation}"{suggestion(step.operation, known)}')
        return
    schema = argument_schemas()[step.operation] if step.deterministic else REWRITE_ARGUMENTS
    takes = schema["properties"]
    for name, value in step.arguments.items():
        if name not in takes:
            yield Problem(f"{place}.arguments", f'{step.operation} takes no "{name}"{suggestion(name, list(takes))}')
        elif wanted := _unfit(value, takes[name]):
            yield Problem(f"{place}.arguments.{name}", f"{wanted} is wanted, not {value!r}")
    for name in schema["required"]:
        if name not in step.arguments:
            yield Problem(f"{place}.arguments", f'{step.operation} needs "{name}": {takes[name]["description"]}')
    if not step.deterministic:
        yield from _rewrite_problems(place, step)


def call_of(step: Step) -> tuple[dict[str, Any], bool]:
    """Return what the function of a refactoring is called with, and whether unresolved occurrences may stay."""
    names = {_public(name): name for name in _parameters(step.operation)}
    given = {names[name]: value for name, value in step.arguments.items() if name != ACCEPT}
    return given, bool(step.arguments.get(ACCEPT, False))


def _rewrite_problems(place: str, step: Step) -> Iterator[Problem]:
    instructions = step.arguments.get("instructions")
    if isinstance(instructions, str) and not instructions.strip():
        yield Problem(f"{place}.arguments.instructions", "is empty: say what is to be done")
    where = [name for name in ("symbols", "files", "creates") if step.arguments.get(name)]
    if not where:
        yield Problem(f"{place}.arguments", 'a rewrite says where: "symbols", "files" or "creates"')
    for name in ("files", "creates"):
        paths = step.arguments.get(name)
        for path in paths if isinstance(paths, list) else ():
            if isinstance(path, str) and (why := outside(path)):
                yield Problem(f"{place}.arguments.{name}", f'"{path}" {why}')


# --- signatures as schemas


def _schema(operation: str) -> dict[str, Any]:
    found, required = {}, []
    for name, (parameter, kind, about) in _parameters(operation).items():
        found[_public(name)] = {**_type(kind), "description": about}
        if parameter.default is inspect.Parameter.empty:
            required.append(_public(name))
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {**found, ACCEPT: _ACCEPT_SCHEMA},
    }


@cache
def _parameters(operation: str) -> Mapping[str, tuple[inspect.Parameter, Any, str]]:
    """The parameters of an operation but for the code: each with its type and what it is for."""
    function = load_operation(operation)
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        kind, about = hints[name], ""
        if get_origin(kind) is Annotated:
            kind, about = get_args(kind)
        found[name] = (parameter, kind, about)
    return found


def _public(name: str) -> str:
    """The name of a parameter without what keeps it apart from a word of Python: `with_`."""
    return name.rstrip("_")


def _type(kind: Any) -> dict[str, Any]:
    if kind is bool:
        return {"type": "boolean"}
    if kind is str:
        return {"type": "string"}
    options = [one for one in get_args(kind) if one is not type(None)]
    if get_origin(kind) is list:
        return {"type": "array", "items": _type(get_args(kind)[0])}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": {"type": "string"}, "minItems": len(options), "maxItems": len(options)}
    return _type(options[0])


def _unfit(value: Any, schema: Mapping[str, Any]) -> str:
    """What is wanted instead of a value; "" where it fits."""
    if schema["type"] != "array":
        return "" if type(value) is _KINDS[schema["type"]] else _WORDS[schema["type"]]
    if not isinstance(value, list):
        return _WORDS["array"]
    if len(value) != schema.get("maxItems", len(value)):
        return f"a list of {schema['maxItems']}"
    inner = next((found for one in value if (found := _unfit(one, schema["items"]))), "")
    return f"a list, each {inner}," if inner else ""
