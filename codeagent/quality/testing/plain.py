"""Tests that say nothing but whether they passed: `make test`, and a test script of a runner that is not known."""

import re
from typing import Final

from codeagent.graph.runners import following
from codeagent.quality.testing import javascript, python
from codeagent.quality.testing.report import Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, tail, unread
from codeagent.workspace.process import Completed

_AROUND: Final = re.compile(r"(?:echo|printf|mkdir|rm|touch|true|:|pip3? install|npm (?:ci|install|i))(?:\s|$)")
_UNSTARTED: Final = re.compile(rb"^\S*make\S*: \*\*\* \[.*\].* 12[67]$", re.MULTILINE)  # in whichever language
_PLACEHOLDER: Final = "no test specified"  # what npm init writes


def find(files: Files) -> list[TestCommand]:
    """Return the command of the root where it has one; asked where no runner is known."""
    for target in ("test", "check"):
        if rule := following.target_of(files.text, target):
            script = following.of_target(files.text, target)
            return _known(files, script) or [TestCommand("plain", ("make", target), "", f"{rule}\n{script}".strip())]
    said = following.script_of(files.text, "test")
    if not said or _PLACEHOLDER in said:
        return []
    script = following.followed(files.text, said)
    return _known(files, script) or [TestCommand("plain", ("npm", "test"), "", script)]


def _known(files: Files, script: str) -> list[TestCommand]:
    """The runners that a script calls, where it does nothing else that could go wrong."""
    lines = [line for line in script.splitlines() if not _AROUND.match(line)]
    commands = [[*python.called(files, line), *javascript.called(files, "", line)] for line in lines]
    return [one for found in commands for one in found] if all(commands) else []


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
