"""`codeagent gates`: what gates there are, whether each still rejects what it must, and what is there already."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from codeagent.config import load_config
from codeagent.interfaces.terminal import Format, terminal_of, write_result
from codeagent.quality.gates.judge import ordered
from codeagent.quality.gates.settings import load_gates
from codeagent.workflows.selftest import Trial, selftest
from codeagent.workspace.git import find_root

command = typer.Typer(no_args_is_help=True, add_completion=False, help="List the gates, and try them on canaries.")


@command.callback()
def group() -> None:
    """List the gates, and try them on canaries."""


@command.command("list")
def list_(
    ctx: typer.Context,
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
) -> None:
    """List every gate that holds here: shipped ones, the user's, and the project's."""
    terminal = terminal_of(ctx)
    gates, notes = load_gates(load_config(find_root(Path()), terminal.settings))
    rows = [
        {
            "gate": gate.name,
            "family": gate.family,
            "summary": gate.summary,
            "required": gate.required,
            "fast": gate.fast,
            "origin": gate.origin,
            "command": list(gate.command),
        }
        for gate in ordered(gates).values()
    ]
    if format is Format.JSON:
        document = {"schema_version": 1, "gates": rows, "notes": list(notes)}
        write_result(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    table = Table.grid(padding=(0, 2))
    for row in rows:
        kind = "check" if row["fast"] else "gate"
        where = "" if row["origin"] == "built-in" else f"({row['origin']})"
        table.add_row(f"[bold]{row['gate']}[/]", str(row["family"]), kind, f"{row['summary']} {where}".rstrip())
    terminal.out().print(table)
    for note in notes:
        terminal.remark(note)


@command.command("selftest")
def selftest_(
    format: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
) -> None:
    """Feed every gate what it must block and what it must let pass; exit 1 where one does neither."""
    trials = list(selftest())
    failed = [trial for trial in trials if not trial.ok]
    tried = [trial for trial in trials if not trial.absent]
    left = f", {len(trials) - len(tried)} not tried for want of a tool" if len(tried) < len(trials) else ""
    if format is Format.JSON:
        rows = [{**asdict(trial), "ok": trial.ok} for trial in trials]
        document = {"schema_version": 1, "ok": not failed, "trials": rows}
        write_result(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        lines = [_told(one) for one in trials]
        write_result("\n".join([*lines, f"{len(tried) - len(failed)} of {len(tried)} canaries judged rightly{left}"]))
    if failed:
        raise typer.Exit(1)


def _told(trial: Trial) -> str:
    """A trial as a line."""
    verdict = "absent" if trial.absent else "ok" if trial.ok else "WRONG"
    why = "" if verdict == "ok" else f" ({trial.status}{': ' if trial.said else ''}{trial.said})"
    return f"{verdict:<6} {trial.gate:<11} {'blocks' if trial.bad else 'passes'}: {trial.title}{why}"
