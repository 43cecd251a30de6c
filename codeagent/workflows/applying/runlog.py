"""What the log of a run says was done, so that nothing is done twice, and the records by which it comes to say so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from codeagent.domain.plan import Plan
from codeagent.domain.quality import GateResult, Status, Verdict
from codeagent.domain.run import Record
from codeagent.quality.gates.change import Contents
from codeagent.workflows.applying.tree import Made
from codeagent.workspace.eventlog import EventLog
from codeagent.workspace.keepsakes import Keepsakes

SENDER: Final = "apply"
_EXISTING: Final = 20  # old findings of a gate that are kept


@dataclass(frozen=True, slots=True)
class Whole:
    """What all steps make together, what was there before, and how that differs in words."""

    made: Made
    before: Contents
    diff: str


class RunLog:
    """One run of a plan. What it returns stands in the log already; what it is told does so on return."""

    def __init__(self, log: EventLog) -> None:
        self.events = log
        self.kept = Keepsakes(log.folder)

    def say(self, kind: str, body: Mapping[str, Any]) -> Record:
        """Append a record."""
        return self.events.append(kind, body, sender=SENDER)

    def tell(self, worker: str, word: str, step: str, why: str = "") -> None:
        """Record what a worker says of a step: ACK, DONE, or BLOCKED and why."""
        self.events.append("worker", {"word": word, "step": step, "why": why}, sender=worker, to=SENDER)

    def last(self, kind: str, **fields: object) -> Mapping[str, Any] | None:
        """Return the body of the latest record of a kind in which these fields have these values."""
        for record in reversed(self.events.records):
            if record.kind == kind and all(record.body.get(key) == value for key, value in fields.items()):
                return record.body
        return None

    def _standing(self, kind: str, **fields: object) -> Mapping[str, Any] | None:
        """The same as `last`, of what was said since somebody began to choose step by step, if anybody did."""
        records = self.events.records
        begun = max((at for at, one in enumerate(records) if _chooses(one)), default=0)
        for record in reversed(records[begun:]):
            if record.kind == kind and all(record.body.get(key) == value for key, value in fields.items()):
                return record.body
        return None

    @property
    def chosen(self) -> bool:
        """Whether somebody takes or leaves each step by itself."""
        return any(map(_chooses, self.events.records))

    def moment(self, kind: str, step: str) -> int:
        """Return when a step got its latest record of a kind, in whole seconds since the epoch."""
        found = [one.time for one in self.events.records if one.kind == kind and one.body.get("step") == step]
        return int(found[-1])

    # --- plan

    def begin(self, plan: Plan, wanted: Mapping[str, Any], digests: Mapping[str, str]) -> None:
        """Record a new run: its plan, what was asked for, and the digests of the files that it begins with."""
        table = msgspec.to_builtins(plan)
        kept = {
            "plan": self.kept.keep(msgspec.json.encode(table)),
            "tree": self.kept.keep(msgspec.json.encode(digests)),
        }
        self.say("run.started", {**wanted, **kept})
        self.say("plan.made", table)

    def plan(self) -> Plan | None:
        """Return the plan of the run; None where it carries out none."""
        started = self.last("run.started")
        if started is None or "plan" not in started:
            return None
        return msgspec.json.decode(self.kept.get(started["plan"]), type=Plan)

    # --- steps

    def propose(self, step: str, attempt: int, made: Made, title: str, facts: Mapping[str, Any]) -> None:
        """Record what a step would make; its contents are kept."""
        self.say("step.proposed", {"step": step, "attempt": attempt, "title": title, **facts, **self._packed(made)})

    def done(self, step: str) -> Made | None:
        """Return what a step made, if it holds."""
        body = self._standing("step.done", step=step)
        return None if body is None else self._unpacked(body)

    def skipped(self, step: str) -> bool:
        """Tell whether a step is left out."""
        return self._standing("step.skipped", step=step) is not None

    # --- all of them

    def conclude(self, whole: "Whole") -> None:
        """Record what all steps make together, and what was there before."""
        before = {path: None if data is None else self.kept.keep(data) for path, data in whole.before.items()}
        diff = self.kept.keep(whole.diff.encode("utf-8", "surrogateescape"))
        self.say("plan.carried", {**self._packed(whole.made), "before": before, "diff": diff})

    def whole(self) -> "Whole | None":
        """Return what all steps make together, once they all hold."""
        body = self._standing("plan.carried")
        if body is None:
            return None
        before = {path: None if name is None else self.kept.get(name) for path, name in body["before"].items()}
        return Whole(self._unpacked(body), before, self.kept.get(body["diff"]).decode("utf-8", "surrogateescape"))

    def _packed(self, made: Made) -> dict[str, Any]:
        files = {path: None if data is None else self.kept.keep(data) for path, data in made.contents.items()}
        return {"files": files, "moves": dict(made.moves), "digest": made.digest}

    def _unpacked(self, body: Mapping[str, Any]) -> Made:
        contents = {path: None if name is None else self.kept.get(name) for path, name in body["files"].items()}
        return Made(contents, dict(body["moves"]))

    def finish(
        self, step: str, made: Made, message: str, verdict: Verdict, usage: Mapping[str, Any] | None = None
    ) -> None:
        """Record that a step holds, and what models took for it."""
        gates = {one.gate: str(one.status) for one in verdict.results}
        self.say("step.done", {"step": step, "message": message, "gates": gates, "usage": usage, **self._packed(made)})


def _chooses(record: Record) -> bool:
    return record.kind == "decision" and record.body["what"] == "steps"


class GateMemory:
    """The results of gates on one change, in the log: whoever goes on with the run judges nothing twice."""

    def __init__(self, log: RunLog, step: str, digest: str) -> None:
        self._log, self._step, self._digest = log, step, digest

    def known(self, gate: str) -> GateResult | None:
        """Return the result of a gate on this change, if the log has it."""
        body = self._log.last("gate.finished", step=self._step, change=self._digest, gate=gate)
        return None if body is None else msgspec.convert(dict(body["result"]), GateResult)

    def keep(self, result: GateResult) -> None:
        """Record the result of a gate that ran something or says no; what others say follows from the change alone."""
        if not result.command and result.status in (Status.PASSED, Status.SKIPPED):
            return
        body = msgspec.to_builtins(replace(result, existing=result.existing[:_EXISTING]))
        self._log.say(
            "gate.finished", {"step": self._step, "change": self._digest, "gate": result.gate, "result": body}
        )
