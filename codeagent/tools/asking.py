"""The verbs of the table as `Tool` values: a question of the graph as it is now, its answer bounded."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from codeagent.domain.errors import Stale, UsageError
from codeagent.domain.tool import Answer, Effect, Tool, ToolEntry, ToolResult
from codeagent.graph.graph import CodeGraph
from codeagent.project import Project
from codeagent.tools import TOOLS, load_tool
from codeagent.tools.declaring import Parameter, arguments_of, parameters_of, respoken_parameter, schema_of, type_schema
from codeagent.tools.telling import LONGEST, bounded, respoken, short, spoken
from codeagent.tools.wording import as_text

_MOST: Final = 100  # results, where the caller names no limit
_LINES: Final = 400  # lines of source
_COUNTED: Final = 1000  # results beyond the limit that are still counted
_LIMIT: Final = Parameter("limit", int, "At most so many results.", _MOST, "limit")
_HIT: Final[Mapping[str, Any]] = {
    "path": str,
    "line": int,
    "column": int,
    "end_line": int,
    "symbol": str,
    "kind": str,
    "certainty": str,
}


def questions(project: Project) -> dict[str, Tool]:
    """Return every verb that only answers, by its name as a tool, in the order of the table."""
    tools = [_tool(project, verb, entry) for verb, entry in TOOLS.items() if entry.effect is Effect.READ]
    return {tool.name: tool for tool in tools}


def _tool(project: Project, verb: str, entry: ToolEntry) -> Tool:
    function = load_tool(verb)
    own = tuple(_lower(one) for one in parameters_of(function))
    limited = any(one.name == "limit" for one in own)
    parameters = own if limited else (*own, _LIMIT)
    name = verb.replace("-", "_")

    def run(given: Mapping[str, Any]) -> ToolResult:
        arguments = arguments_of(name, parameters, given)
        most = None if limited else arguments.pop("limit")
        if most is not None and most < 1:
            raise UsageError(f"limit {most} makes no sense", "1 is the least")
        return current(project, lambda graph: _asked(verb, graph, function, arguments, most))

    summary = (function.__doc__ or entry.summary).splitlines()[0]
    return Tool(name, Effect.READ, summary, schema_of(map(respoken_parameter, parameters)), run, _returns(entry))


def _lower(one: Parameter) -> Parameter:
    """A verb's own limit, as low as it should be for somebody who reads every word of the answer."""
    if one.name != "limit":
        return one
    return replace(one, default=_LINES if one.default is None else min(one.default, _MOST))


def current(project: Project, ask: Callable[[CodeGraph], ToolResult]) -> ToolResult:
    """Return what `ask` makes of the graph of the files as they are now; once more where one changes meanwhile.

    Raises UsageError in the words of a caller of tools, and Stale where files keep changing."""
    try:
        try:
            return ask(project.current())
        except Stale:
            return ask(project.renew())
    except UsageError as error:
        raise respoken(error) from error


def _asked(
    verb: str, graph: CodeGraph, function: Callable[..., Answer], arguments: Mapping[str, Any], most: int | None
) -> ToolResult:
    answer = function(graph, **arguments)
    hits = list(islice(answer.results, most))
    left = sum(1 for _ in islice(answer.results, _COUNTED + 1)) if most is not None else 0
    notes = [spoken(note) for note in answer.notes] + _left_out(left, most or 0)
    text = bounded(as_text(verb, Answer(iter(hits), answer.empty)), "narrow the question")
    data = {
        "results": [short(hit.fields(), LONGEST if verb == "source" else 2000) for hit in hits],
        "note": "" if hits else answer.empty,
        "notes": notes,
        "left_out": left,
        "freshness": _freshness(graph),
    }
    return ToolResult("\n".join([text, *(f"… {note}" for note in notes)]), data)


def _left_out(left: int, most: int) -> list[str]:
    if not left:
        return []
    count = f"{_COUNTED} or more" if left > _COUNTED else str(left)
    return [f"{count} more; ask with limit={most + min(left, _COUNTED)}"]


def _freshness(graph: CodeGraph) -> dict[str, Any]:
    fresh = graph.freshness
    return {
        "revision": fresh.revision or "",
        "dirty": fresh.dirty,
        "files": fresh.files,
        "parse_errors": fresh.parse_errors,
    }


def _returns(entry: ToolEntry) -> dict[str, Any]:
    """The JSON schema of what a verb tells; a hit leaves out what does not apply to it."""
    hit = {name: type_schema(kind) for name, kind in {**_HIT, **entry.more}.items()}
    freshness = {"revision": str, "dirty": bool, "files": int, "parse_errors": int}
    properties = {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": hit,
                "required": sorted(name for name in entry.more if "null" not in hit[name].get("type", "")),
                "additionalProperties": False,
            },
        },
        "note": {"type": "string", "description": "What an empty answer means."},
        "notes": {"type": "array", "items": {"type": "string"}},
        "left_out": {"type": "integer", "description": "How many results the limit cut off."},
        "freshness": {
            "type": "object",
            "properties": {name: type_schema(kind) for name, kind in freshness.items()},
            "required": list(freshness),
            "additionalProperties": False,
        },
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
