"""A change seen from its other side, so that what it repaired is found as what undoing it would break."""

from collections.abc import Mapping

from codeagent.domain.finding import Finding, Severity
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.judge import judge
from codeagent.workspace import changes

# Gates that look at a state, not at what was done to it, and are quick once both graphs are there.
STATE_GATES = ("parse", "imports", "complexity")


def fixed(change: Change, gates: Mapping[str, Gate]) -> tuple[Finding, ...]:
    """Return the findings that were there before the change and are no more."""
    verdict = judge(turned(change), {name: gates[name] for name in STATE_GATES if name in gates})
    found = (finding for result in verdict.results for finding in result.findings)
    return tuple(one for one in found if one.severity is not Severity.INFO and not _is_still_over(change, one))


def _is_still_over(change: Change, finding: Finding) -> bool:
    """Whether what was measured is less now, and too much all the same."""
    now = change.matching.after.get(change.matching.pairs.get(finding.symbol or "", ""))
    return now is not None and finding.limit is not None and now.symbol.complexity >= finding.limit


def turned(change: Change) -> Change:
    """Return the change that undoes a change; it shares its graphs."""
    back = Change(
        change.root,
        change.base,
        [_turned(file) for file in change.files],
        change.after,
        change.before,
        config=change.config,
        claims=change.claims,
    )
    vars(back).update(
        before_graph=change.after_graph,
        after_graph=change.before_graph,
        before_names=change.after_names,
        after_names=change.before_names,
    )
    return back


def _turned(file: changes.Change) -> changes.Change:
    status = {"added": "deleted", "deleted": "added"}.get(file.status, file.status)
    return changes.Change(file.old_path, status, file.path, file.new_lines, file.old_lines)
