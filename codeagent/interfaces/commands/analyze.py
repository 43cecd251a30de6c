"""`codeagent analyze`: the onboarding report of a repository, in the terminal or as a file."""

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from codeagent.config import load_config
from codeagent.domain.errors import UsageError
from codeagent.domain.report import Report
from codeagent.interfaces.options import (
    WORKERS,
    ApiBaseOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    TimeoutOption,
    WorkersOption,
)
from codeagent.interfaces.output import check_target, write_file
from codeagent.interfaces.progress import progress
from codeagent.interfaces.reports.html import as_html
from codeagent.interfaces.reports.json import as_json
from codeagent.interfaces.reports.md import as_markdown
from codeagent.interfaces.reports.text import print_report
from codeagent.interfaces.reports.top import topped
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.interfaces.wishes import Wish, Work
from codeagent.workflows.analyze import analyze
from codeagent.workspace.git import existing_folder, find_root


class ReportFormat(StrEnum):
    """The forms of the report."""

    TEXT = "text"
    JSON = "json"
    MD = "md"
    HTML = "html"


SUFFIXES = {".json": ReportFormat.JSON, ".md": ReportFormat.MD, ".html": ReportFormat.HTML, ".htm": ReportFormat.HTML}
SHOWN = 10


def command(
    ctx: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[PATH]", help="The folder to look at; without it, the repository you are in."),
    ] = None,
    rev: Annotated[str | None, typer.Option("--rev", metavar="REF", help="A commit, branch or tag instead.")] = None,
    format: Annotated[
        ReportFormat | None, typer.Option("--format", "-f", help="How to print it; else by the name of the file.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; - is stdout.")
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, metavar="N", help="Keep the first N of every list.")
    ] = None,
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    workers: WorkersOption = WORKERS,
) -> None:
    """Report what a repository is, how it hangs together, where it hurts, and what to do about it.

    Everything comes from facts: files, a code graph and git history. No key, no network. Only with --model does a
    model write a guide to the code instead, from those facts, with every place in it checked."""
    terminal = terminal_of(ctx)
    root = existing_folder(path) if path is not None else find_root(Path())
    target = None if output is None or str(output) == "-" else output
    form = format or (SUFFIXES.get(target.suffix.lower()) if target else None) or ReportFormat.TEXT
    check_target(target)
    config, wish = load_config(root, terminal.settings), Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    if model is not None:
        guiding = import_module("codeagent.interfaces.guiding")  # takes a while, and most reports need no guide
        text = guiding.written(Work(root, config, rev, wish, workers), str(form), top, terminal, to_file=bool(target))
    elif wish != Wish():
        raise UsageError("a budget, and --api-base, are for a model", "name one by --model; without it none is asked")
    else:
        with progress(terminal) as emit:
            report = analyze(root, rev, emit=emit, config=config)
        text = _rendered(report, form, top, terminal, to_file=bool(target))
    if target is not None:
        write_file(target, text)
        terminal.remark(f"wrote {target}")
    elif text:
        write_result(text)


def _rendered(report: Report, form: ReportFormat, top: int | None, terminal: Terminal, *, to_file: bool) -> str:
    """Return the report in one of its forms; empty where it is printed already."""
    if form is ReportFormat.JSON:
        return as_json(topped(report, top) if top else report)
    if form is ReportFormat.MD:
        return as_markdown(report, top or SHOWN)
    if form is ReportFormat.HTML:
        return as_html(topped(report, top) if top else report)
    if not to_file:
        print_report(report, terminal.out(), top or SHOWN)
        return ""
    console = terminal.out(width=100)
    with console.capture() as captured:
        print_report(report, console, top or SHOWN)
    return captured.get()
