"""The finding about a value of a function, a class or a module that nothing reads."""

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.subject import Subject, finding

RULE = "unused-value"


def found(
    subject: Subject, path: str, kind: str, name: str, start: int, within: int, certainty: Certainty, owner: str = ""
) -> Finding:
    """Make it; `within` is the number of what holds the name, `owner` what is said instead of that."""
    tables = subject.tables
    symbol = tables.symbols[within]
    line = tables.graph.place(path, start, start).line
    said = ".".join(filter(None, (owner or symbol.id.partition("::")[2], name)))
    message = f"nothing reads the {kind} {said}"
    return finding(RULE, Severity.INFO, message, path, line, symbol.id, certainty=certainty, anchor=said)
