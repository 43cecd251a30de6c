"""A review as one JSON document."""

from dataclasses import asdict
from typing import Any

import msgspec

from codeagent import __version__
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.review import REVIEW_VERSION, Explained, FailOn, Impact, Remarks, Review


def as_json(review: Review, fail_on: FailOn) -> str:
    """Return the document, indented."""
    return msgspec.json.format(msgspec.json.encode(document(review, fail_on)), indent=2).decode()


def document(review: Review, fail_on: FailOn) -> dict[str, Any]:
    """Return the review as plain values; `exit_reason` is ok, findings or broken."""
    return {
        "schema_version": REVIEW_VERSION,
        "tool": {"name": "codeagent", "version": __version__},
        "base": review.base,
        "head": review.head,
        "summary": summary(review),
        "symbols": [asdict(one) for one in review.symbols],
        "surface": [asdict(one) for one in review.surface],
        "impact": _impact(review.impact),
        "untested": [asdict(one) for one in review.untested],
        "refactorings": _explained(review.explained),
        "findings": [_finding(one) for one in review.findings],
        "existing": [_finding(one) for one in review.existing],
        "fixed": [_finding(one) for one in review.fixed],
        "waived": [
            {"finding": _finding(one.finding), "reason": one.reason, "note": one.note, "origin": one.origin}
            for one in review.verdict.waived
        ],
        "gates": [
            {
                "gate": one.gate,
                "status": str(one.status),
                "required": one.required,
                "reason": one.reason,
                "new": len(one.findings),
                "existing": len(one.existing),
                "seconds": one.seconds,
                "facts": dict(one.facts),
            }
            for one in review.verdict.results
        ],
        "risk": asdict(review.risk),
        "reviewers": [asdict(one) for one in review.reviewers],
        "remarks": _remarks(review.remarks),
        "usage": dict(review.remarks.usage) if review.remarks else None,
        "notes": list(review.verdict.notes),
        "seconds": dict(review.seconds),
        "exit_reason": exit_reason(review, fail_on),
    }


def summary(review: Review) -> dict[str, Any]:
    """Return the counts of a review."""
    by_severity = {str(level): sum(one.severity is level for one in review.findings) for level in Severity}
    return {
        "files": review.files,
        "added": review.added,
        "deleted": review.deleted,
        "new": len(review.findings),
        "by_severity": by_severity,
        "fixed": len(review.fixed),
        "existing": len(review.existing),
        "symbols": len(review.symbols),
        "breaking": sum(one.breaking for one in review.surface),
        "untested": len(review.untested),
        "explained": round(review.explained.share, 4),
        "risk": review.risk.level,
    }


def exit_reason(review: Review, fail_on: FailOn) -> str:
    """Return why the command ends as it does: ok, findings, or broken where a required gate could not judge."""
    if not review.fails(fail_on):
        return "ok"
    return "broken" if review.broken else "findings"


def _impact(impact: Impact) -> dict[str, Any]:
    return {
        "files": list(impact.files),
        "symbols": [asdict(one) for one in impact.symbols],
        "tests": [asdict(one) for one in impact.tests],
        "symbol_count": impact.symbol_count,
        "test_count": impact.test_count,
    }


def _explained(explained: Explained) -> dict[str, Any]:
    return {
        "found": [asdict(one) for one in explained.refactorings],
        "hunks": [asdict(hunk) | {"explained_by": list(by)} for hunk, by in explained.hunks],
        "explained_lines": explained.lines,
        "changed_lines": explained.of_lines,
        "changed_hunks": explained.of_hunks,
        "share": round(explained.share, 4),
    }


def _remarks(remarks: Remarks | None) -> dict[str, Any] | None:
    if remarks is None:
        return None
    return {
        "model": remarks.model,
        "kept": [one.fingerprint for one in remarks.kept],
        "dropped": dict(remarks.dropped),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {key: value for key, value in asdict(finding).items() if value not in (None, ())}
