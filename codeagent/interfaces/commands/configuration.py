"""`codeagent config`: the settings in force and where each one came from."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from codeagent.config import SETTINGS, Config, load_config, user_file
from codeagent.interfaces.options import FormatOption
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result

command = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Show the settings in force and where each one came from."
)


@command.callback()
def group() -> None:
    """Show the settings in force and where each one came from."""


@command.command("show")
def show(
    ctx: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value came from.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show every setting: built-in < user < project < CODEAGENT_* < --set."""
    terminal = terminal_of(ctx)
    config = load_config(Path.cwd(), terminal.settings)
    if format is Format.JSON:
        write_result(msgspec.json.format(msgspec.json.encode(as_document(config, origin))).decode())
        return
    print_table(config, origin, terminal)
    terminal.remark(f"your own settings: {user_file()}")


def values_of(config: Config) -> dict[str, Any]:
    """Every setting by its dotted key, in the order they are declared."""
    values: dict[str, Any] = {key: getattr(config, key) for key in SETTINGS}
    values["cache_dir"] = str(config.cache_dir)
    values["exclude"] = list(config.exclude)
    values |= {f"models.{name}": table for name, table in config.models.items()}
    values |= {f"roles.{role}": name for role, name in config.roles.items()}
    return values | {f"checks.{rule}.{key}": n for rule, limits in config.checks.items() for key, n in limits.items()}


def as_document(config: Config, origin: bool) -> dict[str, Any]:
    """The JSON answer: settings by dotted key, with their origins where these are asked for."""
    values = values_of(config)
    settings = {k: {"value": v, "origin": config.origins[k]} for k, v in values.items()} if origin else values
    return {"schema_version": 1, "settings": settings, "ignored": list(config.notes)}


def print_table(config: Config, origin: bool, terminal: Terminal) -> None:
    """Print one setting a line; what a project asked for in vain comes last."""
    table = Table.grid(padding=(0, 2))
    for key, value in values_of(config).items():
        row = [f"[bold]{key}[/]", escape(as_text(value))]
        table.add_row(*row, *([f"[dim]{escape(config.origins[key])}[/]"] if origin else []))
    terminal.out().print(table)
    for note in config.notes:
        terminal.remark(f"ignored: {note}")


def as_text(value: object) -> str:
    """A value as a person would write it."""
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value) or "-"
