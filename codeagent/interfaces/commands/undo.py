"""`codeagent undo`: take back what a run wrote, show what that would change, or list the runs."""

import time
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from codeagent.config import load_config
from codeagent.domain.errors import UsageError
from codeagent.interfaces.options import FormatOption, RepoOption, root_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.workflows.undo import Undone
from codeagent.workflows.undoing.turning import Way, all_runs, turn_run
from codeagent.workspace.runs import Run
from codeagent.workspace.spelling import spell

CommitOption = Annotated[
    bool, typer.Option("--commit/--no-commit", help="Its commits or branch, too; or the files alone.")
]


def command(
    ctx: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Its id, or how that starts; else the latest.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change.")] = False,
    every: Annotated[bool, typer.Option("--list", help="List the runs of this repository.")] = False,
    commit: CommitOption = True,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Take back a run: its files, later edits kept, and its commits or its branch.

    While its commits are the last of the branch and on no remote, the branch goes back to before them; else it gets a
    commit that takes them back. Exit 4, with nothing written, where anything done since would be lost."""
    if every and (run or diff):
        raise UsageError("--list stands alone", "codeagent undo --list")
    terminal = terminal_of(ctx)
    root = root_of(repo)
    if every:
        print_runs(all_runs(root), format, terminal)
        return
    with progress(terminal) as emit:
        way, config = Way(write=not diff, commits=commit), load_config(root, terminal.settings)
        done = turn_run(root, run, "undone", way, config, emit)
    print_undone(done, "undone", diff, format, terminal)


def print_undone(done: Undone, verb: str, diff: bool, format: Format, terminal: Terminal) -> None:
    """Print what became of a run; with `diff`, what would."""
    if format is Format.JSON:
        _print_json({"run": _as_document(done.run), "written": not diff, "files": done.files, **_more(done)})
    elif diff:
        write_result(done.diff or done.note or "nothing would change\n")
        if done.diff and done.note:
            terminal.remark(done.note)
    else:
        count = f"{len(done.files):,} file{'s' if len(done.files) != 1 else ''}"
        terminal.out().print(f"[bold]{verb}[/] {done.run.id}: {escape(done.run.title)} ({count})", soft_wrap=True)
        if done.note:
            terminal.remark(done.note)


def _more(done: Undone) -> dict[str, Any]:
    return {"diff": spell(done.diff), "note": done.note}


def print_runs(runs: list[Run], format: Format, terminal: Terminal) -> None:
    """Print one run a line, newest first."""
    if format is Format.JSON:
        _print_json({"runs": [_as_document(run) for run in runs]})
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("run", "written", "status", "files", "what"):
        table.add_column(heading, justify="right" if heading == "files" else "left", no_wrap=heading == "run")
    for run in runs:
        written = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.time))
        table.add_row(run.id, written, run.status, f"{len(run.files):,}", escape(run.title))
    if runs:
        terminal.out().print(table)
    else:
        terminal.remark("codeagent has written nothing to this repository yet")


def _as_document(run: Run) -> dict[str, Any]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(run.time))
    return {"id": run.id, "title": run.title, "time": moment, "status": run.status, "files": len(run.files)}


def _print_json(answer: dict[str, Any]) -> None:
    document = msgspec.json.encode({"schema_version": 1, **answer})
    write_result(msgspec.json.format(document).decode())
