"""`codeagent plan`: the steps to a goal as a file that is read, edited and reviewed before anything is changed."""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from codeagent.config import load_config
from codeagent.domain.errors import ModelError, UsageError
from codeagent.domain.plan import Plan
from codeagent.interfaces.asking import asking
from codeagent.interfaces.options import (
    ApiBaseOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    RepoOption,
    ResumeOption,
    SessionOption,
    TimeoutOption,
    root_of,
)
from codeagent.interfaces.output import check_target
from codeagent.interfaces.permitting import lent_tools
from codeagent.interfaces.plans.showing import PlanFormat, show, show_planned, target_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.interfaces.wishes import Wish
from codeagent.plans.schema import plan_schema
from codeagent.project import open_project
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.asking.running import run_again, run_of
from codeagent.workflows.planning.arguments import argument_schemas
from codeagent.workflows.planning.chances import plan_from
from codeagent.workflows.planning.checking import renewed
from codeagent.workflows.planning.goal import LONGEST, Planned, plan_goal
from codeagent.workflows.recipes.matching import offer
from codeagent.workspace.eventlog import EventLog

_MOST: Final = 9  # alternatives


ChanceOption = Annotated[
    str | None,
    typer.Option("--from-opportunity", metavar="ID", help="Plan what `analyze` found worth doing; no model."),
]
CheckOption = Annotated[
    Path | None, typer.Option("--check", metavar="FILE", help="Try this plan anew, and tell it with what is known now.")
]
AlternativesOption = Annotated[
    int | None,
    typer.Option(
        "--alternatives", min=3, max=_MOST, metavar="N", help="So many different plans, the best first; 3 at least."
    ),
]
FormatOption = Annotated[
    PlanFormat | None, typer.Option("--format", "-f", help="How to print it; else by the name of the file.")
]


def command(
    ctx: typer.Context,
    goal: Annotated[str, typer.Argument(metavar="[GOAL]", help="What is wanted; - reads it from stdin.")] = "",
    chance: ChanceOption = None,
    check: CheckOption = None,
    resume: ResumeOption = None,
    session: SessionOption = "",
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of plans.")] = False,
    alternatives: AlternativesOption = None,
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    repo: RepoOption = None,
    format: FormatOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; - is stdout.")
    ] = None,
) -> None:
    """Plan a change as a file that is read, edited and reviewed before anything is touched.

    A model chooses operations for GOAL; each is tried and proven in memory, and told with what it reaches, which tests
    guard it and how risky it is. --from-opportunity and --check need no model."""
    terminal = terminal_of(ctx)
    if schema:
        write_result(json.dumps(plan_schema(argument_schemas()), indent=2, ensure_ascii=False))
        return
    _check_request(goal, chance, check, resume)
    root = root_of(repo)
    check_target(target_of(output))
    if check is not None:
        show(_checked(terminal, root, check), format, output, terminal)
    elif chance is not None:
        show(_made(terminal, root, chance), format, output, terminal)
    else:
        wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
        planned = planned_for(terminal, root, goal, alternatives or 1, resume, wish, session=session)
        show_planned(planned, format, output, terminal)


def _check_request(goal: str, chance: str | None, check: Path | None, resume: str | None) -> None:
    named = [bool(goal), *(one is not None for one in (chance, check, resume))]
    if sum(named) != 1:
        problem = "say one thing to plan" if any(named) else "there is no goal"
        raise UsageError(problem, 'codeagent plan "split app.py"; or --from-opportunity ID, or --check FILE')


def _checked(terminal: Terminal, root: Path, path: Path) -> Plan:
    with progress(terminal) as emit:
        plan, changed = renewed(open_project(root, terminal.settings, emit), path)
    for name, how in changed.items():
        terminal.remark(f"{name} has {how} since the plan was made" if how == "changed" else f"{name} is {how}")
    return plan


def _made(terminal: Terminal, root: Path, chance: str) -> Plan:
    with progress(terminal) as emit:
        return plan_from(open_project(root, terminal.settings, emit), chance)


def planned_for(
    terminal: Terminal,
    root: Path,
    goal: str,
    wanted: int,
    resume: str | None,
    wish: Wish,
    fix: Mapping[str, Any] | None = None,
    session: str = "",
) -> Planned:
    """Have a model plan a goal, after what was said in a dialogue, or go on with a plan that was stopped; `fix`: how it
    is to be applied at once, for the record."""
    config = load_config(root, terminal.settings)
    asked = _goal(goal) if resume is None else ""
    if not (wish.model or config.model or config.roles) and resume is None:
        raise ModelError(
            "no model is named, and a goal in words needs one",
            "name one by --model, CODEAGENT_MODEL or `model` in your settings; without one, codeagent analyze finds "
            "what is worth doing and codeagent plan --from-opportunity ID plans it",
        )
    with asking(terminal, config, root, wish, resume) as crew, ExitStack() as held:
        may, more = held.enter_context(lent_tools(terminal, root, config, session, crew.emit))
        desk = held.enter_context(Desk(root, config, crew.emit))

        def planned(log: EventLog, said: Mapping[str, Any]) -> Planned:
            may.hold(log)
            party = Party(desk, crew.crew.on(log), log, crew.emit, more=more)
            return plan_goal(party, said["goal"], said["alternatives"], offer, said.get("session", ""))

        if resume is not None:
            with run_again(root, crew.crew, resume, "plan") as (log, started):
                return planned(log, started)
        begun = {"command": "plan", "goal": asked, "alternatives": wanted, "session": session}
        with run_of(root, crew.crew, {**begun, **({"fix": dict(fix)} if fix else {})}) as log:
            return planned(log, begun)


def _goal(text: str) -> str:
    goal = (sys.stdin.read(LONGEST + 1) if text == "-" else text).strip()
    if not goal:
        raise UsageError("there is no goal", 'codeagent plan "split app.py into what changes together"')
    if len(goal) > LONGEST:
        raise UsageError(f"the goal has more than {LONGEST} characters", "plan one thing at a time")
    return goal
