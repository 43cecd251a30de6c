"""`codeagent refactor OPERATION`: every refactoring as a command, derived from the registry of operations."""

import inspect
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from codeagent.config import Config, load_config
from codeagent.domain.errors import Refused, Stale
from codeagent.domain.patch import Patch
from codeagent.graph.graph import CodeGraph
from codeagent.graph.memory import paused_gc
from codeagent.graph.update import open_graph
from codeagent.interfaces.approving import ask_whole, choose
from codeagent.interfaces.diffs import print_diff
from codeagent.interfaces.options import RepoOption, root_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.reports.proposal import as_json
from codeagent.interfaces.signatures import command_of, option
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.refactorings import OPERATIONS, load_operation
from codeagent.workflows.proposal import Placing, proposal_document, refusal_document, summary
from codeagent.workflows.refactor import Refactored, refactor
from codeagent.workspace.writing import write_patch


class OperationGroup(TyperGroup):
    """The operations; the module of one is imported when it is asked for."""

    def __init__(self, **attributes: Any) -> None:
        attributes["commands"] = {
            name: TyperCommand(name, help=entry.summary, short_help=entry.summary) for name, entry in OPERATIONS.items()
        }
        super().__init__(**attributes)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the operation that `args` name, and make its command."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub and name and _command(name), rest


_HELP: Final = "Change code exactly, with no model: rename, move, extract, inline and more."

command = typer.Typer(
    cls=OperationGroup,
    no_args_is_help=True,
    add_completion=False,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@command.callback(help=_HELP)
def group() -> None:
    """Hold the operations."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """How the result is to be used and shown."""

    root: Path
    diff: bool
    yes: bool
    shape: Format
    accept: bool


def _own() -> list[inspect.Parameter]:
    flags = {
        "diff": "Print the change and write nothing.",
        "yes": "Write the change without asking.",
        "accept_unresolved": "Leave occurrences that cannot be resolved as they are, and change the rest.",
    }
    return [
        *(
            option(name, Annotated[bool, typer.Option(f"--{name.replace('_', '-')}", help=text)], False)
            for name, text in flags.items()
        ),
        option("repo", RepoOption, None),
        option("format", Annotated[Format, typer.Option("--format", help="How to print the result.")], Format.TEXT),
    ]  # fmt: skip


def _command(name: str) -> Any:
    """A parser for one operation, from its signature."""

    def run(
        ctx: typer.Context,
        diff: bool,
        yes: bool,
        accept_unresolved: bool,
        repo: Path | None,
        format: Format,
        **arguments: Any,
    ) -> None:
        root = root_of(repo)
        wish = _Wish(root, diff, yes, format, accept_unresolved)
        given = {key: value for key, value in arguments.items() if value is not None}
        _run(terminal_of(ctx), name, given, wish)

    return command_of(name, load_operation(name), _own(), run)


def _run(terminal: Terminal, name: str, arguments: dict[str, Any], wish: _Wish) -> None:
    settings = load_config(wish.root, terminal.settings)
    with progress(terminal) as emit, paused_gc():  # it would look through all facts, and free nothing
        graph = open_graph(wish.root, None, emit, settings)
        apply = wish.yes and not wish.diff
        try:
            done = refactor(graph, name, arguments, accept_unresolved=wish.accept)
            # as long as files are as read
            text, remarks = _rendered(done, applied=apply, shape=wish.shape, place=graph.place)
            if apply:
                write_patch(wish.root, done.proposal.patch, emit=emit)
        except (Refused, Stale) as refusal:
            if wish.shape is Format.JSON:
                write_result(as_json(refusal_document(name, graph, refusal)))
            raise
    if text and wish.shape is Format.TEXT and sys.stdout.isatty():
        print_diff(text, terminal.out())
    elif text:
        write_result(text)
    for line in remarks:
        terminal.remark(line)
    if not apply and not wish.diff and wish.shape is Format.TEXT:
        patch = _agreed(terminal, graph, settings, done)
        if patch:
            with progress(terminal) as emit:
                write_patch(wish.root, patch, emit=emit)
            terminal.remark("written; `codeagent undo` takes it back")


def _rendered(done: Refactored, *, applied: bool, shape: Format, place: Placing) -> tuple[str, list[str]]:
    """What goes to stdout, and the remarks beside it."""
    if shape is Format.JSON:
        return as_json(proposal_document(done, applied=applied, place=place)), []
    return "" if applied else done.diff, list(summary(done, applied=applied, place=place))


def _agreed(terminal: Terminal, graph: CodeGraph, settings: Config, done: Refactored) -> Patch:
    """Ask what of the change is to be written, where somebody is there to answer; nobody there means nothing.

    Raises GateFailed where a part of it does not hold without the rest."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Patch()
    answer = ask_whole("Write this change?", "ynfh", terminal)
    if answer in ("y", "n"):
        return done.proposal.patch if answer == "y" else Patch()
    part = import_module("codeagent.workflows.partly")  # here, because gates are heavy and a whole change needs none
    changes = part.pieces_in(done)
    taken = choose(changes, answer, terminal)
    if taken == changes:
        return done.proposal.patch
    patch: Patch = part.partly(graph, settings, done, taken)
    return patch
