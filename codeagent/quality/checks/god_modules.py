"""god-module: files that hold so much, for so many, that everybody must know them."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.subject import Subject, finding

RULE = "god-module"
COUNTED = frozenset((
    "class", "interface", "enum", "struct", "trait", "function", "method", "constructor", "property", "macro",
    "object",
))  # fmt: skip


def god_modules(subject: Subject) -> Iterator[Finding]:
    """Find product files that are long, define much, and are used from many places, all three at once."""
    tables = subject.tables
    users: dict[int, set[int]] = {}
    for source, target in subject.imports.uses:
        users.setdefault(target, set()).add(source)
    lines = subject.limit(RULE, "code-lines")
    for file, path in enumerate(tables.paths):
        record = tables.graph.files[path]
        if record.code_lines < lines or not subject.product(path):
            continue
        defined = sum(tables.symbols[n].kind in COUNTED for n in tables.of_file(file))
        importers = len(users.get(file, ()))
        if defined >= subject.limit(RULE, "symbols") and importers >= subject.limit(RULE, "users"):
            message = (
                f"{record.code_lines} lines of code with {defined} functions and types, used by {importers} other files"
            )
            yield finding(RULE, Severity.WARNING, message, path, 1, path, value=record.code_lines, limit=lines)
