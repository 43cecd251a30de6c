"""From the signature of a function to the parameters of a command: one declaration, every door."""

import inspect
from collections.abc import Callable, Sequence
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
    """Return the command, in whose help options that take no value no longer say `<bool>`, as they do for Typer."""
    for parameter in command.get_params(typer.Context(command, help_option_names=list(HELP))):
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    for below in getattr(command, "commands", {}).values():
        plain_flags(below)
    return command


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
