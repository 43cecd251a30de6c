"""A verdict as a document of plain values."""

from dataclasses import asdict
from typing import Any

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult, Verdict


def document(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as plain values; `verdict` is `ok` or `blocked`."""
    return {
        "verdict": "ok" if verdict.ok else "blocked",
        "base": verdict.base,
        "results": [_result(result) for result in verdict.results],
        "waived": [
            {"finding": _finding(one.finding), "reason": one.reason, "note": one.note, "origin": one.origin}
            for one in verdict.waived
        ],
        "notes": list(verdict.notes),
    }


def _result(result: GateResult) -> dict[str, Any]:
    return {
        "gate": result.gate,
        "status": str(result.status),
        "required": result.required,
        "reason": result.reason,
        "findings": [_finding(one) for one in result.findings],
        "existing": [_finding(one) for one in result.existing],
        "seconds": result.seconds,
        "command": list(result.command),
        "log": result.log,
        "facts": dict(result.facts),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {key: value for key, value in asdict(finding).items() if value not in (None, ())}
