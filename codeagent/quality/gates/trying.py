"""Running the repository's tests on one state of a change: what the gates that run tests share."""

from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.testing.report import TestCase, TestReport
from codeagent.quality.testing.runner import TestCommand
from codeagent.quality.testing.running import Choice, files_of, plan, run_tests
from codeagent.workspace import trust
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits
from codeagent.workspace.scratch import Scratch


def trusted_plan(scratch: Scratch, change: Change) -> list[TestCommand]:
    """Return the commands that test what the scratch holds. Raises NotPermitted where one is not trusted."""
    commands = plan(files_of(scratch))
    trust.require(change.root, [one.runnable for one in commands], once=change.claims.trust)
    return commands


def try_tests(scratch: Scratch, commands: list[TestCommand], choice: Choice, change: Change, gate: Gate) -> TestReport:
    """Run the chosen tests on what the scratch holds, with the gate's limit of time.

    Raises NotPermitted where more protection is required than there is."""
    mode, limits = Mode(change.config.sandbox), Limits(seconds=gate.timeout)
    return run_tests(scratch, commands, choice, mode=mode, limits=limits)


def telling_line(case: TestCase) -> str:
    """Return the most telling line of a message: pytest marks it, it follows a traceback, others put it first."""
    lines = [line.rstrip() for line in case.message.splitlines() if line.strip()]
    marked = [line[2:] for line in lines if line.startswith("E ")]
    if not marked and lines and lines[0].startswith("Traceback (most recent call last)"):
        marked = [line for line in lines[1:] if not line.startswith((" ", "\t"))]
    return (marked or lines or ["no message"])[0].strip()[:200]
