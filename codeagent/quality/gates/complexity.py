"""complexity: functions that the change made, or made more, complex than a reader can hold."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged

_STEP: Final = 3  # branches more that are worth a warning where a function was too complex before


def complexity(change: Change) -> GateResult:
    """Compare the cyclomatic complexity of each function with what it was."""
    return judged("complexity", _grown(change))


def _grown(change: Change) -> Iterator[Finding]:
    gate, matching = change.gate("complexity"), change.matching
    remark, refuse = gate.number("complexity"), gate.number("very-complex")
    files = change.after_graph.files
    back = {new: old for old, new in matching.pairs.items()}
    for key, one in matching.after.items():
        value = one.symbol.complexity
        was = matching.before[back[key]].symbol.complexity if key in back else 0
        if value >= remark and value > was:
            name = key.partition("::")[2]
            message = f"{name} has a cyclomatic complexity of {value}" + (f", it was {was}" if was else "")
            severity = _severity(value, was, (remark, refuse), test=files[one.symbol.path].test)
            yield found(
                "complex-function", message, one.symbol.path, one.symbol.line, symbol=key, severity=severity,
                anchor=name, value=value, limit=remark,
            )  # fmt: skip


def _severity(value: int, was: int, limits: tuple[float, float], *, test: bool) -> Severity:
    """One branch more in what was complex already is a note, and so is a complex test."""
    remark, refuse = limits
    if test or (remark <= was and value - was < _STEP):
        return Severity.INFO
    return Severity.ERROR if value >= refuse and was < refuse else Severity.WARNING
