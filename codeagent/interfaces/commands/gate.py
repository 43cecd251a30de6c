"""`codeagent gate`: judge a change by every gate."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.config import Config, load_config
from codeagent.domain.errors import UsageError
from codeagent.domain.events import Progress
from codeagent.domain.quality import Verdict
from codeagent.interfaces.hooked import NOTHING, Named, requests_of
from codeagent.interfaces.options import RepoOption, Tests, TrustOption, root_of
from codeagent.interfaces.output import shape, targets, write_file
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.interfaces.verdicts.github import as_github
from codeagent.interfaces.verdicts.json import as_json
from codeagent.interfaces.verdicts.md import as_markdown
from codeagent.interfaces.verdicts.sarif import as_sarif
from codeagent.interfaces.verdicts.text import print_verdict
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.waivers import waiver_of
from codeagent.workflows.gate import Request, gate
from codeagent.workflows.gate_plan import GatePlan, gate_plan
from codeagent.workspace.refs import committed

FINDINGS = 1


class VerdictFormat(StrEnum):
    """The forms of a verdict."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    MD = "md"


class Sandbox(StrEnum):
    """How much protection commands of the repository get."""

    AUTO = "auto"
    REQUIRE = "require"
    OFF = "off"


FormatOption = Annotated[VerdictFormat, typer.Option("--format", "-f", help="How to print the verdict.")]
OutputOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write it there, in the form of its name; - is stdout; repeatable."
    ),
]
StagedOption = Annotated[bool, typer.Option("--staged", help="Judge what is in the index, against HEAD.")]
HookOption = Annotated[
    bool, typer.Option("--hook", help="Judge what a git hook is about: what is pushed, else what is staged.")
]
OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="NAME", help="Only this gate or family; repeatable.")
]
WaiveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--waive", metavar="GATE[:PATH]=REASON:NOTE", help="Let findings of a gate pass; shown in reports, logged."
    ),
]
MessageOption = Annotated[
    Path | None, typer.Option("--message", metavar="FILE", help="The text of the commit or pull request.")
]
SandboxOption = Annotated[
    Sandbox | None, typer.Option("--sandbox", help="How commands are shut in; require: or nothing is run.")
]
SettingsOption = Annotated[
    str | None,
    typer.Option("--settings-from", metavar="REF", help="The project's settings as they are at REF, such as the base."),
]
SUFFIXES = {".json": VerdictFormat.JSON, ".sarif": VerdictFormat.SARIF, ".md": VerdictFormat.MD}


def command(
    ctx: typer.Context,
    base: Annotated[
        str | None, typer.Option("--base", metavar="REF", help="Since the change left REF; or a range, A..B.")
    ] = None,
    staged: StagedOption = False,
    hook: HookOption = False,
    patch: Annotated[
        Path | None, typer.Option("--patch", metavar="FILE", help="Judge this diff of the files on disk; - is stdin.")
    ] = None,
    only: OnlyOption = None,
    tests: Annotated[Tests, typer.Option("--tests", help="Which tests to run.")] = Tests.IMPACTED,
    show_plan: Annotated[bool, typer.Option("--plan", help="Say what would run, and run nothing.")] = False,
    trust: TrustOption = False,
    refactor: Annotated[
        bool, typer.Option("--refactor", help="The change says that it only refactors: prove it.")
    ] = False,
    message: MessageOption = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="GLOB", help="A path the change may touch; repeatable.")
    ] = None,
    red_first: Annotated[
        list[str] | None,
        typer.Option("--red-first", metavar="TEST", help="A test that fails without the change; repeatable."),
    ] = None,
    sandbox: SandboxOption = None,
    waive: WaiveOption = None,
    settings_from: SettingsOption = None,
    repo: RepoOption = None,
    format: FormatOption = VerdictFormat.TEXT,
    output: OutputOption = None,
) -> None:
    """Judge a change by every gate: the working tree against HEAD, or what the options name.

    Old problems are shown and block nothing; new ones do. A tool that is missing or crashes is broken, not passed."""
    root = root_of(repo)
    claims = Claims(refactor, tuple(allow or ()), text_of(message), tuple(red_first or ()), str(tests), trust)
    names, waivers = tuple(only or ()), tuple(waiver_of(text) for text in waive or ())
    requests = requests_of(root, hook, Request(base, staged, bytes_of(patch), names, claims=claims, waivers=waivers))
    if show_plan:
        terminal = terminal_of(ctx)
        for _, request in requests:
            show(gate_plan(root, request, settings(terminal, root, sandbox, settings_from)), format)
        return
    judge_and_show(ctx, root, requests, format, output, sandbox, settings_from)


def show(plan: GatePlan, format: VerdictFormat) -> None:
    """Print what would run, as text or, for a program, as JSON."""
    if format is VerdictFormat.JSON:
        document = {"schema_version": 1, **asdict(plan)}
        write_result(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    lines = [f"{plan.files} changed file{'' if plan.files == 1 else 's'} against {plan.base}"]
    for one in plan.gates:
        lines += [f"{one.gate}: {one.why}", *(f"    $ {command}" for command in one.commands)]
    write_result("\n".join([*lines, *plan.notes]))


def settings(terminal: Terminal, root: Path, sandbox: Sandbox | None, ref: str | None = None) -> Config:
    """Return the settings in force, with what the flags say of the sandbox; a project's own as they are at `ref`."""
    flags = {**terminal.settings, **({"sandbox": str(sandbox)} if sandbox else {})}
    return load_config(root, flags, committed(root, ref) if ref else None)


def judge_and_show(
    ctx: typer.Context,
    root: Path,
    requests: Sequence[Named],
    format: VerdictFormat,
    output: list[Path] | None,
    sandbox: Sandbox | None = None,
    settings_from: str | None = None,
) -> None:
    """Judge, print or write the verdict of each, and leave with the exit code that they mean together."""
    terminal = terminal_of(ctx)
    places = targets(output)
    if len(requests) > 1 and any(places):
        raise UsageError("several refs are pushed, and a file holds one verdict", "leave --output out of the hook")
    verdicts = []
    for name, request in requests:
        verdicts.append(_judged(root, request, settings(terminal, root, sandbox, settings_from), terminal))
        if name:
            terminal.remark(f"{name}:")
        _put(verdicts[-1], places, format, terminal)
    if not requests:
        _put(NOTHING, places, format, terminal)
    if not all(verdict.ok for verdict in verdicts):
        raise typer.Exit(FINDINGS)


def _judged(root: Path, request: Request, config: Config, terminal: Terminal) -> Verdict:
    with progress(terminal) as emit:
        return gate(root, request, config, lambda name, done, total: emit(Progress("gates", done, total, name)))


def _put(verdict: Verdict, places: list[Path | None], format: VerdictFormat, terminal: Terminal) -> None:
    for target in places:
        _show(verdict, shape(target, format, VerdictFormat.TEXT, SUFFIXES, len(places)), target, terminal)


def _show(verdict: Verdict, format: VerdictFormat, target: Path | None, terminal: Terminal) -> None:
    if format is VerdictFormat.TEXT and target is None:
        print_verdict(verdict, terminal.out())
        return
    text = _rendered(verdict, format, terminal)
    if target is None:
        write_result(text)
    else:
        write_file(target, text)
        terminal.remark(f"wrote {target}")


def _rendered(verdict: Verdict, format: VerdictFormat, terminal: Terminal) -> str:
    if format is VerdictFormat.TEXT:
        console = terminal.out(width=120)
        with console.capture() as captured:
            print_verdict(verdict, console)
        return captured.get()
    forms = {
        VerdictFormat.JSON: as_json,
        VerdictFormat.SARIF: as_sarif,
        VerdictFormat.GITHUB: as_github,
        VerdictFormat.MD: as_markdown,
    }
    return forms[format](verdict)


def bytes_of(path: Path | None) -> bytes | None:
    """Return what a file holds, - being stdin; UsageError where it cannot be read."""
    if path is None:
        return None
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def text_of(path: Path | None) -> str | None:
    """Return the text of a file; errors as `bytes_of`."""
    data = bytes_of(path)
    return None if data is None else data.decode("utf-8", "replace")
