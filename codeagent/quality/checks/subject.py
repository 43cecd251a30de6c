"""What every check gets to see: the graph laid out, the limits in force, and what the report knows besides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, Severity, fingerprint
from codeagent.graph.cycles import Circle, FileImports
from codeagent.graph.tables import Tables
from codeagent.languages import declares


@dataclass(frozen=True, slots=True)
class Subject:
    """A repository under check.

    `entries` are symbol ids that something outside the code starts; `published` are folders whose
    public names belong to other people ("" for the whole tree); `aside` are paths of examples,
    documentation and the like."""

    tables: Tables
    limits: Mapping[str, Mapping[str, float]]
    imports: FileImports
    circles: Collection[Circle]
    entries: frozenset[str] = frozenset()
    published: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    contents: Mapping[str, bytes] = field(default_factory=dict)  # read so far, by path

    def limit(self, rule: str, name: str) -> float:
        """Return a threshold; a missing one never speaks."""
        return self.limits.get(rule, {}).get(name, float("inf"))

    def product(self, path: str) -> bool:
        """Tell whether a file is neither a test nor an example, nor a stub of code that is elsewhere."""
        return not self.tables.graph.files[path].test and path not in self.aside and not declares(path)


def finding(
    rule: str,
    severity: Severity,
    message: str,
    path: str,
    line: int,
    symbol: str | None,
    *,
    certainty: Certainty = Certainty.EXACT,
    anchor: str = "",
    end_line: int | None = None,
    value: float | None = None,
    limit: float | None = None,
    related: tuple[tuple[str, int], ...] = (),
) -> Finding:
    """Make a finding with its fingerprint."""
    mark = fingerprint(rule, path, symbol, anchor)
    return Finding(rule, severity, message, path, line, symbol, mark, certainty, end_line, value, limit, related)
