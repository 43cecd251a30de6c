"""A runner for unittest that writes down what became of each test, as codeagent_pytest_report does for pytest."""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
import traceback
import unittest
from typing import Any

_LONGEST = 4000  # characters of a message
_REPORT = os.environ.get("CODEAGENT_REPORT", os.devnull)  # read now: tests change the environment


def write(**told: Any) -> None:
    """Append one line."""
    with open(_REPORT, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(json.dumps(told) + "\n")


class Result(unittest.TextTestResult):
    """Tells each outcome as it comes."""

    def startTest(self, test: Any) -> None:  # noqa: N802
        """Note when a test starts."""
        self.started_at = time.monotonic()
        super().startTest(test)

    def tell(self, test: Any, outcome: str, error: Any = None, *, xfail: bool = False, message: str = "") -> None:
        """Write the outcome of a test."""
        text = "".join(traceback.format_exception(*error)) if error else message
        raised = ""
        if error:
            raised = "AssertionError" if issubclass(error[0], AssertionError) else error[0].__name__
        seconds = round(time.monotonic() - getattr(self, "started_at", time.monotonic()), 4)
        missing = test.id().startswith("unittest.loader._FailedTest.")
        name = test.id().replace("unittest.loader._FailedTest.", "")
        when = "collect" if missing else "call"
        write(
            id=name, when=when, outcome=outcome, xfail=xfail, seconds=seconds, raised=raised, message=text[-_LONGEST:]
        )

    def addSuccess(self, test: Any) -> None:  # noqa: N802
        """A test passed."""
        self.tell(test, "passed")

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        """An assertion failed."""
        self.tell(test, "failed", err)

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802
        """Something was raised."""
        self.tell(test, "failed", err)

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: N802
        """A test was skipped."""
        self.tell(test, "skipped", message=reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        """A test failed as expected."""
        self.tell(test, "skipped", err, xfail=True)

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: N802
        """A test passed that was expected to fail."""
        self.tell(test, "passed", xfail=True)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802
        """A part of a test failed."""
        if err is not None:
            self.tell(test, "failed", err)


def loose() -> list[str]:
    """Return the modules of tests in folders that are no packages, where unittest looks only if it is told to."""
    found = []
    for folder, folders, files in os.walk("."):
        folders[:] = sorted(
            name
            for name in folders
            if name.isidentifier()
            and name != "node_modules"
            and not os.path.isfile(os.path.join(folder, name, "pyvenv.cfg"))
        )
        parts = [part for part in folder.split(os.sep) if part != "."]
        found += [
            ".".join([*parts, name[:-3]]) for name in sorted(files) if name.startswith("test") and name.endswith(".py")
        ]
    return found


def reached(names: list[str]) -> list[str]:
    """Return the names of modules, now that those beside them in a folder that is no package can be imported."""
    for folder in sorted({os.path.join(*name.split(".")[:-1]) for name in names if "." in name}):
        if os.path.isdir(folder) and not os.path.isfile(os.path.join(folder, "__init__.py")):
            sys.path.append(os.path.abspath(folder))
    return names


def main(names: list[str]) -> None:
    """Run the named modules, or all that are found from here."""
    sys.path.insert(0, os.getcwd())
    loader = unittest.TestLoader()
    start = "tests" if os.path.isfile("tests/__init__.py") else "."
    suite = loader.loadTestsFromNames(reached(names)) if names else loader.discover(start, top_level_dir=".")
    if not names and not suite.countTestCases():
        suite = loader.loadTestsFromNames(reached(loose()))
    write(collected=[])
    kind: Any = Result
    unittest.TextTestRunner(stream=sys.stderr, resultclass=kind).run(suite)
    write(finished=0)


def main_of_script(words: list[str]) -> None:
    """Run a script that runs tests, as if it were started alone; whichever runner it makes tells us its results."""
    kind: Any = Result
    vars(unittest)["TextTestResult"] = kind
    unittest.TextTestRunner.resultclass = kind
    sys.path[0] = os.getcwd()
    sys.argv[:] = words
    try:
        runpy.run_path(words[0], run_name="__main__")
    except SystemExit:
        write(finished=0)
        raise
    write(finished=0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--script"]:
        main_of_script(sys.argv[2:])
    else:
        main(sys.argv[1:])
