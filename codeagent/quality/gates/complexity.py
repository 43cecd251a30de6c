"""complexity: functions that the change made, or made more, complex than a reader can hold."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged


def complexity(change: Change) -> GateResult:
    """Compare the cyclomatic complexity of each function with what it was."""
    return judged("complexity", _grown(change))


def _grown(change: Change) -> Iterator[Finding]:
    gate, matching = change.gate("complexity"), change.matching
    remark, refuse = gate.number("complexity"), gate.number("very-complex")
    back = {new: old for old, new in matching.pairs.items()}
    for key, one in matching.after.items():
        value = one.symbol.complexity
        was = matching.before[back[key]].symbol.complexity if key in back else 0
        if value >= remark and value > was:
            name = key.partition("::")[2]
            message = f"{name} has a cyclomatic complexity of {value}" + (f", it was {was}" if was else "")
            severity = Severity.ERROR if value >= refuse and was < refuse else Severity.WARNING
            yield found(
                "complex-function", message, one.symbol.path, one.symbol.line, symbol=key, severity=severity,
                anchor=name, value=value, limit=remark,
            )  # fmt: skip
