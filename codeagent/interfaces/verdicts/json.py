"""A verdict as one JSON document."""

from dataclasses import asdict
from typing import Any

import msgspec

from codeagent import __version__
from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult, Verdict

SCHEMA_VERSION = 1


def as_json(verdict: Verdict) -> str:
    """Return the document, indented."""
    return msgspec.json.format(msgspec.json.encode(document(verdict)), indent=2).decode()


def document(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as plain values; `verdict` is `ok` or `blocked`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "codeagent", "version": __version__},
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
