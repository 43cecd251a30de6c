"""What operations take: the arguments of a step against the signature of its refactoring."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import REWRITE, Step
from codeagent.plans.places import outside
from codeagent.plans.problems import Problem, suggestion
from codeagent.refactorings import OPERATIONS, load_operation
from codeagent.tools.declaring import (
    REQUIRED,
    Parameter,
    arguments_of,
    parameters_of,
    respoken_parameter,
    schema_of,
)

ACCEPT: Final = "accept_unresolved"
_OWN: Final = (Parameter(ACCEPT, bool, "Leave occurrences that cannot be resolved as they are.", False, ACCEPT),)
_REWRITE: Final = (
    Parameter("instructions", str, "What is to be done, so that somebody who sees only the code can do it."),
    Parameter("symbols", list[str], "Ids of the symbols that are to be edited.", None),
    Parameter("files", list[str], "Paths of the files that are to be edited.", None),
    Parameter("creates", list[str], "Paths of the files that are to be made.", None),
    Parameter("about", list[str], "Ids of symbols that it must know and leave as they are.", None),
)


@cache
def takes(operation: str) -> tuple[Parameter, ...]:
    """Return what an operation, or a rewrite, takes; KeyError where there is none of that name."""
    if operation == REWRITE:
        return _REWRITE
    return tuple(map(respoken_parameter, parameters_of(load_operation(operation), _OWN)))


def argument_schemas() -> Mapping[str, Mapping[str, Any]]:
    """Return the JSON schema of the arguments of every operation, a rewrite last."""
    return {name: schema_of(takes(name)) for name in (*OPERATIONS, REWRITE)}


def argument_problems(step: Step) -> Iterator[Problem]:
    """Yield what does not fit of an operation and its arguments; whether what they name is there is not asked."""
    place = f"steps.{step.id}"
    operations = [*OPERATIONS, REWRITE]
    if step.operation not in operations:
        text = f'unknown operation "{step.operation}"{suggestion(step.operation, operations)}'
        yield Problem(f"{place}.operation", text)
        return
    known = {one.name: one for one in takes(step.operation)}
    for name, value in step.arguments.items():
        if name not in known:
            text = f'{step.operation} takes no "{name}"{suggestion(name, list(known))}'
            yield Problem(f"{place}.arguments", text)
            continue
        try:
            arguments_of(step.operation, [known[name]], {name: value})
        except UsageError as error:
            yield Problem(f"{place}.arguments.{name}", error.message)
    for name, one in known.items():
        if one.default is REQUIRED and step.arguments.get(name) is None:
            yield Problem(f"{place}.arguments", f'{step.operation} needs "{name}": {one.about}')
    if not step.deterministic:
        yield from _rewrite_problems(place, step.arguments)


def fitted(operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments with a single text where a list of texts is wanted made a list, and words made true or false.

    Whatever else does not fit is left for `argument_problems` to tell."""
    kinds = {one.name: one.kind for one in takes(operation)} if operation in (*OPERATIONS, REWRITE) else {}
    found = dict(arguments)
    for name, value in arguments.items():
        if isinstance(value, str) and kinds.get(name) == list[str]:
            found[name] = [value]
        elif isinstance(value, str) and kinds.get(name) is bool and value.lower() in ("true", "false"):
            found[name] = value.lower() == "true"
        elif value is None:
            del found[name]
    return found


def call_of(step: Step) -> tuple[dict[str, Any], bool]:
    """Return what the function of a refactoring is called with, and whether unresolved occurrences may stay.

    Raises UsageError for arguments that do not fit."""
    arguments = arguments_of(step.operation, takes(step.operation), step.arguments)
    return arguments, bool(arguments.pop(ACCEPT))


def _rewrite_problems(place: str, arguments: Mapping[str, Any]) -> Iterator[Problem]:
    instructions = arguments.get("instructions")
    if isinstance(instructions, str) and not instructions.strip():
        yield Problem(f"{place}.arguments.instructions", "is empty: say what is to be done")
    if not any(arguments.get(name) for name in ("symbols", "files", "creates")):
        yield Problem(f"{place}.arguments", 'a rewrite says where: "symbols", "files" or "creates"')
    for name in ("files", "creates"):
        paths = arguments.get(name)
        for path in paths if isinstance(paths, list) else ():
            if isinstance(path, str) and (why := outside(path)):
                yield Problem(f"{place}.arguments.{name}", f'"{path}" {why}')
