"""Refactorings as `Tool` values: each proposes and proves a change, tells it as a diff, and writes nothing."""

from collections.abc import Mapping
from typing import Any, Final

from codeagent.domain.counting import counted
from codeagent.domain.errors import Refused
from codeagent.domain.printable import printable
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.graph.graph import CodeGraph
from codeagent.project import Project
from codeagent.refactorings import OPERATIONS, Entry, load_operation
from codeagent.tools.asking import current
from codeagent.tools.declaring import Parameter, arguments_of, parameters_of, respoken_parameter, schema_of
from codeagent.tools.telling import bounded, head, short, spoken
from codeagent.workflows.proposal import BUCKETS, proposal_document, refusal_document, summary
from codeagent.workflows.refactor import refactor

_ACCEPT: Final = "accept_unresolved"
_LINES: Final = 400
_OWN: Final = (
    Parameter(_ACCEPT, bool, "Leave occurrences that cannot be resolved as they are.", False, _ACCEPT),
    Parameter("limit", int, "At most so many lines of the diff are told.", _LINES, "limit"),
)


def proposals(project: Project) -> dict[str, Tool]:
    """Return every refactoring as a tool that proposes it, in the order of the registry."""
    tools = [_tool(project, operation, entry) for operation, entry in OPERATIONS.items()]
    return {tool.name: tool for tool in tools}


def tool_name(operation: str) -> str:
    """Return the name of the tool that proposes an operation."""
    return f"propose_{operation.replace('-', '_')}"


def _tool(project: Project, operation: str, entry: Entry) -> Tool:
    name = tool_name(operation)
    parameters = parameters_of(load_operation(operation), _OWN)

    def run(given: Mapping[str, Any]) -> ToolResult:
        arguments = arguments_of(name, parameters, given)
        accept, lines = arguments.pop(_ACCEPT), arguments.pop("limit")
        return current(project, lambda graph: _proposed(graph, operation, arguments, accept, lines))

    summary = f"Propose, write nothing: {entry.summary}"
    return Tool(name, Effect.PROPOSE, summary, schema_of(map(respoken_parameter, parameters)), run, _RETURNS)


def _proposed(graph: CodeGraph, operation: str, arguments: Mapping[str, Any], accept: bool, lines: int) -> ToolResult:
    try:
        done = refactor(graph, operation, arguments, accept_unresolved=accept)
    except Refused as refusal:
        said = refusal_document(operation, graph, refusal)
        said["refused"] = {key: spoken(text) for key, text in said["refused"].items()}
        text = f"refused: {said['refused']['reason']}\nhint: {said['refused']['hint']}"
        return ToolResult(printable(text), _document(said, ""), refused=True)
    said = proposal_document(done, applied=False, place=graph.place)
    diff, left = head(said["diff"], lines)
    told = [*summary(done, applied=False, place=graph.place)]
    told += [f"… {counted(left, 'more line')} of the diff; ask with limit={lines + left}"] if left else []
    text = bounded(printable("\n".join([*told, diff])), "ask for less at once")
    return ToolResult(text, _document(said, diff) | {"left_out": left})


def _document(said: Mapping[str, Any], diff: str) -> dict[str, Any]:
    whole = {"title": "", "safety": "", "notes": [], "left_out": 0} | dict(said)
    told = {key: short(value) for key, value in whole.items() if key in _RETURNS["properties"]}
    return told | {"diff": short(diff, len(diff))}


_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_PLACE: Final = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "why": {"type": "string"},
    },
    "required": ["path", "line", "column", "why"],
    "additionalProperties": False,
}
_BUCKET: Final = {
    "type": "object",
    "properties": {"count": {"type": "integer"}, "places": {"type": "array", "items": _PLACE}},
    "required": ["count", "places"],
    "additionalProperties": False,
}
_RETURNS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "operation": {"type": "string"},
        "title": {"type": "string"},
        "safety": {"type": "string", "enum": ["", "safe", "review"]},
        "files": _TEXTS,
        "diff": {"type": "string"},
        "left_out": {"type": "integer", "description": "How many lines of the diff the limit cut off."},
        "occurrences": {
            "type": "object",
            "properties": dict.fromkeys(BUCKETS, _BUCKET),
            "required": list(BUCKETS),
            "additionalProperties": False,
        },
        "refused": {
            "type": ["object", "null"],
            "properties": {"reason": {"type": "string"}, "hint": {"type": "string"}},
            "required": ["reason", "hint"],
        },
        "proof": {"type": ["object", "null"]},
        "notes": _TEXTS,
    },
    "required": ["operation", "title", "safety", "files", "diff", "left_out", "occurrences", "refused", "notes"],
    "additionalProperties": False,
}
