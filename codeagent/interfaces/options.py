"""Options that several commands have, declared once: where they work, whom they ask, how a plan is carried out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from codeagent.interfaces.terminal import Format
from codeagent.workspace.git import existing_folder, find_root

ModelOption = Annotated[
    str | None, typer.Option("--model", "-m", metavar="NAME", help="The model, as litellm or your settings name it.")
]
ApiBaseOption = Annotated[
    str | None, typer.Option("--api-base", metavar="URL", help="Where that model is served; nothing else is contacted.")
]
MaxCostOption = Annotated[
    float | None, typer.Option("--max-cost", metavar="USD", min=0.0, help="The most that calls may cost, in dollars.")
]
MaxTokensOption = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", min=1, help="The most tokens, of questions and answers.")
]
MaxCallsOption = Annotated[
    int | None, typer.Option("--max-calls", metavar="N", min=0, help="The most calls of a model.")
]
TimeoutOption = Annotated[
    str | None, typer.Option("--timeout", metavar="TIME", help="The longest it may take: 90s, 5m, 1h.")
]

WORKERS: Final = 4
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, max=16, metavar="N", help="Explore so many subsystems at once.")
]
ResumeOption = Annotated[
    str | None, typer.Option("--resume", metavar="RUN", help="Go on with one that was stopped; no call is made twice.")
]
SessionOption = Annotated[
    str, typer.Option("--session", metavar="NAME", help="A dialogue: what was asked and planned in it before counts.")
]


class Tests(StrEnum):
    """Which tests the gates run."""

    IMPACTED = "impacted"
    ALL = "all"
    NONE = "none"


class Style(StrEnum):
    """How the messages of commits begin."""

    CONVENTIONAL = "conventional"
    PLAIN = "plain"


YesOption = Annotated[bool, typer.Option("--yes", help="Write without asking.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print it.")]
RepoOption = Annotated[Path | None, typer.Option("--repo", metavar="DIR", help="The root.", show_default=False)]
BranchOption = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Commit to a new branch, without asking: files stay as they are."),
]
CommitOption = Annotated[bool, typer.Option("--commit/--no-commit", help="A commit for each step, where there is git.")]
StyleOption = Annotated[Style, typer.Option("--message-style", help="How messages of commits begin.")]
TrailerOption = Annotated[
    bool, typer.Option("--trailer/--no-trailer", help="Say in each message what assisted: Assisted-by.")
]
TestsOption = Annotated[
    Tests, typer.Option("--tests", help="Which tests to run after each step; all of them at the end, unless none.")
]
PerStepOption = Annotated[
    list[str] | None,
    typer.Option("--per-step", metavar="KEY=N", help="A limit of each step: cost, tokens, calls or time; repeatable."),
]
TrustOption = Annotated[bool, typer.Option("--trust", help="Let commands of this repository run, this once.")]
StepWorkersOption = Annotated[
    int, typer.Option("--workers", min=1, max=16, metavar="N", help="Do so many independent steps at once.")
]


def root_of(repo: Path | None) -> Path:
    """The root that `--repo` names, else that of the repository around the folder we are in.

    Raises UsageError where the folder is none that can be read."""
    return existing_folder(repo) if repo else find_root(Path.cwd())
