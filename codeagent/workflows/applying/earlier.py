"""What earlier runs carried out of the same plan: their own changes do not make the rest of it stale."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Plan, Step
from codeagent.workflows.applying.runlog import RunLog
from codeagent.workflows.undo import list_runs
from codeagent.workspace.eventlog import EventLog, log_folders


@dataclass(frozen=True, slots=True)
class Earlier:
    """The steps that are done, by the run that did each, and what they made of files: digests, None where one went."""

    steps: Mapping[str, str]
    files: Mapping[str, str | None]


def earlier(root: Path, plan: Plan) -> Earlier:
    """Return what written runs of this plan have done that are not undone; a step that was edited since is another."""
    undone = {run.id for run in list_runs(root) if run.status == "undone"}
    steps: dict[str, str] = {}
    files: dict[str, str | None] = {}
    for folder in log_folders(root):
        log = RunLog(EventLog(folder))
        if not _stands(log, undone):
            continue
        other, carried = log.plan(), log.last("plan.carried")
        if other is None or carried is None or not _same(plan, other):
            continue
        done = {step.id for step in other.steps if log.done(step.id) is not None}
        if all(step in plan.steps for step in other.steps if step.id in done):
            steps = dict.fromkeys(done, folder.name) | steps
            files = {**carried["files"], **files}
    return Earlier(steps, files)


def carried_by(root: Path, plan: Plan, since: str) -> EventLog | None:
    """Return the log of the newest run, begun after the one `since`, that carries out just this plan."""
    for folder in log_folders(root):
        if folder.name <= since:
            return None
        log = RunLog(EventLog(folder))
        if log.plan() == plan:
            return log.events
    return None


def check_undone(done: Earlier, plan: Plan, steps: Sequence[Step]) -> None:
    """Raise UsageError, saying how to go on, where some of the steps that are asked for are done already."""
    again = [step.id for step in steps if step.id in done.steps]
    if again:
        left = [step.id for step in plan.steps if step.id not in done.steps]
        rest = f"--step {left[0]}" if len(left) == 1 else f"--from {left[0]}" if left else ""
        raise UsageError(
            f"done already, by run {done.steps[again[0]]}: {', '.join(again)}",
            f"{rest} does what is left" if left else f"codeagent undo {done.steps[again[0]]} takes it back",
        )


def _stands(log: RunLog, undone: Collection[str]) -> bool:
    """Whether a run was written, and not taken back."""
    written, turned = log.last("tree.written"), log.last("turn.done")
    if written is None:
        return log.last("branch.made") is not None and (turned is None or turned["outcome"] == "applied")
    return written["undo"] not in undone


def _same(plan: Plan, other: Plan) -> bool:
    return (plan.goal, plan.base, plan.files) == (other.goal, other.base, other.files)
