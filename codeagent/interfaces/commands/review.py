"""`codeagent review`: what a change means, and whether it holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from codeagent.config import Config
from codeagent.domain.events import Progress
from codeagent.domain.review import FailOn, Review
from codeagent.interfaces.commands.gate import (
    FINDINGS,
    SUFFIXES,
    MessageOption,
    OutputOption,
    SandboxOption,
    SettingsOption,
    StagedOption,
    VerdictFormat,
    WaiveOption,
    bytes_of,
    settings,
    text_of,
)
from codeagent.interfaces.options import (
    ApiBaseOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    RepoOption,
    Tests,
    TimeoutOption,
    TrustOption,
    root_of,
)
from codeagent.interfaces.output import shape, targets, write_file
from codeagent.interfaces.progress import progress
from codeagent.interfaces.reviewing import review_with_model
from codeagent.interfaces.reviews.json import as_json
from codeagent.interfaces.reviews.md import as_markdown
from codeagent.interfaces.reviews.text import print_review
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.interfaces.verdicts.github import LIMIT, as_github
from codeagent.interfaces.verdicts.sarif import as_sarif
from codeagent.interfaces.wishes import Wish
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.waivers import waiver_of
from codeagent.workflows.gate import Request
from codeagent.workflows.review import Asked, review

BaseOption = Annotated[
    str | None, typer.Option("--base", metavar="REF", help="Since the change left REF; or a range, A..B.")
]
PatchOption = Annotated[
    Path | None, typer.Option("--patch", metavar="FILE", help="Review this diff of the files on disk; - is stdin.")
]
TestsOption = Annotated[
    Tests, typer.Option("--tests", help="Which tests to run; with none nothing of the repository is run.")
]
RefactorOption = Annotated[bool, typer.Option("--refactor", help="The change says that it only refactors: prove it.")]
BaselineOption = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="An earlier result, JSON or SARIF: its findings count as existing. Read as it was before the change.",
    ),
]
FailOnOption = Annotated[FailOn, typer.Option("--fail-on", help="The least grave new finding that fails the review.")]
CommentsOption = Annotated[
    int, typer.Option("--max-comments", metavar="N", min=0, help="At most so many annotations of a level, and remarks.")
]
FormatOption = Annotated[VerdictFormat, typer.Option("--format", "-f", help="How to print the review.")]


def command(
    ctx: typer.Context,
    base: BaseOption = None,
    staged: StagedOption = False,
    patch: PatchOption = None,
    tests: TestsOption = Tests.NONE,
    trust: TrustOption = False,
    refactor: RefactorOption = False,
    message: MessageOption = None,
    baseline: BaselineOption = None,
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    fail_on: FailOnOption = FailOn.ERROR,
    max_comments: CommentsOption = LIMIT,
    sandbox: SandboxOption = None,
    waive: WaiveOption = None,
    format: FormatOption = VerdictFormat.TEXT,
    output: OutputOption = None,
    settings_from: SettingsOption = None,
    repo: RepoOption = None,
) -> None:
    """Say what a change means: the working tree against HEAD, or what the options name.

    Changed symbols and public surface, what leans on them, which tests reach them, which refactorings explain the
    difference, what the gates find. Nothing of the repository is run unless tests are asked for."""
    terminal, root = terminal_of(ctx), root_of(repo)
    places = targets(output)
    claims = Claims(refactor, (), text_of(message), tests=str(tests), trust=trust)
    waivers = tuple(waiver_of(text) for text in waive or ())
    asked = Asked(Request(base, staged, bytes_of(patch), claims=claims, waivers=waivers), baseline)
    config = settings(terminal, root, sandbox, settings_from)
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    told = (
        review_with_model(root, asked, config, terminal, wish, max_comments)
        if model
        else _reviewed(root, asked, config, terminal)
    )
    for target in places:
        form = shape(target, format, VerdictFormat.TEXT, SUFFIXES, len(places))
        _show(told, _Form(form, fail_on, max_comments), target, terminal)
    if told.fails(fail_on):
        raise typer.Exit(FINDINGS)


def _reviewed(root: Path, asked: Asked, config: Config, terminal: Terminal) -> Review:
    with progress(terminal) as emit:
        return review(root, asked, config, lambda name, done, total: emit(Progress("review", done, total, name)))


@dataclass(frozen=True, slots=True)
class _Form:
    """How a review is to be printed."""

    format: VerdictFormat
    fail_on: FailOn
    max_comments: int


def _show(told: Review, form: _Form, target: Path | None, terminal: Terminal) -> None:
    if form.format is VerdictFormat.TEXT and target is None:
        print_review(told, form.fail_on, terminal.out())
        return
    text = _rendered(told, form, terminal)
    if target is None:
        if text:
            write_result(text)
    else:
        write_file(target, text)
        terminal.remark(f"wrote {target}")


def _rendered(told: Review, form: _Form, terminal: Terminal) -> str:
    match form.format:
        case VerdictFormat.JSON:
            return as_json(told, form.fail_on)
        case VerdictFormat.SARIF:
            return as_sarif(told.verdict, "review")
        case VerdictFormat.GITHUB:
            return as_github(told.verdict, form.max_comments)
        case VerdictFormat.MD:
            return as_markdown(told, form.fail_on)
        case VerdictFormat.TEXT:
            console = terminal.out(width=120)
            with console.capture() as captured:
                print_review(told, form.fail_on, console)
            return captured.get()
