"""`codeagent gates`: what gates there are, whether each still rejects what it must, and what is there already."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from codeagent.config import load_config
from codeagent.domain.counting import counted
from codeagent.domain.events import Progress
from codeagent.interfaces.commands.gate import OnlyOption, SandboxOption, settings
from codeagent.interfaces.options import FormatOption, RepoOption, TrustOption, root_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Format, terminal_of, write_result
from codeagent.quality.gates.baseline import BASELINE
from codeagent.quality.gates.judge import ordered
from codeagent.quality.gates.settings import load_gates
from codeagent.workflows.baseline import Standing, record, standing
from codeagent.workflows.selftest import Trial, selftest

command = typer.Typer(
    no_args_is_help=True, add_completion=False, help="List the gates, try them on canaries, record what is there."
)


@command.callback()
def group() -> None:
    """List the gates, try them on canaries, record what is there."""


@command.command("list")
def list_(
    ctx: typer.Context,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List every gate that holds here: shipped ones, the user's, and the project's."""
    terminal = terminal_of(ctx)
    gates, notes = load_gates(load_config(root_of(repo), terminal.settings))
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
    format: FormatOption = Format.TEXT,
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


@command.command("baseline")
def baseline_(
    ctx: typer.Context,
    update: Annotated[bool, typer.Option("--update", help="Write it; one that is there already only shrinks.")] = False,
    only: OnlyOption = None,
    trust: TrustOption = False,
    sandbox: SandboxOption = None,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Tell what the gates find in the tree as it is, beside .codeagent/baseline.json; exit 1 where that has less.

    What the committed baseline knows is old to `gate` and `check`, which read it from the revision before a change."""
    terminal, root = terminal_of(ctx), root_of(repo)
    config = settings(terminal, root, sandbox)
    with progress(terminal) as emit:
        found = standing(
            root, config, tuple(only or ()), trust, lambda name, done, all_: emit(Progress("gates", done, all_, name))
        )
    written = record(root, found) if update else None
    if format is Format.JSON:
        write_result(msgspec.json.format(msgspec.json.encode(_document(found, written)), indent=2).decode())
    else:
        terminal.out().print(_counted(found))
        if written is not None:
            terminal.remark(f"{BASELINE} holds {counted(written, 'finding')}: commit it")
        elif found.recorded is None:
            terminal.remark(f"there is no {BASELINE}: --update writes one")
    for result in found.broken:
        terminal.remark(f"{result.gate} is broken, what is recorded of it stays: {result.reason}")
    if found.recorded is not None and found.new:
        terminal.remark(f"{len(found.new)} are not in the baseline: repair them, it only shrinks")
        raise typer.Exit(1)


def _document(found: Standing, written: int | None) -> dict[str, object]:
    return {
        "schema_version": 1,
        "path": BASELINE,
        "written": written is not None,
        "findings": list(found.present.values()),
        "recorded": None if found.recorded is None else len(found.recorded),
        "new": [] if found.recorded is None else found.new,
        "fixed": found.fixed,
        "broken": [{"gate": result.gate, "reason": result.reason} for result in found.broken],
    }


def _counted(found: Standing) -> Table:
    """How many findings there are of each rule, and how many are recorded."""
    table = Table.grid(padding=(0, 2))
    table.add_row("[bold]gate[/]", "[bold]rule[/]", "[bold]now[/]", "[bold]recorded[/]")
    now, then = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for counts, known in ((now, found.present), (then, found.recorded or {})):
        for one in known.values():
            counts[one.gate, one.rule] += one.count
    for gate, rule in sorted(now.keys() | then.keys()):
        recorded = "-" if found.recorded is None else str(then[gate, rule])
        table.add_row(gate, rule, str(now[gate, rule]), recorded)
    return table


def _told(trial: Trial) -> str:
    """A trial as a line."""
    verdict = "absent" if trial.absent else "ok" if trial.ok else "WRONG"
    why = "" if verdict == "ok" else f" ({trial.status}{': ' if trial.said else ''}{trial.said})"
    return f"{verdict:<6} {trial.gate:<11} {'blocks' if trial.bad else 'passes'}: {trial.title}{why}"
