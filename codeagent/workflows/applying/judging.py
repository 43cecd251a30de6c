"""What the gates say: of the tree before a plan is begun, of each step, and of all of them together at the end."""

from dataclasses import replace
from typing import Final

from codeagent.domain.events import Progress
from codeagent.domain.plan import Step
from codeagent.domain.quality import Status, Verdict
from codeagent.quality.gates.change import Change, Claims
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.runlog import GateMemory
from codeagent.workflows.applying.tree import Made, Tree
from codeagent.workflows.gate import Request, gate_change, gates_for

WHOLE: Final = "plan"  # stands for all steps together
_BETWEEN: Final = ("parse", "bindings", "imports", "contracts")  # gates that see steps in each other's way
_TOLD: Final = 12  # findings of one gate that a model is told
_RUNNING: Final = ("tests", "red-first", "coverage")  # gates that run code of the repository


def claims_of(run: Run, step: Step) -> Claims:
    """Return what a step says of its change: which files it may touch, and which tests are run for it."""
    return Claims(allowed=step.scope, tests=run.options.tests, trust=run.options.trust)


def judge_step(run: Run, change: Change, made: Made, step: Step, message: str) -> Verdict:
    """Judge the change that a step makes, and the message it comes with; a dry run runs no command.

    Raises NotPermitted where a command is not trusted."""
    change.claims = replace(change.claims, message=message)
    only: tuple[str, ...] = ()
    if run.options.dry_run:
        gates, _ = gates_for(change, Request(), run.config)
        only = tuple(one.name for one in gates.values() if not one.command and one.name not in _RUNNING)
    base = Made(change.differing.base).digest if change.differing.base else ""
    return _judged(run, change, step.id, made.digest + base, only)


def judge_whole(run: Run, tree: Tree, made: Made, *, alone: bool) -> Verdict | None:
    """Run all tests on what the steps make together, and unless each began on the one before, what else may break
    between them; None where there is nothing to judge."""
    tests = () if run.options.tests == "none" or run.options.dry_run else ("tests",)
    only = (*(() if alone else _BETWEEN), *tests)
    if not only or not made.contents:
        return None
    change = tree.change(made, Claims(tests="all" if tests else "none", trust=run.options.trust))
    return _judged(run, change, WHOLE, made.digest, only)


def _judged(run: Run, change: Change, name: str, digest: str, only: tuple[str, ...]) -> Verdict:
    def say(gate: str, done: int, total: int) -> None:
        run.check()
        run.emit(Progress(name, done, total, gate))

    request = Request(only=only, claims=change.claims)
    return gate_change(change, request, run.config, say, GateMemory(run.log, name, digest))


def words(verdict: Verdict) -> str:
    """Return what a verdict that is not ok says, finding by finding, for whoever is to correct it."""
    rows = []
    for one in verdict.results:
        if one.required and one.status in (Status.FAILED, Status.BROKEN):
            bad = [finding for finding in one.findings if finding.severity == "error"]
            rows += [f"{one.gate}: {f.path}:{f.line} {f.message}" for f in bad[:_TOLD]]
            rows += [f"{one.gate}: {len(bad) - _TOLD} more"] if len(bad) > _TOLD else []
            rows += [f"{one.gate}: {one.reason}"] if one.reason else []
    return "\n".join(rows)


def remedy(verdict: Verdict) -> str:
    """Return what to do about a verdict that is not ok."""
    bad = [one for one in verdict.results if one.required and one.status in (Status.FAILED, Status.BROKEN)]
    if any(one.status is Status.FAILED for one in bad):
        return "nothing was written"
    tables = ", ".join(f"[gates.{one.gate}]" for one in bad)
    return f"install what is missing, or say required = false in {tables} of your own settings; nothing was written"


def why(verdict: Verdict) -> str:
    """Return in one line what a verdict that is not ok rests on."""
    bad = [one for one in verdict.results if one.required and one.status in (Status.FAILED, Status.BROKEN)]
    said = []
    for one in bad:
        first = next((f"{finding.message}" for finding in one.findings if finding.severity == "error"), one.reason)
        place = next((f"{f.path}:{f.line} " for f in one.findings if f.severity == "error"), "")
        more = len(one.findings) - 1
        said.append(f"{one.gate}: {place}{first}" + (f" (and {more} more)" if more > 0 else ""))
    return "; ".join(said)
