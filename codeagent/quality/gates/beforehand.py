"""The tests of a tree before anything is done to it: what is red already, and what is red only now and then."""

from dataclasses import dataclass

from codeagent.quality.gates.change import Change
from codeagent.quality.gates.tests import report_before
from codeagent.quality.gates.trees import put_before
from codeagent.quality.gates.trying import trusted_plan, try_tests
from codeagent.quality.testing.running import ALL, Choice
from codeagent.workspace.scratch import open_scratch


@dataclass(frozen=True, slots=True)
class Beforehand:
    """`tests`: how many there are; `failing` and `flaky`: ids. `broken`: why they could not be run at all."""

    tests: int = 0
    failing: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()  # failed, and passed when run again
    broken: str = ""
    commands: tuple[str, ...] = ()
    protection: tuple[str, ...] = ()
    seconds: float = 0.0


def beforehand(change: Change) -> Beforehand:
    """Run all tests of the tree before a change, and again what fails. Raises NotPermitted without trust."""
    with open_scratch(change.root, change.config.cache_dir) as scratch:
        put_before(scratch, change)
        commands = trusted_plan(scratch, change)
        if not commands:
            return Beforehand()
        report = report_before(scratch, commands, ALL, change)
        named = tuple(str(one.runnable) for one in commands)
        if report.broken:
            return Beforehand(broken=report.broken, commands=named)
        failing = report.failing()
        flaky: list[str] = []
        files = {case.path for case in failing.values()}
        if failing and "" not in files:
            put_before(scratch, change)
            again = try_tests(scratch, commands, Choice(frozenset(files)), change, change.gate("tests"))
            flaky = [name for name in failing if name in again.cases and not again.cases[name].outcome.is_bad]
    red = tuple(name for name in failing if name not in flaky)
    return Beforehand(len(report.cases), red, tuple(flaky), "", named, report.protection, report.seconds)
