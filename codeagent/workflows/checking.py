"""`check` as a `Tool` value: the verdict of the fast gates on the files on disk, on a diff, or on a proposal."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.events import Progress
from codeagent.domain.finding import Finding
from codeagent.domain.printable import one_line
from codeagent.domain.quality import GateResult, Status, Verdict
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.graph.graph import CodeGraph
from codeagent.project import Project
from codeagent.quality.gates.document import document
from codeagent.refactorings import OPERATIONS, load_operation
from codeagent.tools.asking import current
from codeagent.tools.declaring import DOCUMENT, arguments_of, parameters_of, schema_of
from codeagent.tools.telling import bounded, short, spoken
from codeagent.workflows.gate import Request, gate
from codeagent.workflows.refactor import refactor

_SHOWN: Final = 30  # findings of one gate


def _wanted(
    project: Project,
    *,
    patch: Annotated[str, "A unified diff of the files on disk, to be judged without being written.", DOCUMENT] = "",
    operation: Annotated[str, "Instead: a refactoring, such as rename, whose proposal is judged."] = "",
    arguments: Annotated[dict[str, Any] | None, "The arguments of that refactoring."] = None,
    accept_unresolved: Annotated[bool, "Leave occurrences that cannot be resolved as they are."] = False,
) -> bytes | None:
    """Judge the files on disk, a diff, or a proposed refactoring by the fast gates: no tests, no network."""
    if patch and operation:
        raise UsageError("name the change once", "one of patch and operation; neither: the files on disk")
    if not operation:
        return patch.encode("utf-8", "surrogateescape") or None
    name = operation.removeprefix("propose_").replace("_", "-")
    if name not in OPERATIONS:
        raise UsageError(f"no such operation: {one_line(operation)[:80]}", f"one of: {', '.join(OPERATIONS)}")
    own = arguments_of(operation, parameters_of(load_operation(name)), arguments or {})
    done = refactor(project.graph, name, own, accept_unresolved=accept_unresolved)
    return done.diff.encode("utf-8", "surrogateescape")


def checks(project: Project) -> dict[str, Tool]:
    """Return `check`."""
    parameters = parameters_of(_wanted)

    def run(given: Mapping[str, Any]) -> ToolResult:
        arguments = arguments_of("check", parameters, given)

        def judged(graph: CodeGraph) -> ToolResult:
            try:
                return _told(_judged(project, _wanted(project, **arguments)))
            except Refused as refusal:
                return _refused(refusal)

        return current(project, judged)

    summary = (_wanted.__doc__ or "").splitlines()[0]
    return {"check": Tool("check", Effect.READ, summary, schema_of(parameters), run, _RETURNS)}


def _judged(project: Project, patch: bytes | None) -> Verdict:
    def say(name: str, done: int, total: int) -> None:
        project.emit(Progress("gates", done, total, name))

    return gate(project.root, Request(patch=patch, fast=True), project.config, say)


def _refused(refusal: Refused) -> ToolResult:
    text = f"refused: {spoken(refusal.message)}\nhint: {spoken(refusal.hint)}"
    return ToolResult(text, {"verdict": "refused", "base": "", "results": [], "notes": [text]}, refused=True)


def _told(verdict: Verdict) -> ToolResult:
    said = document(verdict)
    data = {key: short(said[key]) for key in ("verdict", "base", "notes")}
    data["results"] = [_result(one) for one in said["results"]]
    lines = [f"{said['verdict']}, against {one_line(verdict.base)}"]
    lines += [line for result in verdict.results for line in _lines(result)]
    lines += [f"note: {one_line(note)}" for note in verdict.notes]
    return ToolResult(bounded("\n".join(lines), "correct these first"), data)


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    """One gate's result without what only says how it was found."""
    found = {key: short(list(result[key][:_SHOWN])) for key in ("findings", "existing")}
    counts = {"new": len(result["findings"]), "old": len(result["existing"])}
    return {key: short(result[key]) for key in ("gate", "status", "required", "reason")} | found | counts


def _lines(result: GateResult) -> Iterator[str]:
    if result.status is Status.SKIPPED:
        return
    reason = f": {one_line(result.reason)}" if result.reason else ""
    must = "" if result.required else " (not required)"
    old = f", {len(result.existing)} old" if result.existing else ""
    new = f"{len(result.findings)} new{old}" if result.findings or old else "nothing found"
    yield f"{result.gate} {result.status}{must}{reason}, {new}"
    for finding in result.findings[:_SHOWN]:
        yield _finding(finding)
    if len(result.findings) > _SHOWN:
        yield f"  … {len(result.findings) - _SHOWN} more"


def _finding(finding: Finding) -> str:
    return "  " + one_line(f"{finding.path}:{finding.line}: {finding.severity} [{finding.rule}] {finding.message}")


_TEXT: Final = {"type": "string"}
_FINDINGS: Final = {"type": "array", "items": {"type": "object", "required": ["rule", "message"]}}
_RETURNS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["ok", "blocked", "refused"]},
        "base": _TEXT,
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "gate": _TEXT,
                    "status": {"type": "string", "enum": [str(one) for one in Status]},
                    "required": {"type": "boolean"},
                    "reason": _TEXT,
                    "findings": _FINDINGS,
                    "existing": _FINDINGS,
                    "new": {"type": "integer"},
                    "old": {"type": "integer"},
                },
                "required": ["gate", "status", "required", "reason", "findings", "existing", "new", "old"],
                "additionalProperties": False,
            },
        },
        "notes": {"type": "array", "items": _TEXT},
    },
    "required": ["verdict", "base", "results", "notes"],
    "additionalProperties": False,
}
