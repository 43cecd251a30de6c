"""`codeagent ask`: a question about the repository, answered by a model that reads the code graph."""

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from codeagent.config import Config, load_config
from codeagent.domain.errors import ModelError, UsageError
from codeagent.domain.printable import printable
from codeagent.interfaces.answering import answer
from codeagent.interfaces.options import (
    WORKERS,
    ApiBaseOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    RepoOption,
    ResumeOption,
    SessionOption,
    TimeoutOption,
    WorkersOption,
    root_of,
)
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.interfaces.wishes import Wish
from codeagent.workflows.asking.ask import LONGEST, TOKENS
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.evidence import evidence


class AnswerFormat(StrEnum):
    """The forms of an answer."""

    TEXT = "text"
    JSON = "json"
    MD = "md"


def command(
    ctx: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="What you want to know; - reads it from stdin.")
    ] = "",
    model: ModelOption = None,
    api_base: ApiBaseOption = None,
    max_cost: MaxCostOption = None,
    max_tokens: MaxTokensOption = None,
    max_calls: MaxCallsOption = None,
    timeout: TimeoutOption = None,
    workers: WorkersOption = WORKERS,
    resume: ResumeOption = None,
    session: SessionOption = "",
    repo: RepoOption = None,
    format: Annotated[AnswerFormat, typer.Option("--format", "-f", help="How to print it.")] = AnswerFormat.TEXT,
) -> None:
    """Answer a question about this repository from its code graph.

    Every place and name in the answer is looked up before it is printed; what is not there is marked [unverified].
    Without a model it prints what the graph found, and exits with 6."""
    terminal, root = terminal_of(ctx), root_of(repo)
    config = load_config(root, terminal.settings)
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    asked = "" if resume is not None else _question(question)
    if not (wish.model or config.model or config.roles) and resume is None:
        _without_model(root, config, asked, terminal)
    answer(root, config, wish, terminal, str(format), asked, workers, resume, session)


def _question(text: str) -> str:
    asked = (sys.stdin.read(LONGEST + 1) if text == "-" else text).strip()
    if not asked:
        raise UsageError("there is no question", 'codeagent ask "how is a request dispatched?"')
    if len(asked) > LONGEST:
        raise UsageError(f"the question has more than {LONGEST} characters", "ask about one thing at a time")
    return asked


def _without_model(root: Path, config: Config, question: str, terminal: Terminal) -> None:
    """Print what can be found without a model; raises ModelError, since the question is not answered by that."""
    with progress(terminal) as emit, Desk(root, config, emit) as desk:
        found = desk.ask(partial(evidence, settings=config, question=question, tokens=TOKENS))
    write_result(printable(found.text))
    raise ModelError(
        "no model is named, so the question is not answered; this is what the code graph found for it",
        "name one by --model, CODEAGENT_MODEL or `model` in your settings; codeagent query answers without one",
    )
