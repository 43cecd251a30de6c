"""dead: definitions that were used before the change and are not any more, and new ones that nothing uses."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import ABSTRACT, DECORATED, OVERRIDE, TEST
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.graph.graph import CodeGraph
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged

_KINDS: Final = ("function", "method", "class")
_LANGUAGES: Final = frozenset(("python", "javascript", "typescript", "tsx", "go", "rust", "java"))


def dead(change: Change) -> GateResult:
    """Count the references to the definitions of changed files, on both sides."""
    return judged("dead", _unused(change))


def _unused(change: Change) -> Iterator[Finding]:
    matching, files = change.matching, change.after_graph.files
    before, after = uses(change.before_graph), uses(change.after_graph)
    back = {new: old for old, new in matching.pairs.items()}
    for key, one in matching.after.items():
        symbol = one.symbol
        name = symbol.name
        if symbol.kind not in _KINDS or after[key] or files[symbol.path].test or name.startswith("__"):
            continue
        if files[symbol.path].language not in _LANGUAGES or symbol.flags & (ABSTRACT | OVERRIDE | TEST | DECORATED):
            continue
        facts = change.after_graph.facts(symbol.path)
        if facts.exports is not None and name in facts.exports:
            continue
        old = back.get(key)
        was_used = old is not None and bool(before[old])
        private = name.startswith("_")
        if was_used or (old is None and private and symbol.kind == "function"):
            why = "any more" if was_used else "yet"
            severity = Severity.ERROR if private and symbol.kind == "function" else Severity.WARNING
            message = f"nothing uses {key.partition('::')[2]} {why}: use it, or take it out"
            yield found("unused", message, symbol.path, symbol.line, symbol=key, severity=severity, anchor=name)


def uses(graph: CodeGraph) -> "Counter[str]":
    """Return how often each symbol is referred to, by id."""
    found_: Counter[str] = Counter()
    for _, links in graph.all_links():
        counts = Counter(links.edges[3::5])
        for number, count in counts.items():
            found_[links.targets[number]] += count
    return found_
