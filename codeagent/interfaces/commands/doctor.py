"""`codeagent doctor`: what is installed and working, each problem with its remedy."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from codeagent.config import load_config
from codeagent.domain.errors import CodeAgentError
from codeagent.interfaces.mcp.health import server_diagnoses
from codeagent.interfaces.options import FormatOption
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.workflows.diagnose import Diagnosis, State, diagnose
from codeagent.workflows.next_steps import NextStep, next_steps

MARKS: Final = {State.OK: "[green]✓[/]", State.NOTE: "[yellow]•[/]", State.PROBLEM: "[bold red]✗[/]"}


def command(
    ctx: typer.Context,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what is installed and working, with a remedy for each problem. Exit 1 where there is a problem."""
    found = (*diagnose(Path.cwd(), terminal_of(ctx).settings), *_servers(Path.cwd(), terminal_of(ctx).settings))
    steps = next_steps(Path.cwd(), found, dict(terminal_of(ctx).settings))
    healthy = all(diagnosis.state is not State.PROBLEM for diagnosis in found)
    if format is Format.JSON:
        document = {"schema_version": 1, "ok": healthy, "checks": [asdict(one) for one in found]}
        document["next"] = [asdict(one) for one in steps]
        write_result(msgspec.json.format(msgspec.json.encode(document)).decode())
    else:
        show(found, terminal_of(ctx))
        show_next(steps, terminal_of(ctx))
    if not healthy:
        raise typer.Exit(1)


def _servers(root: Path, flags: Mapping[str, str]) -> tuple[Diagnosis, ...]:
    try:
        return tuple(server_diagnoses(load_config(root, flags)))
    except CodeAgentError:
        return ()  # the settings have a line of their own


def show_next(steps: tuple[NextStep, ...], terminal: Terminal) -> None:
    """Print what to do next."""
    table = Table.grid(padding=(0, 2))
    for one in steps:
        table.add_row(f"  {escape(one.command)}", f"[dim]{escape(one.why)}[/]")
    console = terminal.out()
    console.print("\nNext", style="bold")
    console.print(table)


def show(found: tuple[Diagnosis, ...], terminal: Terminal) -> None:
    """Print one line a diagnosis, with its remedy below."""
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for diagnosis in found:
        text = escape(diagnosis.detail)
        if diagnosis.remedy:
            text += f"\n[cyan]→ {escape(diagnosis.remedy)}[/]"
        table.add_row(MARKS[diagnosis.state], diagnosis.name, text)
    terminal.out().print(table)
