"""`codeagent apply PLAN`: carry out a plan step by step behind the gates, and write what holds."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.config import load_config
from codeagent.interfaces.commands.gate import Tests
from codeagent.interfaces.runs.carrying import carry, limits_of, means_of
from codeagent.interfaces.terminal import Format, terminal_of
from codeagent.interfaces.wishes import (
    ApiBaseOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    TimeoutOption,
    Wish,
)
from codeagent.plans.reading import load_plan
from codeagent.workflows.applying.apply import apply
from codeagent.workflows.applying.options import Options, chosen
from codeagent.workspace.git import find_root


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
PerStepOption = Annotated[
    list[str] | None,
    typer.Option("--per-step", metavar="KEY=N", help="A limit of each step: cost, tokens, calls or time; repeatable."),
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
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=16, metavar="N", help="Do so many independent steps at once.")
    ] = 1,
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    per_step: PerStepOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Carry out a plan, each step in a scratch tree, proven and behind the gates; your files change at the very end.

    Without --yes it asks on a terminal, and elsewhere prints the change and writes nothing."""
    terminal, root = terminal_of(ctx), find_root(Path())
    landing = {"yes": yes, "branch": branch or "", "commit": commit, "style": str(message_style), "trailer": trailer}
    choice = {"step": step, "until": until, "dry_run": dry_run, "rebase": rebase, "workers": workers}
    options = msgspec.convert({**landing, **choice, "tests": str(tests), "trust": trust}, Options)
    wanted = load_plan(plan)
    config = load_config(root, terminal.settings)
    asks = not dry_run and any(not one.deterministic for one in chosen(wanted, options))
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    with means_of(terminal, config, root, wish, format, model=asks, per_step=limits_of(per_step)) as means:
        carry(terminal, format, root, lambda: apply(root, wanted, options, means))
