"""What gates say of a change: the result of each, and the verdict of all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from codeagent.domain.finding import Finding


class Status(StrEnum):
    """How a gate ended. `broken` (its tool is missing, crashed or timed out) is never read as passed."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # it does not apply to this change
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate made of a change.

    `findings` are new and count against the change; `existing` were there before and do not."""

    gate: str
    status: Status
    findings: tuple[Finding, ...] = ()
    existing: tuple[Finding, ...] = ()
    seconds: float = 0.0
    reason: str = ""  # why skipped or broken, or how far it judged, in one line
    command: tuple[str, ...] = ()  # what was run, for gates that run something
    log: str = ""  # where the whole output lies
    facts: Mapping[str, Any] = field(default_factory=dict)  # what else is worth knowing: tests run, protection in force
    required: bool = True


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that somebody with the right to has let pass, with a reason from the closed list."""

    finding: Finding
    reason: str
    note: str
    origin: str  # the file the waiver stands in


@dataclass(frozen=True, slots=True)
class Verdict:
    """All results of one change. `ok`: no required gate failed or broke."""

    base: str  # what the change is compared with: a commit id, or a word such as "HEAD"
    results: tuple[GateResult, ...]
    waived: tuple[Waived, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing required stands in the way."""
        return not any(one.required and one.status in (Status.FAILED, Status.BROKEN) for one in self.results)
