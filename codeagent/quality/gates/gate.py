"""What a gate is, the policy that its limits come from, and how a result is made of findings."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, Severity, fingerprint
from codeagent.domain.quality import GateResult, Status


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate as `quality/gates/NAME.toml` or a settings file declares it: a check of ours, or a command.

    `family` is what it can also be asked for by ("lint" for ruff and eslint). `fast` gates are part of
    `codeagent check`. `when` are patterns of changed paths, as in .gitignore; without any, it always applies.
    `settings` are its limits (a lower number is stricter) and lists (a longer one is stricter)."""

    name: str
    summary: str
    origin: str  # "built-in", or the settings file
    trusted: bool  # whether a command in it is ours or the user's, not the repository's
    family: str = ""
    required: bool = True
    fast: bool = False
    when: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    reads: str = ""
    timeout: float = 120.0  # seconds
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs_trust(self) -> bool:
        """Whether its command is, or runs, code of the repository: its plug-ins, build files or packages."""
        return bool(self.command) and (not self.trusted or bool(self.settings.get("runs_code", False)))

    def number(self, key: str) -> float:
        """Return a limit; a missing one never speaks."""
        value = self.settings.get(key, float("inf"))
        return float(value)

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        return tuple(self.settings.get(key, ()))


def found(
    rule: str,
    message: str,
    path: str,
    line: int = 1,
    *,
    symbol: str | None = None,
    anchor: str = "",
    severity: Severity = Severity.ERROR,
    certainty: Certainty = Certainty.EXACT,
    related: tuple[tuple[str, int], ...] = (),
    value: float | None = None,
    limit: float | None = None,
) -> Finding:
    """Make a finding; `anchor` is what stays the same when lines move, by default the message."""
    mark = fingerprint(rule, path, symbol, anchor or message)
    return Finding(
        rule, severity, message, path, line, symbol, mark, certainty, related=related, value=value, limit=limit
    )


def new_ones(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Split the findings of a tree into those that were not there before, and those that were.

    They are matched by fingerprint, each of the old ones once: a second finding of the same kind is new."""
    old = Counter(finding.fingerprint for finding in before)
    new, existing = [], []
    for finding in after:
        if old[finding.fingerprint] > 0:
            old[finding.fingerprint] -= 1
            existing.append(finding)
        else:
            new.append(finding)
    return tuple(new), tuple(existing)


def judged(
    gate: str, findings: Iterable[Finding], existing: Iterable[Finding] = (), facts: Mapping[str, Any] | None = None
) -> GateResult:
    """Make the result of a gate: it fails where an error is new; warnings are shown and stop nobody."""
    new = tuple(sorted(findings, key=lambda one: (one.path, one.line, one.rule, one.message)))
    failed = any(one.severity is Severity.ERROR for one in new)
    return GateResult(gate, Status.FAILED if failed else Status.PASSED, new, tuple(existing), facts=facts or {})


def skipped(gate: str, reason: str) -> GateResult:
    """Make the result of a gate that does not apply to a change."""
    return GateResult(gate, Status.SKIPPED, reason=reason)


def broken(gate: str, reason: str, **more: Any) -> GateResult:
    """Make the result of a gate that could not judge."""
    return GateResult(gate, Status.BROKEN, reason=reason, **more)
