"""complex-function: functions with more decisions than a reader can hold."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.subject import Subject, finding

RULE = "complex-function"


def complexity(subject: Subject) -> Iterator[Finding]:
    """Find product functions at or over the limit of cyclomatic complexity."""
    limit = subject.limit(RULE, "complexity")
    worse = subject.limit(RULE, "very-complex")
    for symbol in subject.tables.symbols:
        if symbol.complexity >= limit and subject.product(symbol.path):
            severity = Severity.WARNING if symbol.complexity >= worse else Severity.INFO
            name = symbol.id.partition("::")[2]
            message = f"{name} has a cyclomatic complexity of {symbol.complexity}"
            yield finding(
                RULE,
                severity,
                message,
                symbol.path,
                symbol.line,
                symbol.id,
                end_line=symbol.end_line,
                value=symbol.complexity,
                limit=limit,
            )
