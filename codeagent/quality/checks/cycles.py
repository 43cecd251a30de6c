"""import-cycle: files that import each other in a circle."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.subject import Subject, finding

RULE = "import-cycle"
SHOWN = 5
WHEN = {"load": " when modules load", "deferred": " only through deferred or type-only imports", "": ""}


def cycles(subject: Subject) -> Iterator[Finding]:
    """Report each circle once, at the import that is cheapest to cut."""
    tables = subject.tables
    for circle in subject.circles:
        paths = [tables.paths[file] for file in circle.files]
        if len(paths) < subject.limit(RULE, "files") or not any(subject.product(path) for path in paths):
            continue
        source, target = (tables.paths[file] for file in circle.cut)
        line = tables.graph.place(source, subject.imports.places[circle.cut], subject.imports.places[circle.cut]).line
        big = len(paths) >= subject.limit(RULE, "many") and circle.when == "load"
        trip = " → ".join(
            [*(tables.paths[f] for f in circle.path[:SHOWN]), *(["…"] if len(circle.path) > SHOWN else [])]
        )
        when = WHEN[circle.when]
        message = (
            f"{len(paths)} files import each other in a circle{when}: {trip}; cheapest to cut: {source} → {target}"
        )
        yield finding(
            RULE,
            Severity.WARNING if big else Severity.INFO,
            message,
            source,
            line,
            source,
            anchor="\n".join(paths),
            value=len(paths),
            limit=subject.limit(RULE, "files"),
            related=tuple((path, 1) for path in paths[:SHOWN] if path != source),
        )
