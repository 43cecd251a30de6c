"""red-first: tests that are said to show a change of behaviour fail without it, by an assertion, and pass with it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import broken, found, judged, skipped
from codeagent.quality.gates.outdated import untried
from codeagent.quality.gates.trees import put_after, put_tests_alone
from codeagent.quality.gates.trying import telling_line, trusted_plan, try_tests
from codeagent.quality.testing.naming import cases_of, files_naming
from codeagent.quality.testing.report import Outcome, TestCase, TestReport
from codeagent.quality.testing.running import Choice, files_of, plan
from codeagent.workspace.ignoring import Rules
from codeagent.workspace.scratch import Scratch, open_scratch

TRAILER: Final = re.compile(r"^Red-first:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_TWICE: Final = 2  # a test that fails only sometimes shows nothing


def red_first(change: Change) -> GateResult:
    """Run the named tests with the change's tests on the code before it, and with all of it.

    Raises NotPermitted without trust."""
    names = named(change)
    if not names:
        wanting = list(_silent(change))
        reason = "no test is named that fails without the change (--red-first TEST, or a line Red-first: TEST)"
        return judged("red-first", wanting) if wanting else skipped("red-first", reason)
    if change.claims.tests == "none":
        return skipped("red-first", "switched off by --tests none")
    with open_scratch(change.root, change.config.cache_dir) as scratch:
        return _tried(change, scratch, names)


def named(change: Change) -> tuple[str, ...]:
    """Return the tests that the claims name, and those of the text's trailers, `Red-first: TEST`."""
    return tuple(dict.fromkeys((*change.claims.red_first, *TRAILER.findall(change.claims.message or ""))))


def _silent(change: Change) -> Iterator[Finding]:
    """Files whose changes must come with such a test, by the settings, where the change names none."""
    rules = Rules().adding("", "\n".join(change.gate("red-first").words("paths")).encode())
    if change.claims.refactor:
        return  # that claim is purity's to prove
    for file in change.files:
        if rules.verdict(file.path) and not change.is_test(file.path):
            message = "its behaviour may change: name a test that fails without the change, by --red-first TEST"
            yield found("no-red-test", message, file.path, anchor="path")


def _tried(change: Change, scratch: Scratch, names: tuple[str, ...]) -> GateResult:
    gate = change.gate("red-first")
    put_after(scratch, change)
    commands = trusted_plan(scratch, change)
    files = files_naming(names, change.after_graph, change.written())
    if not commands or not files:
        missing = [_finding("no-such-test", name, "is in no test file", change.files[0].path) for name in names]
        return judged("red-first", missing)
    choice = Choice(files)
    after = try_tests(scratch, commands, choice, change, gate)
    put_tests_alone(scratch, change)
    runs = [try_tests(scratch, plan(files_of(scratch)), choice, change, gate) for _ in range(_TWICE)]
    for side, report in (("with the change", after), ("without the change", runs[0]), ("without it", runs[1])):
        if report.broken:
            return broken("red-first", f"{side}: {report.broken}", command=commands[0].argv)
    if reason := untried(change, after, runs[0]):
        return broken("red-first", reason, command=commands[0].argv)
    findings = [finding for name in names for finding in _judged(name, after, runs, min(files))]
    facts = {
        "named": list(names),
        "red": {name: telling_line(case) for name in names for case in _red(cases_of(name, runs[0].cases)).values()},
        "protection": list(after.protection),
        "commands": [str(one.runnable) for one in commands],
    }
    return replace(judged("red-first", findings, facts=facts), command=commands[0].argv)


def _judged(name: str, after: TestReport, runs: list[TestReport], file: str) -> Iterator[Finding]:
    """What one name does not keep of its promise."""
    now = cases_of(name, after.cases)
    place = next((case.path for case in now.values() if case.path), file)
    if not now:
        yield _finding("no-such-test", name, f"does not run: {_unloaded(after, place)}", place)
    for key, case in now.items():
        if case.outcome is not Outcome.PASSED:
            said = f"does not pass with the change, it is {case.outcome}: {telling_line(case)}"
            yield _finding("not-green", key, said, place)
    was = cases_of(name, runs[0].cases)
    red = _red(was)
    if now and not red:
        yield _finding("not-red", name, _why_not(was, runs[0], place), place)
    elif now and not any(key in _red(cases_of(name, runs[1].cases)) for key in red):
        yield _finding("not-red", name, "fails without the change only sometimes: run it again", place)


def _red(cases: dict[str, TestCase]) -> dict[str, TestCase]:
    return {key: case for key, case in cases.items() if case.outcome is Outcome.FAILED and case.by_assertion}


def _why_not(cases: dict[str, TestCase], report: TestReport, place: str) -> str:
    """Why what a name did without the change is no proof."""
    bad = [case for case in cases.values() if case.outcome.is_bad]
    if not cases:
        return f"asserts nothing without the change, it does not run: {_unloaded(report, place)}"
    if not bad:
        return "does not fail without the change: it does not show what changed"
    raised = bad[0].raised or bad[0].outcome
    return f"fails without the change by {raised}, not by an assertion: {telling_line(bad[0])}"


def _unloaded(report: TestReport, place: str) -> str:
    """What kept the file of a test from being loaded or built."""
    errors = [case for case in report.cases.values() if case.outcome is Outcome.ERROR]
    own = [case for case in errors if case.path in ("", place)]
    return telling_line((own or errors)[0]) if errors else "no test of that name"


def _finding(rule: str, name: str, text: str, path: str) -> Finding:
    return found(rule, f"{name} {text}", path, anchor=name)
