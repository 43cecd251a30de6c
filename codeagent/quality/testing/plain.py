"""Tests that say nothing but whether they passed: `make test`, and a test script of a runner that is not known."""

import json
import re
from typing import Final

from codeagent.quality.testing.report import Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, tail, unread
from codeagent.workspace.process import Completed

_MAKEFILES: Final = ("GNUmakefile", "makefile", "Makefile")
_UNSTARTED: Final = re.compile(rb"^\S*make\S*: \*\*\* \[.*\].* 12[67]$", re.MULTILINE)  # in whichever language
_PLACEHOLDER: Final = "no test specified"  # what npm init writes


def find(files: Files) -> list[TestCommand]:
    """Return the command of the root where it has one; asked where no runner is known."""
    for name in _MAKEFILES:
        found = re.search(r"^(?:test|check)\s*:(?!=).*(?:\n\t.*)*", files.text(name), re.MULTILINE)
        if found:
            target = found[0].partition(":")[0].strip()
            return [TestCommand("plain", ("make", target), "", found[0])]
    try:
        script = json.loads(files.text("package.json") or "{}").get("scripts", {}).get("test", "")
    except (ValueError, AttributeError):
        return []
    known = isinstance(script, str) and script and _PLACEHOLDER not in script
    return [TestCommand("plain", ("npm", "test"), "", script)] if known else []


def start(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    """Start it as it is."""
    return Started(command.argv)


def read(place: Place, done: Completed) -> TestReport:
    """One test, which passed where the command ended well."""
    if done.timed_out or done.truncated:
        return unread(done, "ended before its time")
    if done.code in (126, 127) or done.code < 0:
        return unread(done, f"exit code {done.code}")
    if _UNSTARTED.search(done.stderr):
        return unread(done, "a program that it starts is missing")
    outcome = Outcome.FAILED if done.code else Outcome.PASSED
    return TestReport({place.folder or ".": TestCase(outcome, done.seconds, tail(done) if done.code else "")})


PLAIN: Final = Runner(find, start, read, chooses=False)
