"""`codeagent resume`: go on with a run where it was left, doing nothing twice."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from codeagent.config import Config, load_config
from codeagent.domain.errors import UsageError
from codeagent.domain.run import Budget
from codeagent.interfaces.answering import answer
from codeagent.interfaces.commands.fix import carry_planned, left
from codeagent.interfaces.commands.plan import planned_for
from codeagent.interfaces.guiding import written
from codeagent.interfaces.options import (
    ApiBaseOption,
    FormatOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    PerStepOption,
    RepoOption,
    TimeoutOption,
    YesOption,
    root_of,
)
from codeagent.interfaces.plans.showing import PlanFormat, show_planned
from codeagent.interfaces.runs.carrying import carry, limits_of, means_of
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.interfaces.wishes import Wish, Work
from codeagent.workflows.applying.apply import asks_model, resume
from codeagent.workflows.applying.earlier import carried_by
from codeagent.workflows.applying.options import Options
from codeagent.workspace.eventlog import EventLog, open_log


def command(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="Its id, or how that starts; else the newest.")] = "",
    yes: YesOption = False,
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
    """Go on with a run that was stopped, killed or out of budget: no step, call or commit is made a second time.

    It asks the model that it asked before, unless another is named. Limits count what was used before.
    Exit 4 where files changed since the run began."""
    terminal, root = terminal_of(ctx), root_of(repo)
    log = open_log(root, run)
    config = load_config(root, terminal.settings)
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    begun = next((one.body for one in log.records if one.kind == "run.started"), {})
    if begun.get("fix"):
        log.close()
        options = msgspec.convert({**begun["fix"], "yes": yes or begun["fix"]["yes"]}, Options)
        began = time.monotonic()
        planned = planned_for(terminal, root, "", 1, log.id, wish)
        begun_then = carried_by(root, planned.plans[0].plan, log.id)
        if begun_then is not None:
            _carried_out(terminal, root, config, begun_then, wish, format, limits_of(per_step), yes=yes)
            return
        carry_planned(terminal, root, planned, options, left(wish, planned.usage, began), format, limits_of(per_step))
        return
    if _only_asked(begun, log, root, config, wish, str(format), terminal):
        return
    _carried_out(terminal, root, config, log, wish, format, limits_of(per_step), yes=yes)


def _carried_out(
    terminal: Terminal,
    root: Path,
    config: Config,
    log: EventLog,
    wish: Wish,
    format: Format,
    each: Budget,
    *,
    yes: bool,
) -> None:
    """Go on with a run that carries out a plan."""
    asks = asks_model(log)
    with means_of(terminal, config, root, wish, format, model=asks, per_step=each, run=log.id) as means:
        carry(terminal, format, root, lambda: resume(root, log, means, yes=yes), log.id)


def _only_asked(
    begun: Mapping[str, Any], log: EventLog, root: Path, config: Config, wish: Wish, form: str, terminal: Terminal
) -> bool:
    """Go on with a run that answers a question, writes a guide or plans, if it is one."""
    if begun.get("command") == "review":
        raise UsageError(
            f"{log.id} is a review, and nothing of it is left to be done", "codeagent review makes another"
        )
    if begun.get("command") not in ("ask", "analyze", "plan"):
        return False
    log.close()
    if begun["command"] == "plan":
        show_planned(planned_for(terminal, root, "", 1, log.id, wish), PlanFormat(form), None, terminal)
    elif begun["command"] == "ask":
        answer(root, config, wish, terminal, form, "", begun["workers"], log.id)
    else:
        text = written(Work(root, config, begun["rev"], wish, run=log.id), form, None, terminal, to_file=False)
        if text:
            write_result(text)
    return True
