"""A question answered at the command line, from its beginning or from where it was left, and printed."""

from contextlib import ExitStack
from pathlib import Path

from codeagent.config import Config
from codeagent.interfaces.asking import asking
from codeagent.interfaces.permitting import lent_tools
from codeagent.interfaces.reports.written import citations_line, json_text, print_markdown, tame
from codeagent.interfaces.terminal import Terminal, write_result
from codeagent.interfaces.wishes import Wish
from codeagent.workflows.asking.ask import SPEAKER, Asked, ask, document
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.asking.running import run_again, run_of


def answer(
    root: Path,
    config: Config,
    wish: Wish,
    terminal: Terminal,
    form: str,
    question: str,
    workers: int,
    run: str | None,
    session: str = "",
) -> None:
    """Answer a question and print it as text, md or json; `run` is one to go on with, whose question counts, `session`
    the dialogue that it belongs to.

    Raises ModelError, BudgetSpent and UsageError."""
    with asking(terminal, config, root, wish, run, SPEAKER if form == "text" else "") as asked, ExitStack() as held:
        may, more = held.enter_context(lent_tools(terminal, root, config, session, asked.emit))
        desk = held.enter_context(Desk(root, config, asked.emit))
        if run is not None:
            with run_again(root, asked.crew, run, "ask") as (log, started):
                may.hold(log)
                party = Party(desk, asked.crew.on(log), log, asked.emit, more=more)
                found = ask(party, started["question"], started["workers"], started.get("session", ""))
        else:
            wanted = {"command": "ask", "question": question, "workers": workers, "session": session}
            with run_of(root, asked.crew, wanted) as log:
                may.hold(log)
                found = ask(Party(desk, asked.crew.on(log), log, asked.emit, more=more), question, workers, session)
    _print(found, form, terminal, asked.shown())


def _print(found: Asked, form: str, terminal: Terminal, shown: str) -> None:
    for note in found.notes:
        terminal.remark(note)
    if form == "json":
        write_result(json_text(document(found)))
    elif form == "md":
        write_result(tame(found.answer.text))
    elif shown.strip() != found.answer.text:
        print_markdown(found.answer.text, terminal)
    terminal.remark(citations_line(found.answer))
