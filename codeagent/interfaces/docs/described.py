"""Every command as a value: what it is called, what it takes, what it is for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import typer
import typer.main
from typer.core import TyperGroup

from codeagent.interfaces.cli import COMMANDS, app, load_command

_HIDDEN: Final = ("help", "install_completion", "show_completion")
_MARKUP: Final = re.compile(r"\[/?(?:bold|dim|red|green|yellow|cyan|italic|/)[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Taken:
    """An argument or option: its names as they are written, what stands for its value, and what it does."""

    names: str
    value: str
    about: str
    argument: bool
    required: bool
    default: str
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A command by its words ("query callers"), its panel in the help, its text and what it takes."""

    words: str
    panel: str
    about: str
    takes: tuple[Taken, ...]


def described() -> Iterator[Described]:
    """Yield every command, groups opened, in the order of the help."""
    for name, entry in COMMANDS.items():
        yield from _opened(name, entry.panel, load_command(name))


def global_options() -> tuple[Taken, ...]:
    """Return what stands before a command."""
    group = typer.main.get_group(app)
    return tuple(_taken(group, typer.Context(group, info_name="codeagent")))


def _opened(words: str, panel: str, command: Any) -> Iterator[Described]:
    if not isinstance(command, TyperGroup):
        context = typer.Context(command, info_name=f"codeagent {words}")
        yield Described(words, panel, _plain(command.help or ""), tuple(_taken(command, context)))
        return
    context = typer.Context(command, info_name=f"codeagent {words}")
    if command.invoke_without_command:
        yield Described(words, panel, _plain(command.help or ""), tuple(_taken(command, context)))
    for name in command.list_commands(context):
        _, found, _ = command.resolve_command(context, [name])
        yield from _opened(f"{words} {name}", panel, found)


def _taken(command: Any, context: Any) -> Iterator[Taken]:
    for one in command.params:
        if one.name in _HIDDEN or getattr(one, "hidden", False):
            continue
        argument = one.param_type_name == "argument"
        flag = bool(getattr(one, "is_flag", False))
        value = "" if flag else one.metavar or _kind(one.display_type(context))
        yield Taken(
            names=(one.metavar or one.name.upper()).strip("[]")
            if argument
            else ", ".join((*one.opts, *one.secondary_opts)),
            value="" if argument else value,
            about=_plain(one.help or ""),
            argument=argument,
            required=one.required,
            default="" if flag else _default(one.default),
            repeatable=one.nargs == -1 if argument else bool(one.multiple),
        )


def _kind(shown: str) -> str:
    """What stands for a value, from what Typer calls its type: `<list[int]>` is N."""
    word = shown.strip("<>").removeprefix("list[").removesuffix("]")
    return {"int": "N", "float": "NUMBER", "str": "TEXT"}.get(word, word)


def _default(value: Any) -> str:
    plain = getattr(value, "value", value)
    return str(plain) if isinstance(plain, str | int | float) and plain != "" else ""


def _plain(text: str) -> str:
    return _MARKUP.sub("", text).strip()
