"""`codeagent fix GOAL`: plan and apply in one go, for what is small; the gates are the same."""

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.config import load_config
from codeagent.domain.counting import counted
from codeagent.domain.errors import BudgetSpent, Refused
from codeagent.domain.plan import Plan
from codeagent.domain.run import Budget, Usage
from codeagent.interfaces.commands.plan import planned_for
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
    SessionOption,
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
from codeagent.interfaces.terminal import Format, Terminal, terminal_of
from codeagent.interfaces.wishes import Wish, seconds
from codeagent.workflows.applying.apply import apply
from codeagent.workflows.applying.options import Options
from codeagent.workflows.planning.goal import Planned

STEPS = 4  # more is no small thing
FILES = 12


def command(
    ctx: typer.Context,
    goal: Annotated[str, typer.Argument(metavar="GOAL", help="What is to be put right; - reads it from stdin.")],
    yes: YesOption = False,
    branch: BranchOption = None,
    commit: CommitOption = True,
    message_style: StyleOption = Style.CONVENTIONAL,
    trailer: TrailerOption = True,
    tests: TestsOption = Tests.IMPACTED,
    trust: TrustOption = False,
    workers: StepWorkersOption = 1,
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    per_step: PerStepOption = None,
    session: SessionOption = "",
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Plan a small change and carry it out at once, behind the same gates as `apply`.

    What turns out large is refused: `codeagent plan` writes it to a file that is reviewed first."""
    terminal, root, began = terminal_of(ctx), root_of(repo), time.monotonic()
    wish, each = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout), limits_of(per_step)
    landing = {"yes": yes, "branch": branch or "", "commit": commit, "style": str(message_style), "trailer": trailer}
    options = msgspec.convert({**landing, "tests": str(tests), "trust": trust, "workers": workers}, Options)
    planned = planned_for(terminal, root, goal, 1, None, wish, asdict(options), session)
    carry_planned(terminal, root, planned, options, left(wish, planned.usage, began), format, each)


def carry_planned(
    terminal: Terminal, root: Path, planned: Planned, options: Options, wish: Wish, format: Format, each: Budget
) -> None:
    """Carry out the best of what was planned, by the models that planned it. Raises Refused where it is not small."""
    plan, config = planned.plans[0].plan, load_config(root, terminal.settings)
    _check_small(plan, planned.run)
    asks = any(not step.deterministic for step in plan.steps)
    with means_of(terminal, config, root, wish, format, model=asks, per_step=each, run=planned.run) as means:
        carry(terminal, format, root, lambda: apply(root, plan, options, means))


def _check_small(plan: Plan, run: str) -> None:
    files = {path for step in plan.steps for path in step.blast.files}
    if len(plan.steps) > STEPS or len(files) > FILES:
        raise Refused(
            f"this is no small thing: {counted(len(plan.steps), 'step')}, {counted(len(files), 'file')}",
            f"codeagent plan --resume {run} -o plan.yaml writes the plan without asking again; read it, then apply it",
        )


def left(wish: Wish, used: Usage, began: float) -> Wish:
    """The limits, less what the plan has taken since that moment. Raises BudgetSpent where nothing is left."""
    calls = None if wish.max_calls is None else wish.max_calls - used.calls
    tokens = None if wish.max_tokens is None else wish.max_tokens - used.tokens
    cost = None if wish.max_cost is None or used.cost is None else wish.max_cost - used.cost
    time_left = None if wish.timeout is None else seconds(wish.timeout) - (time.monotonic() - began)
    if any(one is not None and one <= 0 for one in (tokens, time_left)) or (cost is not None and cost < 0):
        raise BudgetSpent("the plan has used all that may be used", "raise the limits; codeagent resume goes on")
    timeout = None if time_left is None else f"{time_left:.3f}"
    return replace(wish, max_calls=calls, max_tokens=tokens, max_cost=cost, timeout=timeout)
