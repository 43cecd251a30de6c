"""Plans to the terminal or into files, in the form that was asked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from codeagent.domain.plan import Plan
from codeagent.interfaces.output import write_file
from codeagent.interfaces.plans.md import as_markdown
from codeagent.interfaces.plans.text import print_plan
from codeagent.interfaces.plans.words import cost_of
from codeagent.interfaces.reports.words import count
from codeagent.interfaces.terminal import Terminal, write_result
from codeagent.plans.writing import as_json, as_tables, as_yaml
from codeagent.workflows.planning.goal import Planned, summary
from codeagent.workflows.planning.ranking import Ranked


class PlanFormat(StrEnum):
    """The forms of a plan; YAML and JSON are files that `apply` takes."""

    TEXT = "text"
    YAML = "yaml"
    JSON = "json"
    MD = "md"


_SUFFIXES: Final[Mapping[str, PlanFormat]] = {
    ".json": PlanFormat.JSON,
    ".md": PlanFormat.MD,
    ".txt": PlanFormat.TEXT,
}


def show(plan: Plan, format: PlanFormat | None, output: Path | None, terminal: Terminal) -> None:
    """Print a plan, or write it; `-` is stdout, and what goes there without a form is a file that can be applied."""
    target = target_of(output)
    if target is not None:
        write_file(target, rendered(plan, form_of(format, target), terminal))
        terminal.remark(f"wrote {target}")
        return
    form = format or (PlanFormat.YAML if output is not None else PlanFormat.TEXT)
    if form is PlanFormat.TEXT:
        print_plan(plan, terminal.out())
    else:
        write_result(rendered(plan, form, terminal))


def show_planned(planned: Planned, format: PlanFormat | None, output: Path | None, terminal: Terminal) -> None:
    """Print or write what was planned: one plan, or several with what speaks for each."""
    if len(planned.plans) == 1:
        show(planned.plans[0].plan, format, output, terminal)
    else:
        show_all(planned, format, output, terminal)


def show_all(planned: Planned, format: PlanFormat | None, output: Path | None, terminal: Terminal) -> None:
    """Print several plans with what speaks for each, or write each into a file of its own: plan-1.yaml, …"""
    target = target_of(output)
    if target is None:
        form = format or (PlanFormat.YAML if output is not None else PlanFormat.TEXT)
        if form is PlanFormat.TEXT:
            _print_ranks(planned, terminal.out())
        elif form is PlanFormat.JSON:
            write_result(json.dumps(_document(planned), indent=2, ensure_ascii=False))
        else:
            between = "\n---\n" if form is PlanFormat.YAML else "\n"
            write_result(between.join(rendered(one.plan, form, terminal) for one in planned.plans))
        return
    for one, path in zip(planned.plans, numbered(target, len(planned.plans)), strict=True):
        write_file(path, rendered(one.plan, form_of(format, target), terminal))
        terminal.remark(f"wrote {path}: {_merits(one)}")


def target_of(output: Path | None) -> Path | None:
    """The file that is meant; None for stdout."""
    return None if output is None or str(output) == "-" else output


def numbered(target: Path, plans: int) -> Sequence[Path]:
    """The files of so many plans."""
    return [target.with_name(f"{target.stem}-{number}{target.suffix}") for number in range(1, plans + 1)]


def form_of(format: PlanFormat | None, target: Path) -> PlanFormat:
    """The form of a file: what was asked for, else as its name ends."""
    return format or _SUFFIXES.get(target.suffix.lower(), PlanFormat.YAML)


def rendered(plan: Plan, form: PlanFormat, terminal: Terminal) -> str:
    """Return a plan in one of its forms."""
    if form is PlanFormat.TEXT:
        console = terminal.out(width=110)
        with console.capture() as captured:
            print_plan(plan, console)
        return captured.get()
    forms = {PlanFormat.YAML: as_yaml, PlanFormat.JSON: as_json, PlanFormat.MD: as_markdown}
    return forms[form](plan)


def _print_ranks(planned: Planned, console: Console) -> None:
    for number, one in enumerate(planned.plans, 1):
        console.print(Text(f"{number}. {_merits(one)}", style="bold cyan"), soft_wrap=True)
        print_plan(one.plan, console)
        console.print()


def _merits(one: Ranked) -> str:
    """What speaks for a plan, and what against it."""
    burdens = (("files in circles", one.effect.circles), ("complexity", one.effect.tangle), ("bulk", one.effect.bulk))
    effect = ", ".join(f"{-value:+} {name}" for name, value in burdens if value) or "no measured effect"
    writes = f"{count(one.writes, 'step')} by a model" if one.writes else "no step by a model"
    return f"{effect} · risk {one.risk} · {writes} · {cost_of(one.plan)}"


def _document(planned: Planned) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "goal": planned.goal,
        "run": planned.run,
        "usage": asdict(planned.usage),
        "alternatives": [
            {"rank": rank, **summary(one), "plan": as_tables(one.plan)} for rank, one in enumerate(planned.plans, 1)
        ],
    }
