"""honesty: a commit or pull request text that names files, tests or symbols which the change does not touch."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged, skipped

_PATH: Final = re.compile(r"(?<![\w/:.@-])(?:[\w.-]+/)+[\w-]+\.[A-Za-z][\w]{0,5}\b")
_TEST: Final = re.compile(r"\btest_\w+\b(?!\.\w|/)")
_QUOTED: Final = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\))?`")
TEXT: Final = "COMMIT_MESSAGE"


def honesty(change: Change) -> GateResult:
    """Look for everything that the text names in the paths and in the lines that changed."""
    if change.claims.message is None:
        return skipped("honesty", "no text came with the change (--message)")
    return judged("honesty", _unfounded(change, change.claims.message))


def _unfounded(change: Change, text: str) -> Iterator[Finding]:
    touched = change.touched
    lines = _changed_text(change)
    for number, row in enumerate(text.splitlines(), 1):
        if row.startswith("#"):
            continue
        for path in _PATH.findall(row):
            if not any(one == path or one.endswith(f"/{path}") for one in touched):
                yield found("unfounded-claim", f"the text names {path}, which the change does not touch", TEXT, number)
        for test in _TEST.findall(row):
            if test not in lines and not any(test in one for one in touched):
                yield found(
                    "unfounded-claim", f"the text names the test {test}, which is not in the change", TEXT, number
                )
        for name in _QUOTED.findall(row):
            last = name.rpartition(".")[2]
            if not last.startswith("test_") and last not in lines and not any(last in one for one in touched):
                message = f"the text names {name}, which no changed line holds"
                yield found("unfounded-name", message, TEXT, number, severity=Severity.WARNING)


def _changed_text(change: Change) -> str:
    """The lines that went and came, and the names of definitions around them."""
    parts = []
    for file in change.files:
        for source, spans in (
            (change.source_before(file.path), file.old_lines),
            (change.source_after(file.path), file.new_lines),
        ):
            rows = source.decode("utf-8", "replace").splitlines()
            parts += [row for first, last in spans for row in rows[first - 1 : last]]
    changed = (one for one in change.matching.after.values() if one.symbol.path in change.by_path)
    parts += [
        one.symbol.name for one in changed if _overlaps(change, one.symbol.path, one.symbol.line, one.symbol.end_line)
    ]
    return "\n".join(parts)


def _overlaps(change: Change, path: str, line: int, end: int) -> bool:
    return any(first <= end and last >= line for first, last in change.by_path[path].new_lines)
