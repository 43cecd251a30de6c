"""dead: definitions that were used before the change and are not any more, and new ones that nothing uses."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import ABSTRACT, DECORATED, OVERRIDE, TEST
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.graph.records import FileRecord
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.using import Uses

_KINDS: Final = ("function", "method", "class")
_LANGUAGES: Final = frozenset(("python", "javascript", "typescript", "tsx", "go", "rust", "java"))


def dead(change: Change) -> GateResult:
    """Count the references to the definitions of changed files, on both sides."""
    return judged("dead", _unused(change))


def _unused(change: Change) -> Iterator[Finding]:
    matching, files = change.matching, change.after_graph.files
    back = {new: old for old, new in matching.pairs.items()}
    told = [one for one in matching.after.values() if _is_told(change, one.symbol, files[one.symbol.path])]
    uses = Uses(change, {key: back.get(key) for one in told if (key := one.symbol.id)})
    for one in told:
        symbol, key = one.symbol, one.symbol.id
        old, private = back.get(key), symbol.name.startswith("_")
        was_used = old is not None and uses.was_used(old)
        if (was_used or (old is None and private and symbol.kind == "function")) and not uses.is_used(key):
            why = "any more" if was_used else "yet"
            severity = Severity.ERROR if private and symbol.kind == "function" else Severity.WARNING
            message = f"nothing uses {key.partition('::')[2]} {why}: use it, or take it out"
            yield found("unused", message, symbol.path, symbol.line, symbol=key, severity=severity, anchor=symbol.name)


def _is_told(change: Change, symbol: Symbol, file: FileRecord) -> bool:
    if symbol.kind not in _KINDS or file.test or symbol.name.startswith("__"):
        return False
    if file.language not in _LANGUAGES or symbol.flags & (ABSTRACT | OVERRIDE | TEST | DECORATED):
        return False
    exports = change.after_graph.facts(symbol.path).exports
    return exports is None or symbol.name not in exports
