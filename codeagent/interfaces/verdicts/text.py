"""A verdict for the terminal: what blocks first, one line a gate, the rest counted."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from codeagent.domain.counting import counted
from codeagent.domain.finding import Finding
from codeagent.domain.printable import printable
from codeagent.domain.quality import GateResult, Status, Verdict

SHOWN: Final = 30  # findings of one gate
LONGEST_COMMAND: Final = 300  # letters of a command that was run
_MARKS: Final = {
    Status.PASSED: ("passed", "green"),
    Status.FAILED: ("FAILED", "bold red"),
    Status.SKIPPED: ("skipped", "dim"),
    Status.BROKEN: ("BROKEN", "bold magenta"),
}
_STYLES: Final = {"error": "red", "warning": "yellow", "info": "cyan"}


def print_verdict(verdict: Verdict, console: Console) -> None:
    """Print what every gate says, then the verdict."""
    width = max((len(result.gate) for result in verdict.results), default=0)
    for result in verdict.results:
        console.print(_headline(result, width), soft_wrap=True)
        for line in _lines(result):
            console.print(line, soft_wrap=True)
    for one in verdict.waived:
        where = f"{one.finding.path}:{one.finding.line} " if one.finding.path else ""
        text = f"let pass: {where}{one.finding.rule}: {one.reason}: {one.note} ({one.origin})"
        console.print(Text(printable(text), "yellow"), soft_wrap=True)
    for note in verdict.notes:
        console.print(Text(printable(note), "dim"), soft_wrap=True)
    console.print(_conclusion(verdict), soft_wrap=True)


def _headline(result: GateResult, width: int) -> Text:
    word, style = _MARKS[result.status]
    text = Text(f"{result.gate:<{width}}  ") + Text(f"{word:<8}", style)
    text.append(printable(summed_up(result)), "dim")
    if result.seconds >= 0.1:
        text.append(f"  {result.seconds:.1f} s", "dim")
    return text


def summed_up(result: GateResult) -> str:
    """Return how much a gate found, and why not more or how far it judged."""
    return "; ".join(filter(None, (told(result), result.reason)))


def told(result: GateResult) -> str:
    """Return how much a gate found: `2 new, 5 were there before`."""
    parts = [f"{len(result.findings)} new"] if result.findings else []
    if result.existing:
        parts.append(counted(len(result.existing), "was there before", "were there before"))
    return ", ".join(parts)


def _lines(result: GateResult) -> Iterator[Text]:
    for finding in result.findings[:SHOWN]:
        yield _line(finding)
    if len(result.findings) > SHOWN:
        yield Text(f"  … and {len(result.findings) - SHOWN} more", "dim")
    if result.command and result.status in (Status.FAILED, Status.BROKEN):
        yield Text(printable(f"  ran: {_shortened(' '.join(result.command))}"), "dim")
    if result.log and result.status in (Status.FAILED, Status.BROKEN):
        yield Text(printable(f"  the whole output: {result.log}"), "dim")


def _shortened(command: str) -> str:
    """A command within a few lines: it may name hundreds of files."""
    return command if len(command) <= LONGEST_COMMAND else f"{command[:LONGEST_COMMAND].rpartition(' ')[0]} …"


def _line(finding: Finding) -> Text:
    text = Text(printable(f"  {finding.path}:{finding.line}: " if finding.path else "  "))
    text.append(f"{finding.severity}", _STYLES[finding.severity])
    text.append(printable(f" [{finding.rule}] {finding.message}"))
    return text


def _conclusion(verdict: Verdict) -> Text:
    blocking = [one.gate for one in verdict.results if one.required and one.status in (Status.FAILED, Status.BROKEN)]
    if blocking:
        return Text(f"blocked by {', '.join(blocking)}", "bold red")
    count = sum(result.status is Status.PASSED for result in verdict.results)
    return Text(f"ok: {counted(count, 'gate')} passed", "bold green")
