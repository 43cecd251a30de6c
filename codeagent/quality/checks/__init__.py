"""The checks: each a question of the graph that yields findings."""

from collections.abc import Callable, Iterator
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.complexity import complexity
from codeagent.quality.checks.cycles import cycles
from codeagent.quality.checks.dead_code import dead_code
from codeagent.quality.checks.duplicates import duplicates
from codeagent.quality.checks.god_modules import god_modules
from codeagent.quality.checks.subject import Subject
from codeagent.quality.checks.unreachable_code import unreachable_code
from codeagent.quality.checks.unused_imports import unused_imports
from codeagent.quality.checks.unused_values import unused_values

CHECKS: Final[tuple[Callable[[Subject], Iterator[Finding]], ...]] = (
    cycles,
    god_modules,
    complexity,
    duplicates,
    dead_code,
    unused_imports,
    unused_values,
    unreachable_code,
)

_SEVERITIES: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_CERTAINTIES: Final = {Certainty.EXACT: 0, Certainty.LIKELY: 1, Certainty.NAME_ONLY: 2}


def run_checks(subject: Subject) -> tuple[Finding, ...]:
    """Run every check; the gravest and surest findings come first, suppressed ones not at all."""
    found = [finding for check in CHECKS for finding in check(subject) if not suppressed(subject, finding)]
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        _SEVERITIES[finding.severity],
        _CERTAINTIES[finding.certainty],
        finding.rule,
        -(finding.value or 0),
        finding.path,
        finding.line,
        finding.message,
    )


def suppressed(subject: Subject, finding: Finding) -> bool:
    """Tell whether the code says `codeagent: ignore[rule] reason` on that line or the one above."""
    facts = subject.tables.graph.facts(finding.path)
    return any(
        line in (finding.line, finding.line - 1) and rule == finding.rule and bool(reason.strip())
        for line, rule, reason in facts.suppressions
    )
