"""What a refactoring would do, told: as a document of plain values, and as lines for people."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Final

from codeagent.domain.code import Place
from codeagent.domain.errors import Refused, Stale
from codeagent.graph.graph import CodeGraph
from codeagent.refactorings.refactoring import Accounting, Occurrence
from codeagent.workflows.refactor import Refactored, Unresolved

Placing = Callable[[str, int, int], Place]  # path and bytes to line and column
BUCKETS: Final = ("edited", "other", "text", "unresolved")
_SHOWN: Final = 20


def proposal_document(done: Refactored, *, applied: bool, place: Placing) -> dict[str, Any]:
    """Return what was proposed, or written; places are those before the change."""
    patch = done.proposal.patch
    return {
        "schema_version": 1,
        "operation": done.operation,
        "applied": applied,
        "title": patch.title,
        "safety": str(patch.safety),
        "files": list(patch.touched),
        "diff": done.diff,
        "occurrences": _occurrences(done.proposal.occurrences, place),
        "refused": None,
        "proof": asdict(done.proof),
        "notes": list(done.proposal.notes),
        "exit_reason": "ok",
    }


def refusal_document(operation: str, graph: CodeGraph, refusal: Refused | Stale) -> dict[str, Any]:
    """Return a refusal in the same keys."""
    accounting = refusal.accounting if isinstance(refusal, Unresolved) else Accounting()
    return {
        "schema_version": 1,
        "operation": operation,
        "applied": False,
        "title": "",
        "safety": "",
        "files": [],
        "diff": "",
        "occurrences": _occurrences(accounting, graph.place),
        "refused": {"reason": refusal.message, "hint": refusal.hint},
        "proof": None,
        "notes": [],
        "exit_reason": "refused",
    }


def _occurrences(accounting: Accounting, place: Placing) -> dict[str, Any]:
    return {
        bucket: {"count": len(found), "places": [_shown(one, place) for one in found]}
        for bucket in BUCKETS
        for found in (getattr(accounting, bucket),)
    }


def _shown(one: Occurrence, place: Placing) -> dict[str, Any]:
    where = place(one.path, one.start, one.end)
    return {"path": where.path, "line": where.line, "column": where.column, "why": one.why}


def summary(done: Refactored, *, applied: bool, place: Placing) -> Iterator[str]:
    """Yield lines for people: what was changed, what was left and why, and what was proven."""
    patch, accounting = done.proposal.patch, done.proposal.occurrences
    files = len(patch.touched)
    verb = "written" if applied else "proposed"
    counts = ", ".join(f"{len(getattr(accounting, bucket))} {bucket}" for bucket in BUCKETS)
    yield f"{verb}: {patch.title} · {files} {'file' if files == 1 else 'files'} · occurrences: {counts}"
    for one in accounting.unresolved[:_SHOWN]:
        where = place(one.path, one.start, one.end)
        yield f"  left as it is: {where.path}:{where.line}:{where.column} ({one.why})"
    parse = "1 file parses" if done.proof.parsed == 1 else f"{done.proof.parsed} files parse"
    yield f"proof: {parse}, bindings {done.proof.bindings}, bytes {done.proof.bytes}"
    yield from done.proposal.notes
