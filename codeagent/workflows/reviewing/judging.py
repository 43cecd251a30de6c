"""The gates as a review uses them: which run, what their findings weigh, what a baseline lets pass."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult, Status, Verdict
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.judge import judge
from codeagent.quality.gates.waivers import Waiver
from codeagent.workflows.gate import Request

Say = Callable[[str, int, int], None]
# What these find wants somebody's word, and who reads a review is asked for it: in a review it weighs less, by
# so many steps.
_ASKED: Final = {"tamper": 1, "scope": 1, "stale": 2, "protected": 2}
_STEPS: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_REMEDY: Final = re.compile(r"; a person can let it pass by --waive.*")


def chosen_gates(gates: Mapping[str, Gate], request: Request) -> dict[str, Gate]:
    """Return the gates to run: without tests those alone that read, and start nothing.

    A range of commits is looked at where it stands in history, so what came after it makes it no worse."""
    slow = {name for name, one in gates.items() if one.command or name in ("tests", "red-first")}
    left_out = (slow if request.claims.tests == "none" else set()) | (
        {"stale"} if ".." in (request.base or "") else set()
    )
    return {name: one for name, one in gates.items() if name not in left_out}


def judged_for_review(
    change: Change, gates: Mapping[str, Gate], waivers: tuple[Waiver, ...], say: Say | None
) -> Verdict:
    """Judge a change by these gates, as a review weighs what they find."""
    verdict = judge(change, gates, waivers, say)
    return replace(verdict, results=tuple(map(_weighed, verdict.results)))


def _weighed(result: GateResult) -> GateResult:
    steps = _ASKED.get(result.gate, 0)
    if not steps:
        return result
    findings = tuple(
        replace(one, severity=_lowered(one.severity, steps), message=_REMEDY.sub("", one.message))
        for one in result.findings
    )
    status = Status.PASSED if result.status is Status.FAILED else result.status
    return replace(result, findings=findings, status=status)


def _lowered(severity: Severity, steps: int) -> Severity:
    return _STEPS[min(_STEPS.index(severity) + steps, len(_STEPS) - 1)]


def without_known(verdict: Verdict, known: Collection[str]) -> Verdict:
    """Return the verdict with the findings of these fingerprints told as existing ones."""
    return replace(verdict, results=tuple(_parted(result, known) for result in verdict.results)) if known else verdict


def _parted(result: GateResult, known: Collection[str]) -> GateResult:
    old = tuple(one for one in result.findings if one.fingerprint in known)
    if not old:
        return result
    new: tuple[Finding, ...] = tuple(one for one in result.findings if one.fingerprint not in known)
    failed = any(one.severity is Severity.ERROR for one in new)
    status = result.status if result.status is not Status.FAILED or failed else Status.PASSED
    return replace(result, findings=new, existing=(*result.existing, *old), status=status)
