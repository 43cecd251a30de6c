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
from codeagent.interfaces.asking import asking
from codeagent.interfaces.mcp.client import external_tools
from codeagent.interfaces.progress import progress
from codeagent.interfaces.reports.written import citations_line, json_text, print_markdown, tame
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.interfaces.wishes import (
    WORKERS,
    ApiBaseOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    TimeoutOption,
    Wish,
    WorkersOption,
)
from codeagent.workflows.asking.ask import LONGEST, TOKENS, Asked, ask, document
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.evidence import evidence
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.asking.running import run_again, run_of
from codeagent.workspace.git import find_root


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
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="Go on with a question that was stopped.")
    ] = None,
    format: Annotated[AnswerFormat, typer.Option("--format", "-f", help="How to print it.")] = AnswerFormat.TEXT,
) -> None:
    """Answer a question about this repository from its code graph.

    Every place and name in the answer is looked up before it is printed; what is not there is marked [unverified].
    Without a model it prints what the graph found, and exits with 6."""
    terminal, root = terminal_of(ctx), find_root(Path())
    config = load_config(root, terminal.settings)
    wish = Wish(model, api_base, max_cost, max_tokens, max_calls, timeout)
    asked = "" if resume is not None else _question(question)
    if not (wish.model or config.model or config.roles) and resume is None:
        _without_model(root, config, asked, terminal)
    with (
        asking(terminal, config, root, wish) as crew,
        external_tools(config, emit=crew.emit) as more,
        Desk(root, config, crew.emit) as desk,
    ):
        if resume is not None:
            with run_again(root, crew.crew, resume, "ask") as (log, started):
                party = Party(desk, crew.crew.on(log), log, crew.emit, more=more)
                found = ask(party, started["question"], started["workers"])
        else:
            with run_of(root, crew.crew, {"command": "ask", "question": asked, "workers": workers}) as log:
                found = ask(Party(desk, crew.crew.on(log), log, crew.emit, more=more), asked, workers)
    _print(found, format, terminal)


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


def _print(found: Asked, format: AnswerFormat, terminal: Terminal) -> None:
    for note in found.notes:
        terminal.remark(note)
    if format is AnswerFormat.JSON:
        write_result(json_text(document(found)))
    elif format is AnswerFormat.MD:
        write_result(tame(found.answer.text))
    else:
        print_markdown(found.answer.text, terminal)
    terminal.remark(citations_line(found.answer))
