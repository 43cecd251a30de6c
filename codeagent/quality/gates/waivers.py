"""Waivers: findings that the user has let pass, each for a reason from a closed list, and shown in every report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult, Status, Waived
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.suppressed import Suppressions
from codeagent.workspace.ignoring import Rules

REASONS: Final = (
    "false-positive",  # the gate is wrong here
    "intended",  # the change is meant to do just this
    "accepted-risk",  # known, and taken
    "generated",  # no person writes this file
    "third-party",  # somebody else's code, kept as it came
    "temporary",  # until a date, which must be given
)
_ENDS: Final = {"--waive": "one of the command line holds for this run alone: take another reason, or your settings"}
_KEYS: Final = ("gate", "rule", "path", "fingerprint", "reason", "note", "until", "origin")


@dataclass(frozen=True, slots=True)
class Waiver:
    """Lets findings pass that fit all of what it names; `until` is a day (ISO), the last on which it holds."""

    reason: str
    note: str
    origin: str
    gate: str = ""
    rule: str = ""
    path: str = ""  # a pattern, as in .gitignore
    fingerprint: str = ""
    until: str = ""

    def fits(self, gate: str, finding: Finding) -> bool:
        """Tell whether it speaks of this finding."""
        return (
            self.gate in ("", gate)
            and self.rule in ("", finding.rule)
            and self.fingerprint in ("", finding.fingerprint)
            and (not self.path or bool(Rules().adding("", self.path.encode()).verdict(finding.path)))
        )


def read_waivers(tables: Iterable[Mapping[str, Any]]) -> tuple[Waiver, ...]:
    """Return waivers from settings; UsageError for one without a reason of the list, or that names nothing."""
    found = []
    for table in tables:
        where = str(table.get("origin", ""))
        strange = [key for key in table if key not in _KEYS]
        if strange or not all(isinstance(value, str) for value in table.values()):
            raise UsageError(f"a waiver in {where} cannot be read: {dict(table)}", f"keys: {', '.join(_KEYS[:-1])}")
        if table.get("reason") not in REASONS:
            raise UsageError(f"a waiver in {where} has no known reason", f"one of: {', '.join(REASONS)}")
        if not table.get("note", "").strip():
            raise UsageError(f"a waiver in {where} has no note", "say in one line why it may pass")
        if not any(table.get(key) for key in ("gate", "rule", "path", "fingerprint")):
            raise UsageError(f"a waiver in {where} names nothing", "give a gate, rule, path or fingerprint")
        waiver = Waiver(**{key: table[key] for key in _KEYS if key in table})
        if _holds(waiver, where):
            found.append(waiver)
    return tuple(found)


def waiver_of(text: str) -> Waiver:
    """Return the waiver of `GATE[:PATH]=REASON:NOTE`, as the command line takes it; UsageError where it is none."""
    what, equals, why = text.partition("=")
    reason, colon, note = why.partition(":")
    gate, _, path = what.partition(":")
    if not (equals and colon and gate):
        raise UsageError(f"--waive wants GATE[:PATH]=REASON:NOTE, not {text!r}", f"reasons: {', '.join(REASONS)}")
    table = {"gate": gate.strip(), "path": path.strip(), "reason": reason.strip(), "note": note.strip()}
    return read_waivers([{**table, "origin": "--waive"}])[0]


def meant(waivers: Iterable[Waiver], gates: Mapping[str, Gate]) -> tuple[Waiver, ...]:
    """Return waivers with a family of gates taken for all of them; UsageError for one that names neither."""
    found = []
    for one in waivers:
        family = [gate.name for gate in gates.values() if one.gate and one.gate == gate.family]
        if one.gate and one.gate not in gates and not family:
            near = get_close_matches(one.gate, gates, n=1)
            hint = f"did you mean {near[0]}?" if near else "codeagent gates list tells what there is"
            raise UsageError(f"{one.origin}: there is no gate {one.gate}", hint)
        found += [replace(one, gate=name) for name in family] if one.gate not in gates and family else [one]
    return tuple(found)


def _holds(waiver: Waiver, where: str) -> bool:
    if not waiver.until:
        if waiver.reason == "temporary":
            raise UsageError(f"a temporary waiver in {where} has no end", _ENDS.get(where, 'until = "2030-01-31"'))
        return True
    try:
        return date.fromisoformat(waiver.until) >= date.today()
    except ValueError as error:
        raise UsageError(f"{waiver.until} is no day ({where})", "write it as 2030-01-31") from error


def waived(
    result: GateResult, waivers: Iterable[Waiver], suppressions: Suppressions
) -> tuple[GateResult, list[Waived]]:
    """Return a result without the findings that may pass, and those."""
    left, gone = [], []
    rules = tuple(waivers)
    for finding in result.findings:
        waiver = next((one for one in rules if one.fits(result.gate, finding)), None)
        said = suppressions.reason(finding)
        if waiver:
            gone.append(Waived(finding, waiver.reason, waiver.note, waiver.origin))
        elif said:
            gone.append(Waived(finding, "inline", said, finding.path))
        else:
            left.append(finding)
    if not gone:
        return result, []
    errors = any(finding.severity is Severity.ERROR for finding in left)
    status = Status.PASSED if result.status is Status.FAILED and not errors else result.status
    return replace(result, findings=tuple(left), status=status), gone
