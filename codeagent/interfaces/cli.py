"""The command line: the table of commands, the global options, and the one handler of errors."""

import errno
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
import typer.main
from typer._completion_classes import completion_init
from typer.core import TyperCommand, TyperGroup

from codeagent import __version__
from codeagent.domain.errors import UsageError
from codeagent.interfaces.failures import EXIT_CODES, report, silence_stdout
from codeagent.interfaces.signatures import HELP, plain_flags
from codeagent.interfaces.terminal import Color, Terminal, terminal_of


class Entry(NamedTuple):
    """A command: the module that holds it, its panel in the help, and its one line."""

    module: str
    panel: str
    summary: str


# How seldom garbage is looked for: facts are many small values, few of which are in circles.
_COLLECTING: Final = (20_000, 20, 20)

COMMANDS: Final[Mapping[str, Entry]] = {
    "analyze": Entry("analyze", "Understand", "Report what a repository is, how it hangs together, where it hurts."),
    "ask": Entry(
        "ask", "Understand", "Answer a question by a model that reads the code graph; every place is checked."
    ),
    "query": Entry("query", "Understand", "Ask the code graph: callers, references, impact, map, locate and more."),
    "index": Entry("index", "Understand", "Bring the index up to date, verify it, measure it, or prune it."),
    "plan": Entry("plan", "Change", "Plan a change as a file that is reviewed before anything is touched."),
    "fix": Entry("fix", "Change", "Plan and apply in one go, for what is small; the gates are the same."),
    "apply": Entry("apply", "Change", "Carry out a plan step by step behind the gates, and write what holds."),
    "refactor": Entry("refactor", "Change", "Change code exactly, with no model: rename, move, extract, inline, …"),
    "check": Entry("check", "Check", "Judge a change by the fast gates: no tests, no network."),
    "gate": Entry("gate", "Check", "Judge a change by every gate; new problems block, old ones are shown."),
    "review": Entry("review", "Check", "Say what a change means: surface, reach, refactorings, risk, findings."),
    "gates": Entry("gates", "Check", "List the gates, and try them on canaries."),
    "resume": Entry("resume", "Session", "Go on with a run where it was left, doing nothing twice."),
    "runs": Entry("runs", "Session", "List runs, show one, follow, pause or stop it, export its transcript."),
    "undo": Entry("undo", "Session", "Take back what codeagent wrote, and keep what was edited since."),
    "redo": Entry("redo", "Session", "Do again what was undone."),
    "recipes": Entry("recipes", "Session", "Keep what applied runs taught as files, offered to whoever plans."),
    "skills": Entry("skills", "Session", "List the skills that a model may be told of, and show one."),
    "cost": Entry("cost", "Session", "Say what calls of models took, by model, run, day or repository."),
    "mcp": Entry("mcp", "Session", "Serve the graph and proposals to agents that speak MCP, over stdio."),
    "init": Entry("init", "Setup", "First steps: settings that fit this repository, hooks, a workflow, MCP."),
    "doctor": Entry("doctor", "Setup", "Say what is installed and working, with a remedy for each problem."),
    "config": Entry("configuration", "Setup", "Show the settings in force and where each one came from."),
    "trust": Entry("trust", "Setup", "Let the commands of this repository run; asked anew when they change."),
    "completion": Entry("completion", "Setup", "Print or install completion for your shell."),
}

USAGE: Final = 2  # the exit code where no command is named
COMPLETION_VARIABLE: Final = "_CODEAGENT_COMPLETE"


class LazyGroup(TyperGroup):
    """A group whose help comes from `COMMANDS` and whose modules are imported when they are run."""

    def __init__(self, **attributes: Any) -> None:
        attributes["commands"] = {
            name: TyperCommand(name, help=entry.summary, rich_help_panel=entry.panel)
            for name, entry in COMMANDS.items()
        }
        super().__init__(**attributes)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that `args` name, and import it."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub and name and load_command(name), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever fails is reported here, once for all commands."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise  # Typer's own ways to stop and to say what is wrong with the arguments
        except BrokenPipeError:
            silence_stdout()  # the reader has seen enough: `codeagent query … | head`
            raise typer.Exit from None
        except (Exception, KeyboardInterrupt) as error:
            raise typer.Exit(report(error, terminal_of(ctx))) from error


def load_command(name: str) -> Any:
    """Import the module of a command and make the parser that its `command` describes."""
    command = import_module(f"codeagent.interfaces.commands.{COMMANDS[name].module}").command
    if not isinstance(command, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode="rich")
        app.command(name)(command)
        command = app
    return plain_flags(typer.main.get_command(command))


def epilog() -> str:
    """The exit codes, as the help shows them."""
    return "Exit codes: " + " · ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())


app = typer.Typer(
    name="codeagent",
    cls=LazyGroup,
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": list(HELP)},
    epilog=epilog(),
)


def show_version(value: bool) -> None:
    """Print the version and stop."""
    if value:
        sys.stdout.write(f"codeagent {__version__}\n")
        raise typer.Exit


@app.callback()
def start(
    ctx: typer.Context,
    directory: Annotated[
        Path | None, typer.Option("-C", "--directory", metavar="DIR", help="Run as if started in DIR.")
    ] = None,
    color: Annotated[Color, typer.Option("--color", help="Colour the output.")] = Color.AUTO,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks on stderr.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting for this run; repeatable.")
    ] = None,
    newest: Annotated[bool, typer.Option("--continue", "-c", help="Go on with the last session.")] = False,
    resume: Annotated[str, typer.Option("--resume", metavar="ID", help="Go on with that session.")] = "",
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Understand a repository from facts: an index, a code graph, a report. No key, no network.

    With no command: a session in the terminal, or the commands that are piped in, one a line."""
    ctx.obj = Terminal(color, quiet, verbose, dict(split_setting(text) for text in settings or ()))
    if directory is not None:
        try:
            os.chdir(directory)
        except OSError as error:
            raise UsageError(f"cannot enter {directory}: {os.strerror(error.errno or errno.ENOENT)}") from error
    if ctx.invoked_subcommand is None:
        _converse(ctx, newest, resume)


def _converse(ctx: typer.Context, newest: bool, resume: str) -> None:
    """No command was named: a session, or the help where there is nobody to hold one with."""
    code = import_module("codeagent.interfaces.repl.door").enter(ctx.obj, newest=newest, name=resume)
    if code is None:
        sys.stdout.write(ctx.get_help() + "\n")
        code = USAGE
    raise typer.Exit(code)


def split_setting(text: str) -> tuple[str, str]:
    """The key and the value of `--set KEY=VALUE`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set wants KEY=VALUE, not {text!r}", "for example: --set max_file_bytes=500000")
    return key.strip().replace("-", "_"), value.strip()


def _open_what_is_closed() -> None:
    """Give output that the shell has closed, as `>&-` does, a place to go."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for as long as we run
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit code. Nothing that goes wrong escapes as a traceback."""
    _open_what_is_closed()
    gc.set_threshold(*_COLLECTING)
    if COMPLETION_VARIABLE in os.environ:  # a shell asks what could come next
        completion_init()
    try:
        plain_flags(typer.main.get_group(app)).main(list(arguments), prog_name="codeagent")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    return code
