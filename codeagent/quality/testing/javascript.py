"""vitest, jest, mocha and node's own runner, by what package.json says."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from codeagent.graph.runners import following
from codeagent.graph.runners.calls import Call, calls_of
from codeagent.quality.testing.calling import looked_in, parted, places_in, with_files
from codeagent.quality.testing.report import Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, outermost, unread, within
from codeagent.workspace.process import Completed

_CONFIGS: Final = {
    "vitest": ("vitest.config", "vitest.workspace"),
    "jest": ("jest.config",),
    "mocha": (".mocharc",),
}
_REPORTER: Final = "codeagent_node_report.mjs"
_SUFFIXES: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")
_PASSING: Final = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}


def find(files: Files) -> list[TestCommand]:
    """Return the command of each package that says how it is tested, the outermost only."""
    return outermost([one for folder in files.folders("package.json") for one in _commands(files, folder)])


def _commands(files: Files, folder: str) -> list[TestCommand]:
    """Each call of a runner that the test script comes down to; else the runner that there are settings of."""
    try:
        manifest = json.loads(files.text(within(folder, "package.json")) or "{}")
    except ValueError:
        return []
    text = following.within(files.text, folder)
    script = following.followed(text, following.script_of(text, "test"))
    if found := called(files, folder, script):
        return found
    for runner, configs in _CONFIGS.items():
        configured = any(path.startswith(tuple(within(folder, name) for name in configs)) for path in files.paths)
        if configured or (runner in manifest and runner != "vitest"):
            return [_called(runner, None, files, folder, script)]
    return []


def called(files: Files, folder: str, script: str) -> list[TestCommand]:
    """Return the command of each call of a runner in a script."""
    found = []
    for runner in ("node", *_CONFIGS):
        seen = r"\bnode\b.*--test\b" if runner == "node" else rf"(?:^|[\s&;/]){runner}\b"
        if re.search(seen, script, re.MULTILINE):
            calls = list(calls_of(script, runner)) or [None]
            found += [_called(runner, call, files, folder, script) for call in calls]
    return list(dict.fromkeys(found))


def _called(runner: str, call: Call | None, files: Files, folder: str, script: str) -> TestCommand:
    """The runner as the script calls it, where it does; node is asked for its tests in any case."""
    start = "node" if runner == "node" else program(files.root, folder, runner)
    if call is None:
        asked = ("--test",) if runner == "node" else ()
        return TestCommand(runner, (start, *asked), folder, script if asked else "")
    argv = (*(call.before or (start,)), *call.words)
    looks_in = looked_in(places_in(call.words, files.root / folder))
    return TestCommand(runner, argv, folder, script, looks_in=looks_in, environment=call.environment)


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


def _start(
    command: TestCommand,
    chosen: tuple[str, ...] | None,
    place: Place,
    options: tuple[str, ...],
    picked: tuple[str, ...] = (),
) -> Started:
    """The program, our options, then what the script says, the chosen files in the place of those that it names."""
    head, words = parted(command.argv, command.runner)
    words = with_files(words, place.scratch / place.folder, chosen)
    return Started((*head, *options, *(picked if chosen else ()), *words), {**dict(command.environment), "CI": "1"})


def _start_vitest(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    head, words = parted(command.argv, command.runner)
    own = words[1:] if words[:1] in (("run",), ("watch",), ("dev",)) else words
    options = ("run", "--reporter=json", f"--outputFile={place.report}")
    return _start(replace(command, argv=(*head, *own)), chosen, place, options, ("--passWithNoTests",))


def _start_jest(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    options = ("--ci", "--json", f"--outputFile={place.report}", "--testLocationInResults")
    return _start(command, chosen, place, options, ("--passWithNoTests", "--runTestsByPath"))


def _start_mocha(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    return _start(command, chosen, place, ("--reporter", "json", "--reporter-option", f"output={place.report}"))


def _start_node(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    options = (f"--test-reporter={place.startup / _REPORTER}", f"--test-reporter-destination={place.report}")
    return _start(command, chosen, place, options)


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
    return _all_ran(cases, done)


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
    return _all_ran(cases, done)


def _read_node(place: Place, done: Completed) -> TestReport:
    """Read the lines of our reporter; a file without tests, which node takes for one, goes by its path."""
    if done.timed_out or done.truncated or not place.report.is_file():
        return unread(done, "wrote no report")
    try:
        told = [json.loads(line) for line in place.report.read_text(encoding="utf-8").splitlines()]
    except ValueError as error:
        return unread(done, f"its report cannot be read: {error}")
    cases: dict[str, TestCase] = {}
    for one in told:
        path = place.relative(one["file"]) if one["file"] else ""
        names = [name for name in one["names"] if name != one["file"] and place.relative(name) != path]
        name = "::".join(filter(None, (path, " > ".join(names))))
        failed = Outcome.FAILED if names else Outcome.ERROR  # a file that could not be read, or ended by itself
        outcome = Outcome.SKIPPED if one["skipped"] else Outcome.PASSED if one["passed"] else failed
        known = cases.get(name)
        if known is None or not known.outcome.is_bad:
            cases[name] = TestCase(outcome, one["seconds"], one["message"][:4000], one["raised"], path)
    return _all_ran(cases, done)


def _all_ran(cases: dict[str, TestCase], done: Completed) -> TestReport:
    if done.code != 0 and not any(case.outcome.is_bad for case in cases.values()):
        return unread(done, f"exit code {done.code} though no test failed")
    return TestReport(cases, seconds=done.seconds)


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
