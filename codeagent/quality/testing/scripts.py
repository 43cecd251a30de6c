"""Python tests that a project starts by a script of its own: Django's way, `runtests.py` or `manage.py test`."""

import os
import re
from typing import Final

from codeagent.quality.testing.report import TestReport
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, module_of, unread, within
from codeagent.quality.testing.written import read as read_lines
from codeagent.workspace.process import Completed

_SCRIPTS: Final = ("runtests.py", "tests/runtests.py", "run_tests.py", "tests/run_tests.py", "manage.py")
_UNITTEST: Final = re.compile(
    r"\b(?:DiscoverRunner|get_runner|TextTestRunner|unittest|execute_from_command_line|call_command)\b"
)
_TAKES_LABELS: Final = re.compile(r"\bsys\.argv\b|\bparse_(?:known_)?args\b")
_NAMED: Final = ("test*.py",)  # what Django takes for tests


def find(files: Files, folder: str, interpreter: str) -> TestCommand | None:
    """Return the command of the script that tests the project of a folder; None where there is none."""
    for name in _SCRIPTS:
        path = within(folder, name)
        text = files.text(path)
        if _UNITTEST.search(text) and not re.search(r"\bpytest\b", text):
            place, _, script = path.rpartition("/")
            words = (script, "test") if script == "manage.py" else (script,)
            runner = "script" if _TAKES_LABELS.search(text) else "whole-script"
            return TestCommand(runner, (interpreter, *words), place, named=_NAMED)
    return None


def start(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    """Let the script run the chosen modules, or all of its tests, its results told to us."""
    interpreter, *words = command.argv
    argv = (interpreter, "-m", "codeagent_unittest_report", "--script", *words, *map(module_of, chosen or ()))
    return Started(argv, {"CODEAGENT_REPORT": os.fspath(place.report)})


def read(place: Place, done: Completed) -> TestReport:
    """Read what was told; a script that ends badly though no test failed has not run them all."""
    report = read_lines(place, done)
    if not report.broken and done.code and not report.failing():
        return unread(done, f"exit code {done.code} though no test failed")
    return report


SCRIPT: Final = Runner(lambda files: [], start, read, (".py",))
WHOLE: Final = Runner(lambda files: [], start, read, (".py",), chooses=False)
