"""A plugin for pytest that writes down what became of each test, a JSON object a line, into $CODEAGENT_REPORT."""

from __future__ import annotations

import json
import os
from typing import Any

_LONGEST = 4000  # characters of a message
_REPORT = os.environ.get("CODEAGENT_REPORT", os.devnull)  # read now: tests change the environment


def write(**told: Any) -> None:
    """Append one line."""
    with open(_REPORT, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(json.dumps(told) + "\n")


def pytest_configure(config: Any) -> None:
    """Take part only in the process that sees all reports, not in the workers of xdist."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Kinds())
    else:
        config.pluginmanager.register(Kinds())
        config.pluginmanager.register(Writer())


class Kinds:
    """Adds to each report what kind of error was raised."""

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Remember the kind on the item; the report takes it from there."""
        item.user_properties = [pair for pair in item.user_properties if pair[0] != "codeagent_raised"]
        if call.excinfo is not None:
            kinds = [kind.__name__ for kind in call.excinfo.type.__mro__]
            told = "AssertionError" if "AssertionError" in kinds or kinds[0] == "Failed" else kinds[0]
            item.user_properties.append(("codeagent_raised", told))


class Writer:
    """Writes the file."""

    def pytest_collection_finish(self, session: Any) -> None:
        """Tell which tests there are."""
        write(collected=[item.nodeid for item in session.items])

    def pytest_collectreport(self, report: Any) -> None:
        """Tell what could not be collected."""
        if report.failed:
            write(id=report.nodeid, when="collect", outcome="failed", message=str(report.longrepr)[-_LONGEST:])

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell how a phase of a test ended."""
        raised = dict(report.user_properties).get("codeagent_raised", "") if report.outcome != "passed" else ""
        write(
            id=report.nodeid,
            when=report.when,
            outcome=report.outcome,
            xfail=hasattr(report, "wasxfail"),
            seconds=round(getattr(report, "duration", 0.0), 4),
            raised=raised,
            message="" if report.outcome == "passed" else str(report.longrepr)[-_LONGEST:],
        )

    def pytest_sessionfinish(self, session: Any, exitstatus: Any) -> None:
        """Tell that everything was told."""
        write(finished=int(exitstatus))
