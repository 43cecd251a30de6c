"""`codeagent apply PLAN`: carry out a plan step by step behind the gates, and write what holds."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.config import load_config
from codeagent.interfaces.options import (
    ApiBaseOption,
    BranchOption,
    CommitOption,
    FormatOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    PerStepOption,
    RepoOption,
    StepWorkersOption,
    Style,
    StyleOption,
    Tests,
    TestsOption,
    TimeoutOption,
    TrailerOption,
    TrustOption,
    YesOption,
    root_of,
)
from codeagent.interfaces.runs.carrying import carry, limits_of, means_of
from codeagent.interfaces.terminal import Format, terminal_of
from codeagent.interfaces.wishes import Wish
from codeagent.plans.reading import load_plan
from codeagent.workflows.applying.apply import apply
from codeagent.workflows.applying.options import Options, chosen


def command(
    ctx: typer.Context,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The file of a plan.")],
    step: Annotated[str, typer.Option("--step", metavar="N", help="Only this step: its number or id.")] = "",
    since: Annotated[str, typer.Option("--from", metavar="N", help="No step before this one.")] = "",
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
    workers: StepWorkersOption = 1,
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    per_step: PerStepOption = None,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Carry out a plan, each step in a scratch tree, proven and behind the gates; your files change at the very end.

    Without --yes it asks on a terminal, and elsewhere prints the change and writes nothing."""
    terminal, root = terminal_of(ctx), root_of(repo)
    landing = {"yes": yes, "branch": branch or "", "commit": commit, "style": str(message_style), "trailer": trailer}
    choice = {"step": step, "since": since, "until": until, "dry_run": dry_run, "rebase": rebase, "workers": workers}
    options = msgspec.convert({**landing, **choice, "tests": str(tests), "trust": trust}, Options)
    wanted = load_plan(plan)
    config = load_config(root, terminal.settings)
    asks = not dry_run and any(not one.deterministic for one in chosen(wanted, options))
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    with means_of(terminal, config, root, wish, format, model=asks, per_step=limits_of(per_step)) as means:
        carry(terminal, format, root, lambda: apply(root, wanted, options, means))
