"""Runs in words: a table of all, and one with its steps."""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from codeagent.domain.counting import counted
from codeagent.interfaces.amounts import amount, dollars
from codeagent.workflows.applying.telling import RunStory, StepStory

_MARKS = {"done": "✓", "failed": "✗", "begun": "…", "skipped": "–", "waiting": "·"}


def print_runs(stories: Sequence[tuple[RunStory, bool]], console: Console) -> None:
    """Print one run a line; each comes with whether it is being carried out."""
    table = Table(box=None, pad_edge=False)
    for heading in ("run", "began", "command", "status", "steps", "cost", "what"):
        table.add_column(heading, no_wrap=heading == "run", justify="right" if heading in ("steps", "cost") else "left")
    for story, running in stories:
        done = sum(step.status == "done" for step in story.steps)
        table.add_row(
            story.id,
            time.strftime("%Y-%m-%d %H:%M", time.localtime(story.began)),
            story.command,
            status_of(story, running),
            f"{done}/{len(story.steps)}" if story.steps else "",
            dollars(story.usage.cost) if story.usage.calls else "",
            escape(" ".join(story.goal.split())[:80]),
        )
    console.print(table)


def status_of(story: RunStory, running: bool) -> str:
    """Return how a run stands, in a word or two."""
    if running:
        return "running"
    if story.exit_code is None:
        return "interrupted"
    if story.exit_code == 0:
        return "written" if story.written else "done"
    return {1: "gate failed", 4: "refused", 5: "budget", 6: "model", 7: "no trust", 130: "stopped"}.get(
        story.exit_code, "failed"
    )


def print_run(story: RunStory, running: bool, console: Console) -> None:
    """Print one run: how it stands, what the tests said before it, and each step with its gates and commit."""
    console.print(f"[bold]{story.id}[/]  {status_of(story, running)}  {escape(story.goal)}", soft_wrap=True)
    if story.exit_reason not in ("", "ok"):
        console.print(f"  {escape(story.exit_reason)}", soft_wrap=True)
    if story.beforehand is not None:
        red = f", {len(story.beforehand.failing)} failing already" if story.beforehand.failing else ""
        flaky = f", {len(story.beforehand.flaky)} flaky" if story.beforehand.flaky else ""
        console.print(f"  before: {counted(story.beforehand.tests, 'test')}{red}{flaky}", style="dim")
    for step in story.steps:
        _print_step(step, console)
    if story.usage.calls:
        console.print(f"  {amount(story.usage)}", style="dim")
    for label, value in (("branch", story.branch), ("codeagent undo", story.undo)):
        if value:
            console.print(f"  {label} {escape(value)}", style="dim")


def _print_step(step: StepStory, console: Console) -> None:
    commit = f"  {step.commit[:10]}" if step.commit else ""
    console.print(f"  {_MARKS[step.status]} {escape(step.id)}  {escape(step.title)}{commit}", soft_wrap=True)
    bad = [f"{name} {status}" for name, status in step.gates.items() if status in ("failed", "broken")]
    passed = sum(status == "passed" for status in step.gates.values())
    if step.gates:
        told = f"{counted(passed, 'gate')} passed" + (f"; {', '.join(bad)}" if bad else "")
        console.print(f"      {told}", style="dim")
    if step.why:
        console.print(f"      {escape(step.why)}", soft_wrap=True)
