"""A change seen from its other side, so that what it repaired is found as what undoing it would break."""

from collections.abc import Mapping

from codeagent.domain.finding import Finding
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.judge import judge
from codeagent.workspace import changes

# Gates that look at a state, not at what was done to it, and are quick once both graphs are there.
STATE_GATES = ("parse", "imports", "complexity")


def fixed(change: Change, gates: Mapping[str, Gate]) -> tuple[Finding, ...]:
    """Return the findings that were there before the change and are no more."""
    verdict = judge(turned(change), {name: gates[name] for name in STATE_GATES if name in gates})
    return tuple(finding for result in verdict.results for finding in result.findings)


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
