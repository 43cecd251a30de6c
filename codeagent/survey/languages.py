"""Languages and sizes, and what was left out and why."""

from collections.abc import Iterable, Mapping

from codeagent.domain.report import LanguageShare, Skipped
from codeagent.graph.records import FileRecord
from codeagent.graph.tables import is_code


def languages(files: Mapping[str, FileRecord]) -> tuple[LanguageShare, ...]:
    """Return each language's part of the lines of code, code before data, the biggest first."""
    rows: dict[str, list[int]] = {}
    for record in files.values():
        row = rows.setdefault(record.language, [0, 0, 0, 0])
        row[0] += 1
        row[1] += record.test
        row[2] += record.lines
        row[3] += record.code_lines
    total = sum(row[3] for name, row in rows.items() if is_code(name)) or 1
    ordered = sorted(rows, key=lambda name: (not is_code(name), -rows[name][3], name))
    return tuple(
        LanguageShare(name, files, trials, lines, code, round(code / total, 4) if is_code(name) else 0.0)
        for name, (files, trials, lines, code) in ((name, rows[name]) for name in ordered)
    )


def skipped(reasons: Mapping[str, Iterable[str]]) -> tuple[Skipped, ...]:
    """Return what was left out, the commonest reason first."""
    found = [
        Skipped(reason, len(paths), tuple(paths[:5])) for reason, given in reasons.items() if (paths := sorted(given))
    ]
    return tuple(sorted(found, key=lambda s: (-s.count, s.reason)))
