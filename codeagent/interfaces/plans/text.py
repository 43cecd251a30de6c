"""A plan as lines for a terminal."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from codeagent.domain.plan import Plan, Step
from codeagent.domain.printable import one_line, printable
from codeagent.interfaces.plans.words import argument_words, facts_of, guard_of, state_of

_RISKS: Final = {"low": "green", "medium": "yellow", "high": "red"}
_SHOWN: Final = 6


def print_plan(plan: Plan, console: Console) -> None:
    """Print what is wanted, then each step."""
    console.print(Text(one_line(plan.goal), style="bold"), soft_wrap=True)
    console.print(Text(" · ".join(facts_of(plan)), style="dim"), soft_wrap=True)
    for line in printable(plan.summary).splitlines():
        console.print(Text(line), soft_wrap=True)
    for number, step in enumerate(plan.steps, 1):
        console.print()
        for row in _step(number, step):
            console.print(row, soft_wrap=True)
    if plan.notes:
        console.print()
    for note in plan.notes:
        console.print(Text(f"note: {one_line(note)}", style="yellow"), soft_wrap=True)


def _step(number: int, step: Step) -> Iterator[Text]:
    head = Text(f"{number}. ", style="dim")
    head.append(one_line(step.title), style="bold")
    head.append(f"  {one_line(step.operation)}", style="cyan")
    head.append(f"  {step.risk} risk", style=_RISKS[step.risk])
    yield head
    asks = "; asks before it is applied" if step.autonomy == "ask" else ""
    yield Text(f"   {step.id}: {state_of(step)}; {guard_of(step)}{asks}", style="dim")
    for line in printable(step.why).splitlines():
        yield Text(f"   {line}")
    for line in printable(str(step.arguments.get("instructions", ""))).splitlines():
        yield Text(f"   │ {line}")
    for name, words in argument_words(step):
        yield _listed(name, words)
    if step.after:
        yield _listed("after", step.after)
    for name, found in (("writes", step.blast.files), ("tests", step.tests)):
        if found:
            yield _listed(name, found)
    if step.blast.symbols:
        yield _listed("reaches", step.blast.symbols, step.blast.left_out)


def _listed(name: str, words: list[str] | tuple[str, ...], left_out: int = 0) -> Text:
    line = Text(f"   {one_line(name)}: ", style="bright_black")
    line.append(", ".join(map(one_line, words[:_SHOWN])), style="default")
    more = len(words[_SHOWN:]) + left_out
    if more:
        line.append(f" and {more} more", style="bright_black")
    return line
