"""A run that only asks: what was wanted and how it ended, on record, so that it can be gone on with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codeagent.agent.crew import Crew
from codeagent.domain.errors import UsageError
from codeagent.workflows.ending import ending
from codeagent.workspace.eventlog import EventLog, open_log, start_log


@contextmanager
def run_of(root: Path, crew: Crew, wanted: Mapping[str, Any]) -> Iterator[EventLog]:
    """Begin a run; its end is recorded, whichever way it comes. `wanted` holds at least the `command`."""
    log = start_log(root)
    whom = {"models": crew.names(), "asked": crew.asked, "budget": asdict(crew.meter.budget)}
    body = {**wanted, "root": str(root), **whom}
    log.append("run.started", body, sender="user")
    with ending(log, crew.meter):
        yield log


@contextmanager
def run_again(root: Path, crew: Crew, name: str, command: str) -> Iterator[tuple[EventLog, Mapping[str, Any]]]:
    """Go on with a run (empty: the newest); what it was begun with is given back. Raises UsageError."""
    log = open_log(root, name)
    started = next((one.body for one in log.records if one.kind == "run.started"), {})
    if started.get("command") != command:
        log.close()
        raise UsageError(f"run {log.id} is no {command}", "codeagent runs lists them")
    log.append("run.resumed", {}, sender="user")
    with ending(log, crew.meter):
        yield log, started
