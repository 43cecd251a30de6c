"""scope: files outside the list that a change was given, and a change larger than its budget."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged
from codeagent.workspace.ignoring import Rules


def scope(change: Change) -> GateResult:
    """Compare the touched paths with the allowed patterns, and files and lines with the budget."""
    gate = change.gate("scope")
    files = len(change.files)
    lines = sum(_count(file.old_lines) + _count(file.new_lines) for file in change.files)
    findings = list(_outside(change))
    for rule, value, limit in (
        ("too-many-files", files, gate.number("files")),
        ("too-many-lines", lines, gate.number("lines")),
    ):
        if value > limit:
            message = f"{value} {rule[9:]} changed, {limit:.0f} are allowed: split the change"
            severity = Severity.ERROR if change.claims.allowed else Severity.WARNING
            findings.append(
                found(rule, message, change.files[0].path, severity=severity, value=value, limit=limit, anchor=rule)
            )
    return judged("scope", findings, facts={"files": files, "lines": lines})


def _outside(change: Change) -> Iterator[Finding]:
    if not change.claims.allowed:
        return
    rules = Rules().adding("", "\n".join(change.claims.allowed).encode())
    for file in change.files:
        for path in dict.fromkeys((file.path, file.old_path)):
            if not rules.verdict(path):
                message = "outside the files this change may touch: take it out, or allow it by --allow"
                yield found("out-of-scope", message, path)


def _count(lines: tuple[tuple[int, int], ...]) -> int:
    return sum(last - first + 1 for first, last in lines)
