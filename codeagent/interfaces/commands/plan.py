"""`codeagent plan`: the steps to a goal as a file that is read, edited and reviewed before anything is changed."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Plan
from codeagent.interfaces.output import check_target, write_file
from codeagent.interfaces.plans.md import as_markdown
from codeagent.interfaces.plans.text import print_plan
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.plans.schema import plan_schema
from codeagent.plans.writing import as_json, as_yaml
from codeagent.project import open_project
from codeagent.workflows.planning.arguments import argument_schemas
from codeagent.workflows.planning.chances import plan_from
from codeagent.workflows.planning.checking import renewed
from codeagent.workspace.git import find_root


class PlanFormat(StrEnum):
    """The forms of a plan; YAML and JSON are files that `apply` takes."""

    TEXT = "text"
    YAML = "yaml"
    JSON = "json"
    MD = "md"


_SUFFIXES = {".json": PlanFormat.JSON, ".md": PlanFormat.MD, ".txt": PlanFormat.TEXT}


def command(
    ctx: typer.Context,
    chance: Annotated[
        str | None,
        typer.Option("--from-opportunity", metavar="ID", help="Plan what `analyze` found worth doing; no model."),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Try this plan anew, and tell it with what is known now."),
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of plans.")] = False,
    format: Annotated[
        PlanFormat | None, typer.Option("--format", "-f", help="How to print it; else by the name of the file.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; - is stdout.")
    ] = None,
) -> None:
    """Plan a change as a file that is read, edited and reviewed before anything is touched."""
    terminal = terminal_of(ctx)
    if schema:
        write_result(json.dumps(plan_schema(argument_schemas()), indent=2, ensure_ascii=False))
        return
    target = None if output is None or str(output) == "-" else output
    check_target(target)
    if sum(one is not None for one in (check, chance)) != 1:
        raise UsageError("say one thing to plan", "an opportunity with --from-opportunity, or a plan with --check")
    plan = _checked(terminal, check) if check is not None else _made(terminal, chance or "")
    _show(plan, format, output, terminal)


def _made(terminal: Terminal, chance: str) -> Plan:
    with progress(terminal) as emit:
        return plan_from(open_project(find_root(Path()), terminal.settings, emit), chance)


def _checked(terminal: Terminal, path: Path) -> Plan:
    with progress(terminal) as emit:
        project = open_project(find_root(Path()), terminal.settings, emit)
        plan, changed = renewed(project, path)
    for name, how in changed.items():
        terminal.remark(f"{name} has {how} since the plan was made")
    return plan


def _show(plan: Plan, format: PlanFormat | None, output: Path | None, terminal: Terminal) -> None:
    """Print the plan, or write it; what is piped or written is a file that can be applied."""
    target = None if output is None or str(output) == "-" else output
    if target is None:
        form = format or (PlanFormat.YAML if output is not None else PlanFormat.TEXT)
        if form is PlanFormat.TEXT:
            print_plan(plan, terminal.out())
        else:
            write_result(rendered(plan, form, terminal))
        return
    form = format or _SUFFIXES.get(target.suffix.lower(), PlanFormat.YAML)
    write_file(target, rendered(plan, form, terminal))
    terminal.remark(f"wrote {target}")


def rendered(plan: Plan, form: PlanFormat, terminal: Terminal) -> str:
    """Return a plan in one of its forms."""
    if form is PlanFormat.TEXT:
        console = terminal.out(width=110)
        with console.capture() as captured:
            print_plan(plan, console)
        return captured.get()
    forms = {PlanFormat.YAML: as_yaml, PlanFormat.JSON: as_json, PlanFormat.MD: as_markdown}
    return forms[form](plan)
