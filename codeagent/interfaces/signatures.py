"""From the signature of a function to the parameters of a command: one declaration, every door."""

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Final, get_args, get_origin

import typer
import typer.main

from codeagent.domain.tool import PIPED

HELP: Final = ("-h", "--help")


def command_of(
    name: str, function: Callable[..., Any], own: Sequence[inspect.Parameter], run: Callable[..., Any]
) -> Any:
    """Return a parser that takes what `function` takes but for its first parameter, and `own`, and calls `run`.

    Positional parameters become arguments, keyword-only ones options; `Annotated` texts are their help."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what Typer reads
        [
            inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
            *map(as_parameter, parameters),
            *own,
        ]
    )
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command(name, help=inspect.getdoc(function))(run)
    command = plain_flags(typer.main.get_command(app))
    pairs = {one.name for one in parameters if "tuple[str, str]" in str(one.annotation)}
    for parameter in command.params:
        if parameter.name in pairs:  # Typer knows no list of pairs; what it is built on does
            parameter.nargs = 2
            parameter.process_value = _pairs
            parameter.metavar = "GLOB EXPR"
    return command


def plain_flags(command: Any) -> Any:
    """Return the command, in whose help options that take no value no longer say `<bool>`, as they do for Typer.

    What is given as it is wanted, or not at all, is taken as it stands."""
    for parameter in command.get_params(typer.Context(command, help_option_names=list(HELP))):
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
        if hasattr(parameter, "type_descriptor"):
            parameter.process_value = partial(_taken, parameter)
    for below in getattr(command, "commands", {}).values():
        plain_flags(below)
    return command


class _AsItStands:
    """Stands in for what makes a value of what was given: Typer builds that of Pydantic, which takes long to import."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return what was given."""
        return () if value is None and (param.multiple or param.nargs == -1) else value


def _taken(parameter: Any, ctx: Any, value: Any) -> Any:
    """What a parameter is given, as Typer has it."""
    wanted = parameter.type_descriptor
    own = wanted.parameter_info.parser is None and not wanted.is_ranged and type(value) is wanted.annotation
    parameter._runtime_param = _AsItStands() if value is None or own else None
    return type(parameter).process_value(parameter, ctx, value)


def _pairs(ctx: Any, value: Any) -> list[tuple[str, str]]:
    """What was given for an option that takes two words and may be repeated."""
    return [(str(first), str(second)) for first, second in value or ()]


def as_parameter(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return a function's parameter as Typer wants it."""
    kind, about = parameter.annotation, ""
    if get_origin(kind) is Annotated:
        kind, about, *marks = get_args(kind)
        about += " `-` reads it from stdin." if PIPED in marks else ""
    if "tuple[str, str]" in str(kind):
        kind = list[str] | None
    name = parameter.name.rstrip("_")
    if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
        info: Any = typer.Option(f"--{name.replace('_', '-')}", help=about)
    else:
        info = typer.Argument(help=about, metavar=name.upper())
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind, info])


def option(name: str, kind: Any, default: Any) -> inspect.Parameter:
    """Return a parameter that a command has beside those of its function; `kind`: with what Typer needs to know."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
