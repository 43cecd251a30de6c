"""vitest, jest, mocha and node's own runner, by what package.json says."""

import json
import os
import re
from pathlib import Path
from typing import Any, Final

from codeagent.quality.testing.junit import read_junit
from codeagent.quality.testing.report import Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, outermost, unread, within
from codeagent.workspace.process import Completed

_CONFIGS: Final = {
    "vitest": ("vitest.config", "vitest.workspace"),
    "jest": ("jest.config",),
    "mocha": (".mocharc",),
}
_SUFFIXES: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")
_PASSING: Final = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}


def find(files: Files) -> list[TestCommand]:
    """Return the command of each package that says how it is tested, the outermost only."""
    found = [one for folder in files.folders("package.json") if (one := _command(files, folder)) is not None]
    return outermost(found)


def _command(files: Files, folder: str) -> TestCommand | None:
    try:
        manifest = json.loads(files.text(within(folder, "package.json")) or "{}")
    except ValueError:
        return None
    scripts = manifest.get("scripts") if isinstance(manifest, dict) else None
    script = str(scripts.get("test", "")) if isinstance(scripts, dict) else ""
    if re.search(r"\bnode\b.*--test\b", script):
        return TestCommand("node", ("node", "--test"), folder, script)
    for runner, configs in _CONFIGS.items():
        configured = any(path.startswith(tuple(within(folder, name) for name in configs)) for path in files.paths)
        in_manifest = runner in manifest and runner != "vitest"
        if configured or in_manifest or re.search(rf"(?:^|[\s&;/]){runner}\b", script):
            return TestCommand(runner, (program(files.root, folder, runner),), folder)
    return None


def program(root: Path, folder: str, name: str) -> str:
    """Return the program of an installed package: in node_modules here or above, else by its bare name."""
    place = root / folder
    while True:
        found = place / "node_modules" / ".bin" / name
        if found.exists():
            return os.fspath(found)
        if place == root:
            return name
        place = place.parent


def _start_vitest(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    options = ("run", "--reporter=json", f"--outputFile={place.report}", "--passWithNoTests")
    return Started((*command.argv, *options, *(chosen or ())), {"CI": "1"})


def _start_jest(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    options = ("--ci", "--json", f"--outputFile={place.report}", "--passWithNoTests", "--testLocationInResults")
    picked = ("--runTestsByPath", *chosen) if chosen else ()
    return Started((*command.argv, *options, *picked), {"CI": "1"})


def _start_mocha(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    options = ("--reporter", "json", "--reporter-option", f"output={place.report}")
    return Started((*command.argv, *options, *(chosen or ())), {"CI": "1"})


def _start_node(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    options = ("--test-reporter=junit", f"--test-reporter-destination={place.report}")
    return Started((*command.argv, *options, *(chosen or ())))


def read_suites(place: Place, done: Completed) -> TestReport:
    """Read the JSON that jest and vitest share: suites with their assertions, and what kept a suite from running."""
    told = _told(place)
    if not isinstance(told, dict) or not isinstance(told.get("testResults"), list) or done.timed_out:
        return unread(done, "wrote no report")
    cases: dict[str, TestCase] = {}
    for suite in told["testResults"]:
        path = place.relative(suite.get("name", ""))
        for test in suite.get("assertionResults", ()):
            name = " > ".join([*test.get("ancestorTitles", ()), test.get("title", "")])
            text = "\n".join(test.get("failureMessages") or ())
            outcome = _PASSING.get(test.get("status"), Outcome.SKIPPED)
            raised = "AssertionError" if re.search(r"AssertionError|expect\(", text) else text.partition(":")[0][:40]
            cases[f"{path}::{name}"] = TestCase(outcome, (test.get("duration") or 0) / 1000, text[:4000], raised, path)
        if suite.get("status") == "failed" and not suite.get("assertionResults"):
            cases[path] = TestCase(Outcome.ERROR, 0.0, str(suite.get("message", ""))[:4000], "", path)
    if done.code != 0 and not any(case.outcome.is_bad for case in cases.values()):
        return unread(done, f"exit code {done.code} though no test failed")
    return TestReport(cases, seconds=done.seconds)


def _read_mocha(place: Place, done: Completed) -> TestReport:
    told = _told(place)
    if not isinstance(told, dict) or not isinstance(told.get("tests"), list) or done.timed_out:
        return unread(done, "wrote no report")
    pending = {test.get("fullTitle") for test in told.get("pending", ())}
    cases = {}
    for test in [*told["tests"], *(one for one in told.get("failures", ()) if "hook" in one.get("title", ""))]:
        path = place.relative(test["file"]) if test.get("file") else ""
        error: Any = test.get("err") or {}
        outcome = Outcome.SKIPPED if test.get("fullTitle") in pending else Outcome.FAILED if error else Outcome.PASSED
        raised = "AssertionError" if "Assertion" in str(error.get("name", error.get("code", ""))) else ""
        text = str(error.get("stack") or error.get("message") or "")[:4000]
        cases[f"{path}::{test.get('fullTitle')}"] = TestCase(
            outcome, (test.get("duration") or 0) / 1000, text, raised, path
        )
    return TestReport(cases, seconds=done.seconds)


def _read_node(place: Place, done: Completed) -> TestReport:
    if done.timed_out or done.truncated or not place.report.is_file():
        return unread(done, "wrote no report")

    def named(_: str, name: str, file: str) -> str:
        return f"{place.relative(file)}::{name}" if file else name

    try:
        return TestReport(read_junit([place.report], named), seconds=done.seconds)
    except ValueError as error:
        return unread(done, str(error))


def _told(place: Place) -> Any:
    try:
        return json.loads(place.report.read_bytes())
    except (OSError, ValueError):
        return None


def _nothing(files: Files) -> list[TestCommand]:
    return []


VITEST: Final = Runner(find, _start_vitest, read_suites, _SUFFIXES)
JEST: Final = Runner(_nothing, _start_jest, read_suites, _SUFFIXES)
MOCHA: Final = Runner(_nothing, _start_mocha, _read_mocha, _SUFFIXES)
NODE: Final = Runner(_nothing, _start_node, _read_node, _SUFFIXES)
