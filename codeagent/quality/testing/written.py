"""What our reporters in pytest and unittest wrote down, a line for each test or phase of one."""

import json
import re
from dataclasses import replace
from typing import Any, Final

from codeagent.domain.counting import counted
from codeagent.quality.testing.report import Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import Place, unread, within
from codeagent.workspace.process import Completed

_ANSWERED: Final = (0, 1, 2, 5)  # exit codes of pytest: 2 also where something could not be collected


def read(place: Place, done: Completed) -> TestReport:
    """Read the lines of our plugin; a run without the last one has ended before its time."""
    try:
        lines = [json.loads(line) for line in place.report.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return unread(done, "wrote no report")
    status = next((line["finished"] for line in reversed(lines) if "finished" in line), None)
    if status is None or done.timed_out or done.truncated or status not in _ANSWERED:
        return unread(done, "ended before all tests had run" if status is None else f"pytest's exit code {status}")
    cases: dict[str, TestCase] = {}
    for line in lines:
        if "id" in line:
            _take(cases, *_named(place, line["id"], loading=line["when"] == "collect"), line)
    expected: list[str] = next((line["collected"] for line in lines if "collected" in line), [])
    missing = [name for name in expected if within(place.folder, name) not in cases]
    if missing:
        return unread(done, f"{counted(len(missing), 'test')} collected and never run, such as {missing[0]}")
    return TestReport(cases, seconds=done.seconds)


def _named(place: Place, told: str, *, loading: bool) -> tuple[str, str]:
    """A test's id for us and its file; what a file says that could not be loaded goes by the file."""
    if "::" in told or "/" in told or told.endswith(".py"):
        name = within(place.folder, told)
        return name, name.partition("::")[0]
    words = re.sub(r"^.*\((.*)\)$", r"\1", told).split(".")
    for many in range(len(words), 0, -1):
        module = within(place.folder, "/".join(words[:many]))
        for path in (f"{module}.py", f"{module}/__init__.py"):
            if (place.scratch / path).is_file():
                return path if loading else told, path
    return told, ""


def _take(cases: dict[str, TestCase], name: str, path: str, line: dict[str, Any]) -> None:
    """Add one phase of a test: what went wrong in any of them counts, the times add up."""
    outcome, known = _outcome(line), cases.get(name)
    seconds = line.get("seconds", 0.0) + (known.seconds if known else 0.0)
    if known is not None and (known.outcome.is_bad or outcome is Outcome.PASSED):
        cases[name] = replace(known, seconds=seconds)
        return
    cases[name] = TestCase(outcome, seconds, line.get("message", ""), line.get("raised", ""), path)


def _outcome(line: dict[str, Any]) -> Outcome:
    if line["outcome"] == "passed":
        return Outcome.XPASSED if line.get("xfail") else Outcome.PASSED
    if line["outcome"] == "skipped":
        return Outcome.XFAILED if line.get("xfail") else Outcome.SKIPPED
    return Outcome.FAILED if line["when"] == "call" else Outcome.ERROR
