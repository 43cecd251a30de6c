"""The guide that `codeagent analyze --model` has written, in the form that is asked for."""

from dataclasses import fields, replace

from codeagent.domain.report import Report
from codeagent.interfaces.asking import Asked, asking
from codeagent.interfaces.reports.top import topped
from codeagent.interfaces.reports.written import citations_line, guide_html, guide_markdown, json_text, print_markdown
from codeagent.interfaces.terminal import Terminal
from codeagent.interfaces.wishes import Work
from codeagent.workflows.analyze import analyze
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.asking.guide import Guide, document, guide
from codeagent.workflows.asking.running import run_again, run_of
from codeagent.workspace.eventlog import EventLog


def written(work: Work, form: str, top: int | None, terminal: Terminal, *, to_file: bool) -> str:
    """Have a guide written; return it as text, md, html or json (beside the whole report); empty where it is printed.

    Raises ModelError, BudgetSpent and UsageError."""
    with asking(terminal, work.config, work.root, work.wish, work.run or None) as asked:
        if work.run:
            with run_again(work.root, asked.crew, work.run, "analyze") as (log, begun):
                report, made = _made(replace(work, rev=begun["rev"], workers=begun["workers"]), asked, log)
        else:
            wanted = {"command": "analyze", "rev": work.rev, "workers": work.workers}
            with run_of(work.root, asked.crew, wanted) as log:
                report, made = _made(work, asked, log)
    terminal.remark(citations_line(made.citations))
    if form == "json":
        shown = topped(report, top) if top else report
        return json_text({one.name: getattr(shown, one.name) for one in fields(shown)} | {"guide": document(made)})
    if form == "html":
        return guide_html(made)
    if form == "text" and not to_file:
        print_markdown(guide_markdown(made), terminal)
        return ""
    return guide_markdown(made)


def _made(work: Work, asked: Asked, log: EventLog) -> tuple[Report, Guide]:
    with Desk(work.root, work.config, asked.emit, work.rev) as desk:
        report = analyze(work.root, work.rev, emit=asked.emit, config=work.config)
        return report, guide(Party(desk, asked.crew.on(log), log, asked.emit), report, work.workers)
