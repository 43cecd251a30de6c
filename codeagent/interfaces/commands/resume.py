"""`codeagent resume`: go on with a run where it was left, doing nothing twice."""

from pathlib import Path
from typing import Annotated

import typer

from codeagent.config import load_config
from codeagent.domain.errors import UsageError
from codeagent.interfaces.commands.apply import FormatOption, YesOption
from codeagent.interfaces.runs.carrying import carry, means_of
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
from codeagent.workflows.applying.apply import asks_model, resume
from codeagent.workspace.eventlog import EventLog, open_log
from codeagent.workspace.git import find_root


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
    format: FormatOption = Format.TEXT,
) -> None:
    """Go on with a run that was stopped, killed or out of budget: no step, call or commit is made a second time.

    Limits count what was used before. Exit 4 where files changed since the run began."""
    terminal, root = terminal_of(ctx), find_root(Path())
    log = open_log(root, run)
    _check_kind(log)
    config = load_config(root, terminal.settings)
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    with means_of(terminal, config, root, wish, format, model=asks_model(log)) as means:
        carry(terminal, format, root, lambda: resume(root, log, means, yes=yes), log.id)


def _check_kind(log: EventLog) -> None:
    """Raise UsageError for a run that another command goes on with."""
    started = next((one.body for one in log.records if one.kind == "run.started"), {})
    if started.get("command") == "ask":
        raise UsageError(f"run {log.id} answers a question", f"codeagent ask --resume {log.id}")
