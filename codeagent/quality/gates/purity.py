"""purity: a change that says it only refactors keeps its surface and tests, and in Python what functions do."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.graph.tables import is_parsed
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged, skipped
from codeagent.quality.gates.overriding import wrong_overrides
from codeagent.quality.gates.structure import Structure

_COMPARED: Final = "python"  # whose functions are compared word by word
_SURFACE: Final = frozenset(("function", "class", "method", "interface", "struct", "trait", "enum"))


def purity(change: Change) -> GateResult:
    """Compare what a refactoring must keep; skipped where nobody says that the change is one."""
    if not change.claims.refactor:
        return skipped("purity", "the change does not say that it only refactors (--refactor)")
    structure = Structure(change)
    findings = [*_lost(change), *structure.findings(), *wrong_overrides(change, structure.before, structure.after)]
    alone = _judged_by_surface(change)
    result = judged("purity", {(one.path, one.line, one.fingerprint): one for one in findings}.values())
    return replace(result, reason=_limits(alone), facts={"surface_alone": alone})


def _judged_by_surface(change: Change) -> list[str]:
    """The languages of the change whose functions were not compared: their names alone were."""
    found_ = set()
    for side, definitions in (
        (change.before_graph, change.matching.before),
        (change.after_graph, change.matching.after),
    ):
        found_ |= {side.files[one.symbol.path].language for one in definitions.values()}
    return sorted(name for name in found_ if name != _COMPARED and is_parsed(name))


def _limits(alone: list[str]) -> str:
    if not alone:
        return ""
    return f"of {', '.join(alone)}, judged were public names, overrides and tests by name, not what functions do"


def _lost(change: Change) -> Iterator[Finding]:
    """Tests and public names that are no more."""
    files = change.before_graph.files
    for one in change.matching.gone:
        symbol = one.symbol
        if symbol.path in files and files[symbol.path].test and symbol.name.lower().startswith("test"):
            yield found("test-lost", f"the test {_name(symbol)} is no more", symbol.path, symbol.line, symbol=symbol.id)
        elif symbol.kind in _SURFACE and _is_public(symbol):
            message = f"the public {symbol.kind} {_name(symbol)} is no more"
            yield found(
                "public-surface", message, symbol.path, symbol.line, symbol=symbol.id, severity=Severity.WARNING
            )


def _is_public(symbol: Symbol) -> bool:
    return not any(part.startswith("_") for part in _name(symbol).split("."))


def _name(symbol: Symbol) -> str:
    return symbol.id.partition("::")[2]
