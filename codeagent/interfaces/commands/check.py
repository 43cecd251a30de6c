"""`codeagent check`: the fast gates, for an editor or a commit hook; no tests, no network."""

from pathlib import Path
from typing import Annotated

import typer

from codeagent.interfaces.commands.gate import (
    FormatOption,
    HookOption,
    OnlyOption,
    OutputOption,
    SandboxOption,
    StagedOption,
    VerdictFormat,
    WaiveOption,
    judge_and_show,
)
from codeagent.interfaces.hooked import requests_of
from codeagent.interfaces.options import RepoOption, root_of
from codeagent.quality.gates.waivers import waiver_of
from codeagent.workflows.gate import Request


def command(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]", help="Judge only these, of what has changed.")
    ] = None,
    staged: StagedOption = False,
    hook: HookOption = False,
    only: OnlyOption = None,
    sandbox: SandboxOption = None,
    waive: WaiveOption = None,
    repo: RepoOption = None,
    format: FormatOption = VerdictFormat.TEXT,
    output: OutputOption = None,
) -> None:
    """Judge the working tree against HEAD by the fast gates: no tests, no network."""
    root = root_of(repo)
    paths = tuple(_below(root, path) for path in files or ())
    waivers = tuple(waiver_of(text) for text in waive or ())
    request = Request(None, staged, only=tuple(only or ()), fast=True, files=paths, waivers=waivers)
    judge_and_show(ctx, root, requests_of(root, hook, request), format, output, sandbox)


def _below(root: Path, path: Path) -> str:
    """The path as the change tells it: relative to the root."""
    whole = Path.cwd() / path
    try:
        return whole.relative_to(root).as_posix()
    except ValueError:
        resolved = whole.resolve()
        return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else path.as_posix()
