"""What a run came to, told from its records alone: its steps, their gates, what they used, and how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from codeagent.domain.run import Record, Usage
from codeagent.quality.gates.beforehand import Beforehand


@dataclass(frozen=True, slots=True)
class StepStory:
    """One step. `status`: waiting | begun | done | failed | skipped; `gates`: name to status."""

    id: str
    title: str
    operation: str
    status: str = "waiting"
    message: str = ""
    files: tuple[str, ...] = ()
    gates: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    hint: str = ""
    commit: str = ""
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class RunStory:
    """One run. `status`: open (it can be resumed), finished, or failed; `exit_code` None while it is open."""

    id: str
    command: str
    goal: str
    began: float  # seconds since the epoch
    heard: float  # when it last said something
    status: str = "open"
    exit_code: int | None = None
    exit_reason: str = ""
    resumed: int = 0
    steps: tuple[StepStory, ...] = ()
    beforehand: Beforehand | None = None
    usage: Usage = field(default_factory=Usage)
    branch: str = ""
    written: bool = False
    undo: str = ""
    diff: str = ""  # the digest that it is kept under


def story_of(name: str, records: Iterable[Record]) -> RunStory:
    """Return what the records of a run say."""
    story, steps = RunStory(name, "", "", 0.0, 0.0), dict[str, StepStory]()
    for record in records:
        body = record.body
        story = _of_run(replace(story, heard=record.time, began=story.began or record.time), record.kind, body)
        if record.kind == "plan.made":
            for one in body.get("steps", ()):
                steps[one["id"]] = StepStory(one["id"], one["title"], one["operation"])
        elif body.get("step") in steps:
            steps[body["step"]] = _of_step(steps[body["step"]], record.kind, body)
    return replace(story, steps=tuple(steps.values()))


def _of_run(story: RunStory, kind: str, body: Mapping[str, Any]) -> RunStory:
    if kind == "run.started":
        branch = str(body.get("options", {}).get("branch", ""))
        return replace(story, command=body.get("command", ""), goal=body.get("goal", ""), branch=branch)
    if kind == "run.resumed":
        return replace(story, status="open", exit_code=None, exit_reason="", resumed=story.resumed + 1)
    if kind == "run.finished":
        code = body["exit_code"]
        return replace(story, status="failed" if code else "finished", exit_code=code, exit_reason=body["exit_reason"])
    if kind == "tests.measured":
        return replace(story, beforehand=msgspec.convert(dict(body), Beforehand))
    if kind == "model.answered":
        return replace(story, usage=story.usage + _usage(body["reply"]["usage"]))
    if kind == "tree.written":
        return replace(story, written=True, undo=body["undo"])
    if kind == "branch.made":
        return replace(story, written=True)
    if kind == "plan.carried":
        return replace(story, diff=body["diff"])
    return story


def _of_step(step: StepStory, kind: str, body: Mapping[str, Any]) -> StepStory:
    if kind == "step.started":
        return replace(step, status="begun", why="", hint="")
    if kind == "step.proposed":
        return replace(step, attempts=body["attempt"], files=tuple(sorted(body["files"])))
    if kind == "gate.finished":
        return replace(step, gates={**step.gates, body["gate"]: body["result"]["status"]})
    if kind == "step.done":
        said, files = body["message"], tuple(sorted(body["files"]))
        gates, usage = dict(body["gates"]), _usage(body.get("usage"))
        return replace(step, status="done", message=said, files=files, gates=gates, usage=usage)
    if kind == "commit.made":
        return replace(step, commit=body["commit"])
    if kind == "step.skipped":
        return replace(step, status="skipped", why=body["why"])
    if kind == "step.failed":
        return replace(step, status="failed", why=body["why"], hint=body["hint"], usage=_usage(body.get("usage")))
    return step


def _usage(row: Mapping[str, Any] | None) -> Usage:
    return msgspec.convert(dict(row or {}), Usage)
