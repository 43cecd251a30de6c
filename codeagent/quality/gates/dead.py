"""dead: definitions whose last use a change took away, wherever they are, and new private ones that nothing uses."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import ABSTRACT, DECORATED, EXPORTED, OVERRIDE, TEST
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.graph.spelling import StartingOn
from codeagent.languages import BY_NAME
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.inheriting import answers_to_others
from codeagent.quality.gates.losing import Losing
from codeagent.quality.gates.using import Uses

_KINDS: Final = ("function", "method", "class")
_LANGUAGES: Final = frozenset(("python", "javascript", "typescript", "tsx", "go", "rust", "java"))


def dead(change: Change) -> GateResult:
    """Ask what references were taken away, and whether others lead where those did."""
    return judged("dead", _unused(change))


def _unused(change: Change) -> Iterator[Finding]:
    losing = Losing(change)
    lost = {key: old for old, key in _lost(change, losing)}
    fresh = {one.symbol.id: None for one in change.matching.fresh if _is_own(one.symbol)}
    told = {one.id: one for key in (*lost, *fresh) if (one := _symbol(change, key)) and _is_told(change, one)}
    uses = Uses(change, {key: lost.get(key) for key in told}, losing.gained)
    for key, symbol in told.items():
        if not uses.is_used(key) and not answers_to_others(change.after_graph, symbol):
            why = "any more" if key in lost else "yet"
            severity = Severity.ERROR if _is_own(symbol) else Severity.WARNING
            message = f"nothing uses {key.partition('::')[2]} {why}: use it, or take it out"
            yield found("unused", message, symbol.path, symbol.line, symbol=key, severity=severity, anchor=symbol.name)


def _lost(change: Change, losing: Losing) -> Iterator[tuple[str, str]]:
    """The definitions that a reference led to which is gone: what each was, and what it is now."""
    graph, pairs, gone = change.before_graph, change.matching.pairs, change.matching.before
    for path, starts in losing.lost():
        links = graph.asked(path, StartingOn(starts))
        rows = zip(links.edges[0::5], links.edges[3::5], strict=True)
        for old in sorted({links.targets[target] for start, target in rows if start in starts}):
            if old in pairs or old not in gone:
                yield old, pairs.get(old, old)


def _symbol(change: Change, key: str) -> Symbol | None:
    graph, path = change.after_graph, key.partition("::")[0]
    if path not in graph.files or not graph.has_facts(path):
        return None
    return next((symbol for symbol in graph.symbols(path) if symbol.id == key), None)


def _is_own(symbol: Symbol) -> bool:
    return symbol.kind == "function" and symbol.name.startswith("_")


def _is_told(change: Change, symbol: Symbol) -> bool:
    graph = change.after_graph
    file = graph.files[symbol.path]
    if symbol.kind not in _KINDS or file.test or symbol.name.startswith("__"):
        return False
    if file.language not in _LANGUAGES or symbol.flags & (ABSTRACT | OVERRIDE | TEST | DECORATED):
        return False
    if symbol.kind == "method" and symbol.flags & EXPORTED and BY_NAME[file.language].scoping.structural_interfaces:
        return False  # an interface from anywhere may want it
    exports = graph.facts(symbol.path).exports
    return exports is None or symbol.name not in exports
