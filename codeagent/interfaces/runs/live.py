"""A run as it happens: a line on stderr for each record that somebody waits for."""

from collections.abc import Callable
from typing import Final

from codeagent.domain.counting import counted
from codeagent.domain.events import Event, Notice, Recorded
from codeagent.domain.printable import printable
from codeagent.domain.run import Record

Emit = Callable[[Event], None]
_NAMED: Final = 3


def live(emit: Emit) -> Emit:
    """Return what hears events: records are told as lines, everything else goes on to `emit`."""

    def hear(event: Event) -> None:
        if isinstance(event, Recorded):
            line = line_of(event.record)
            if line:
                emit(Notice(printable(line)))
        else:
            emit(event)

    return hear


def line_of(record: Record) -> str:
    """Return what a record says in one line; empty for one that nobody waits for."""
    body = record.body
    match record.kind:
        case "tests.measured":
            return _beforehand(body["tests"], body["failing"], body["flaky"])
        case "step.started":
            return f"{body['step']}: {body['title']}"
        case "step.proposed":
            again = f", attempt {body['attempt']}" if body["attempt"] > 1 else ""
            return f"{body['step']}: {counted(len(body['files']), 'file')}{again}"
        case "gate.finished":
            result = body["result"]
            quiet = result["status"] in ("passed", "skipped") or (
                result["status"] == "broken" and not result["required"]
            )
            return "" if quiet else f"{body['step']}: {body['gate']} {result['status']}"
        case "step.done":
            passed = sum(status == "passed" for status in body["gates"].values())
            return f"{body['step']}: holds, {counted(passed, 'gate')} passed"
        case "step.skipped":
            return f"{body['step']}: left out: {body['why']}"
        case "step.failed":
            return f"{body['step']}: {body['why']}"
        case "control":
            return f"asked from outside: {body['word']}"
    return ""


def _beforehand(tests: int, failing: list[str], flaky: list[str]) -> str:
    if not tests:
        return "before: no tests were found"
    said = f"before: {counted(tests, 'test')}"
    if failing:
        said += f", {len(failing)} fail already and are not held against the plan: {_some(failing)}"
    if flaky:
        said += f"; {len(flaky)} flaky: {_some(flaky)}"
    return said if failing or flaky else f"{said}, all pass"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
