"""`codeagent redo`: do again what was undone."""

from typing import Annotated

import typer

from codeagent.config import load_config
from codeagent.interfaces.commands.undo import CommitOption, print_undone
from codeagent.interfaces.options import FormatOption, RepoOption, root_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Format, terminal_of
from codeagent.workflows.undoing.turning import Way, turn_run


def command(
    ctx: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Its id, or how that starts; else the one undone last.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change.")] = False,
    commit: CommitOption = True,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Do an undone run again, with its commits or its branch; later edits are kept.

    Exit 4, with nothing written, where one is in the way."""
    terminal = terminal_of(ctx)
    root = root_of(repo)
    with progress(terminal) as emit:
        way, config = Way(write=not diff, commits=commit), load_config(root, terminal.settings)
        done = turn_run(root, run, "applied", way, config, emit)
    print_undone(done, "done again", diff, format, terminal)
