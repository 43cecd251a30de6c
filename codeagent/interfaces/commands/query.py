"""`codeagent query VERB`: every tool that answers, as a command; derived from the table of tools."""

import inspect
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

from codeagent.config import load_config
from codeagent.domain.counting import counted
from codeagent.domain.tool import PIPED, Answer, Effect
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.interfaces.answers import write_json, write_jsonl
from codeagent.interfaces.options import RepoOption, root_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.signatures import command_of, option
from codeagent.interfaces.terminal import terminal_of, write_result
from codeagent.tools import TOOLS, load_tool
from codeagent.tools.wording import as_text


class Shape(StrEnum):
    """How answers are printed: for people, as one JSON document, or as one JSON object a line."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


class ToolGroup(TyperGroup):
    """The verbs; the module of one is imported when it is asked for."""

    def __init__(self, **attributes: Any) -> None:
        attributes["commands"] = {
            verb: TyperCommand(verb, help=entry.summary, short_help=entry.summary)
            for verb, entry in TOOLS.items()
            if entry.effect is Effect.READ
        }
        super().__init__(**attributes)

    def verb(self, name: str) -> Any:
        """Return the parser of one verb, whose module is imported for that."""
        return _command(name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the verb that `args` name, and make its command."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub and name and _command(name), rest


command = typer.Typer(
    cls=ToolGroup,
    no_args_is_help=True,
    add_completion=False,
    help="Ask the code graph: callers, references, impact, map, locate and more.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@command.callback()
def group() -> None:
    """Ask the code graph: callers, references, impact, map, locate and more."""


def _own() -> list[inspect.Parameter]:
    return [
        option("repo", RepoOption, None),
        option(
            "rev",
            Annotated[str | None, typer.Option("--rev", metavar="REF", help="Ask a revision, not the tree.")],
            None,
        ),
        option("format", Annotated[Shape, typer.Option("--format", help="How to print the answer.")], Shape.TEXT),
    ]


def _command(verb: str) -> Any:
    """A parser for one verb, from the signature of its tool."""
    tool = load_tool(verb)

    def run(ctx: typer.Context, repo: Path | None, rev: str | None, format: Shape, **arguments: Any) -> None:
        _run(ctx, verb, tool, _read_in(tool, arguments), repo, rev, format)

    return command_of(verb, tool, _own(), run)


def _read_in(tool: Callable[..., Answer], arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, with stdin in place of a `-` where a parameter may be piped."""
    kinds = {name: parameter.annotation for name, parameter in inspect.signature(tool).parameters.items()}
    piped = {name for name, kind in kinds.items() if get_origin(kind) is Annotated and PIPED in get_args(kind)}
    return {key: sys.stdin.read() if key in piped and one == "-" else one for key, one in arguments.items()}


def _run(
    ctx: typer.Context,
    verb: str,
    tool: Callable[..., Answer],
    arguments: dict[str, Any],
    repo: Path | None,
    rev: str | None,
    shape: Shape,
) -> None:
    terminal = terminal_of(ctx)
    root = root_of(repo)
    settings = load_config(root, terminal.settings)
    with progress(terminal) as emit:
        graph = open_graph(root, rev, emit, settings)
        answer = tool(graph, **arguments)
        results = answer.results
        if shape is Shape.TEXT:
            text = as_text(verb, answer)
    if shape is Shape.JSONL:
        write_jsonl(results)
    elif shape is Shape.JSON:
        asked = {"verb": verb, **{key: value for key, value in arguments.items() if value not in (None, [])}}
        write_json({"schema_version": 1, "query": asked, "freshness": _freshness(graph)}, answer)
    else:
        write_result(text)
        terminal.remark(_said(graph))
    for note in answer.notes:
        terminal.remark(note)


def _freshness(graph: CodeGraph) -> dict[str, Any]:
    return asdict(graph.freshness)


def _said(graph: CodeGraph) -> str:
    """How fresh and how whole the answer is, in one line."""
    fresh = graph.freshness
    where = f"commit {fresh.revision[:10]}" if fresh.revision else "no commit"
    dirty = ", working tree differs" if fresh.dirty else ""
    when = time.strftime("%H:%M:%S", time.localtime(fresh.indexed_at))
    broken = f", {fresh.parse_errors} with parse errors" if fresh.parse_errors else ""
    files = counted(fresh.files, "file")
    return f"{where}{dirty} · {files}{broken} · {fresh.resolved} % of calls resolved · indexed {when}"
