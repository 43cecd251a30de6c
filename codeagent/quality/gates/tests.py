"""tests: the repository's own tests, run before and after by us; what newly fails, is lost or is newly silent."""

from dataclasses import replace

import msgspec

from codeagent.domain.counting import counted
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.patch import hex_digest
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import broken, found, judged, skipped
from codeagent.quality.gates.outdated import untried
from codeagent.quality.gates.trees import put_after, put_before
from codeagent.quality.gates.trying import telling_line, trusted_plan, try_tests
from codeagent.quality.testing.installed import installed
from codeagent.quality.testing.report import BUILD, Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import TestCommand
from codeagent.quality.testing.running import Choice, files_of, plan
from codeagent.workspace.blobs import read_blob, write_blob
from codeagent.workspace.scratch import Scratch, open_scratch

_UNRUN = Outcome.ERROR
_AGAIN = 2  # how often a test that newly fails is run again


def tests(change: Change) -> GateResult:
    """Run the tests of both sides in a scratch tree and compare them by id. Raises NotPermitted without trust."""
    if change.claims.tests == "none":
        return skipped("tests", "switched off by --tests none")
    with open_scratch(change.root, change.config.cache_dir) as scratch:
        put_after(scratch, change)
        commands = trusted_plan(scratch, change)
        if not commands:
            return skipped("tests", "no tests were found")
        files, why = change.concerned()
        choice = Choice(files)
        whole = [one for one in commands if one.runner == "plain"]  # of which nobody knows what they test
        if choice.files == frozenset() and not whole:
            return skipped("tests", "no test is concerned")
        after = _run(scratch, commands, choice, change)
        put_before(scratch, change)
        before = report_before(scratch, plan(files_of(scratch)), choice, change)
        if after.broken or before.broken:
            side = "after the change" if after.broken else "before the change"
            return broken("tests", f"{side}: {after.broken or before.broken}", command=commands[0].argv)
        if reason := untried(change, before, after):
            return broken("tests", reason, command=commands[0].argv)
        if reason := _none_ran(before, after):
            return broken("tests", reason, command=commands[0].argv)
        if not after.cases and not before.cases:
            return skipped("tests", "the runner found no test to run")
        after, flaky = _again(scratch, commands, choice, before, after, change)
    return _judge(before, after, flaky, why, commands)


def _run(scratch: Scratch, commands: list[TestCommand], choice: Choice, change: Change) -> TestReport:
    return try_tests(scratch, commands, choice, change, change.gate("tests"))


def report_before(scratch: Scratch, commands: list[TestCommand], choice: Choice, change: Change) -> TestReport:
    """The report of the state before, kept for the next time: it is the same as long as files and packages are."""
    asked = [
        *(str(one) for one in commands),
        *installed(change.root, commands),
        *(sorted(choice.files) if choice.files is not None else ["all"]),
    ]
    name = f"tests-{hex_digest(chr(0).join(asked).encode('utf-8', 'surrogateescape'))}"
    kept = read_blob(change.config.cache_dir, change.root, name)
    if kept is not None:
        state, report = msgspec.json.decode(kept, type=tuple[str, TestReport])
        if state == scratch.name:
            return report
    report = _run(scratch, commands, choice, change)
    if not report.broken:
        write_blob(change.config.cache_dir, change.root, name, msgspec.json.encode((scratch.name, report)))
    return report


def _again(
    scratch: Scratch,
    commands: list[TestCommand],
    choice: Choice,
    before: TestReport,
    after: TestReport,
    change: Change,
) -> tuple[TestReport, list[str]]:
    """Run again what newly fails, all of it where a runner does not tell in which files that is; a test that passes
    then is flaky, and nobody's fault."""
    flaky: list[str] = []
    cases = dict(after.cases)
    for _ in range(_AGAIN):
        new = _newly_bad(before, TestReport(cases))
        files = {case.path for case in new.values()}
        if all(name.endswith(BUILD) for name in new):
            break
        put_after(scratch, change)
        report = _run(scratch, commands, choice if "" in files else Choice(frozenset(files)), change)
        passed = [name for name in new if name in report.cases and not report.cases[name].outcome.is_bad]
        flaky += passed
        cases |= {name: report.cases[name] for name in passed}
    return replace(after, cases=cases), flaky


def _newly_bad(before: TestReport, after: TestReport) -> dict[str, TestCase]:
    return {
        name: case
        for name, case in after.failing().items()
        if name not in before.cases or not before.cases[name].outcome.is_bad
    }


def _unrun(*sides: TestReport) -> set[str]:
    """The tests that could not be run on any side, such as those of a file that cannot be loaded."""
    return set.intersection(*({name for name, one in side.cases.items() if one.outcome is _UNRUN} for side in sides))


def _none_ran(before: TestReport, after: TestReport) -> str:
    """Why nothing can be told where no test could be run, with the change or without."""
    unrun = sorted(_unrun(before, after))
    if not unrun or any(one.outcome is not _UNRUN for side in (before, after) for one in side.cases.values()):
        return ""
    return f"no test could be run, with the change or without: {unrun[0]}: {telling_line(after.cases[unrun[0]])}"


def _judge(
    before: TestReport, after: TestReport, flaky: list[str], why: str, commands: list[TestCommand]
) -> GateResult:
    new = _newly_bad(before, after)
    findings = [_finding("new-failure", name, case, f"fails: {telling_line(case)}") for name, case in new.items()]
    unloaded = {name for name in new if name == new[name].path}  # files that could not even be read
    for name, case in before.cases.items():
        unrun = case.path in unloaded or name.startswith(after.torn)
        if name not in after.cases and not case.outcome.is_bad and not unrun:
            findings.append(_finding("lost-test", name, case, "was run before and is not there any more"))
    for name, case in after.cases.items():
        known = before.cases.get(name)
        if case.outcome.is_silent and (known is None or not known.outcome.is_silent):
            findings.append(_finding("new-skip", name, case, f"is newly {case.outcome}: {telling_line(case)}"))
    existing = [
        _finding("old-failure", name, case, f"failed before too: {telling_line(case)}")
        for name, case in after.failing().items()
        if name not in new
    ]
    shown = [
        *findings,
        *(
            _finding("flaky", name, after.cases[name], "failed, and passed when run again", Severity.WARNING)
            for name in flaky
        ),
    ]
    facts = {
        "tests": len(after.cases),
        "before": len(before.cases),
        "new_failures": len(new),
        "old_failures": len(existing),
        "flaky": sorted(flaky),
        "chosen": why,
        "protection": list(after.protection),
        "commands": [str(one.runnable) for one in commands],
    }
    ran = f"{counted(len(after.cases), 'test')} run: {why}"
    for one in commands:
        if one.runner == "plain":
            ran += f"; {' '.join(one.argv)} is told as a whole, since no runner of tests is known in it"
    if unable := _unrun(before, after):
        ran += f"; {len(unable)} of them cannot be run, with the change or without"
    return replace(judged("tests", shown, existing, facts), command=commands[0].argv, reason=ran)


def _finding(rule: str, name: str, case: TestCase, text: str, severity: Severity = Severity.ERROR) -> Finding:
    return found(rule, f"{name} {text}", case.path, anchor=name, severity=severity)
