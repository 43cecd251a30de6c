"""`codeagent apply PLAN`: carry out a plan step by step behind the gates, and write what holds."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.config import load_config
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.events import Event
from codeagent.interfaces.commands.gate import Tests
from codeagent.interfaces.progress import progress
from codeagent.interfaces.runs.document import as_json, document_of
from codeagent.interfaces.runs.live import live
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.plans.reading import load_plan
from codeagent.workflows.applying.apply import Applied, apply
from codeagent.workflows.applying.options import Options
from codeagent.workflows.applying.telling import story_of
from codeagent.workspace.eventlog import log_folders, read_run
from codeagent.workspace.git import find_root

Confirm = Callable[[str], bool]
Carry = Callable[[Callable[[Event], None], Confirm], Applied]


class Style(StrEnum):
    """How the messages of commits begin."""

    CONVENTIONAL = "conventional"
    PLAIN = "plain"


YesOption = Annotated[bool, typer.Option("--yes", help="Write without asking.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print the result.")]
BranchOption = Annotated[
    str | None, typer.Option("--branch", metavar="NAME", help="Commit to a new branch; files stay as they are.")
]
CommitOption = Annotated[bool, typer.Option("--commit/--no-commit", help="A commit for each step, where there is git.")]
StyleOption = Annotated[Style, typer.Option("--message-style", help="How messages of commits begin.")]
TrailerOption = Annotated[
    bool, typer.Option("--trailer/--no-trailer", help="Say in each message what assisted: Assisted-by.")
]
TestsOption = Annotated[
    Tests, typer.Option("--tests", help="Which tests to run after each step; all of them at the end, unless none.")
]
TrustOption = Annotated[bool, typer.Option("--trust", help="Let commands of this repository run, this once.")]


def command(
    ctx: typer.Context,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The file of a plan.")],
    step: Annotated[str, typer.Option("--step", metavar="N", help="Only this step: its number or id.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="N", help="No step after this one.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Propose and prove; run no command, ask no model, write nothing.")
    ] = False,
    yes: YesOption = False,
    branch: BranchOption = None,
    commit: CommitOption = True,
    message_style: StyleOption = Style.CONVENTIONAL,
    trailer: TrailerOption = True,
    tests: TestsOption = Tests.IMPACTED,
    trust: TrustOption = False,
    rebase: Annotated[
        bool,
        typer.Option("--rebase", help="Prove each step on files that changed since the plan was made."),
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Carry out a plan, each step in a scratch tree, proven and behind the gates; your files change at the very end.

    Without --yes it asks on a terminal, and elsewhere prints the change and writes nothing."""
    terminal, root = terminal_of(ctx), find_root(Path())
    landing = {"yes": yes, "branch": branch or "", "commit": commit, "style": str(message_style), "trailer": trailer}
    choice = {"step": step, "until": until, "dry_run": dry_run, "rebase": rebase}
    options = msgspec.convert({**landing, **choice, "tests": str(tests), "trust": trust}, Options)
    wanted = load_plan(plan)
    config = load_config(root, terminal.settings)
    carry(terminal, format, root, lambda emit, confirm: apply(root, wanted, options, config, emit, confirm))


def carry(terminal: Terminal, format: Format, root: Path, start: Carry) -> None:
    """Start or go on with a run, show it as it goes and what it came to."""
    before = set(log_folders(root))
    with progress(terminal) as emit:
        try:
            done = start(live(terminal, emit), _asker(terminal, format))
        except CodeAgentError:
            if format is Format.JSON:
                new = [folder for folder in log_folders(root) if folder not in before]
                for folder in new[:1]:
                    write_result(as_json(document_of(story_of(folder.name, read_run(folder)))))
            raise
    _show(done, terminal, format, root)


def _asker(terminal: Terminal, format: Format) -> Confirm:
    """What asks whether to write, where somebody is there to answer; nobody there means no."""

    def ask(diff: str) -> bool:
        if format is Format.JSON or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return False
        write_result(diff)
        return typer.confirm("Write this change?", err=True)

    return ask


def _show(done: Applied, terminal: Terminal, format: Format, root: Path) -> None:
    folder = next(one for one in log_folders(root) if one.name == done.run)
    story = story_of(done.run, read_run(folder))
    if format is Format.JSON:
        write_result(as_json(document_of(story, done.diff)))
        return
    if not done.written:
        if not sys.stdout.isatty():
            write_result(done.diff or "nothing changes\n")
        terminal.remark(f"nothing was written; codeagent resume {done.run} --yes writes it")
        return
    for step in story.steps:
        if step.status == "done":
            write_result(f"{step.commit[:10]}{'  ' if step.commit else ''}{step.id}  {step.message.splitlines()[0]}")
    if story.undo:
        terminal.remark(f"written; codeagent undo {story.undo} takes it back")
    elif story.branch:
        terminal.remark(f"on the branch {story.branch}; your files are as they were")
