"""Terminal report, first chapter: what the repository is."""

from rich.text import Text

from codeagent.domain.report import Report
from codeagent.interfaces.reports.page import PALETTE, Column, Page
from codeagent.interfaces.reports.words import ENTRY_KINDS, PURPOSES, language, number, percent, place, plain

NAMED = 6  # languages with a colour of their own


def surface(page: Page, report: Report) -> None:
    """Print languages, stack, commands and entry points."""
    page.chapter("What it is")
    _languages(page, report)
    _stack(page, report)
    _commands(page, report)
    _entry_points(page, report)


def _languages(page: Page, report: Report) -> None:
    code = [share for share in report.languages if share.share > 0]
    if not code:
        page.heading("Languages")
        names = ", ".join(f"{language(s.name)} ({s.files})" for s in report.languages[: page.top]) or "none"
        page.line(names)
        return
    page.heading("Languages", "by lines of code")
    page.line(page.bar([share.share for share in code[:NAMED]] + [sum(s.share for s in code[NAMED:])]))
    legend = Text()
    for n, share in enumerate(code[:NAMED]):
        legend.append("■ ", style=PALETTE[n % len(PALETTE)])
        legend.append(f"{language(share.name)} {percent(share.share)}")
        legend.append(f" {number(share.code_lines)}   ", style="dim")
    page.line(legend)
    data = [share for share in report.languages if share.share == 0]
    if data:
        names = ", ".join(f"{language(s.name)} {number(s.files)}" for s in data[:6])
        page.line(Text(f"and files of {names}", style="dim"))


def _stack(page: Page, report: Report) -> None:
    if not report.stack:
        return
    page.heading("Stack", "as its own files name it")
    by_category: dict[str, list[Text]] = {}
    for technology in report.stack:
        text = Text(plain(technology.name))
        if technology.version and len(technology.version) < 20:
            text.append(f" {plain(technology.version)}", style="dim")
        first = technology.evidence[0]
        if page.wide:
            text.append(f" {place(first.path, first.line)}", style="bright_black")
        by_category.setdefault(technology.category, []).append(text)
    rows = [(Text(category, style="dim"), Text(", ").join(names)) for category, names in by_category.items()]
    page.table((Column(""), Column("")), rows)


def _commands(page: Page, report: Report) -> None:
    if not report.commands:
        return
    page.heading("How to")
    rows: list[tuple[Text, Text, Text]] = []
    shown: dict[str, int] = {}
    for command in report.commands:
        shown[command.purpose] = shown.get(command.purpose, 0) + 1
        if shown[command.purpose] > (3 if command.purpose in ("test", "build") else 2):
            continue
        label = PURPOSES.get(command.purpose, command.purpose) if shown[command.purpose] == 1 else ""
        text = Text(plain(command.command), style="green")
        if command.directory:
            text.append(f"  in {plain(command.directory)}", style="dim not green")
        rows.append((Text(label, style="bold"), text, Text(place(command.evidence.path, command.evidence.line))))
    page.table((Column("", group=True), Column(""), Column("", style="bright_black", path=True)), rows)


def _entry_points(page: Page, report: Report) -> None:
    if not report.entry_points:
        return
    page.heading("Where it starts")
    rows: list[tuple[Text, Text, Text]] = []
    kinds = list(dict.fromkeys(entry.kind for entry in report.entry_points))
    each = max(2, page.top // max(1, len(kinds)) + 1)
    for kind in kinds:
        entries = [entry for entry in report.entry_points if entry.kind == kind]
        for n, entry in enumerate(entries[:each]):
            label = Text(ENTRY_KINDS.get(kind, kind) if n == 0 else "", style="dim")
            name = Text(plain(entry.name))
            if entry.framework and kind in ("route", "cli-command"):
                name.append(f" {entry.framework}", style="dim")
            rows.append((label, name, Text(place(entry.evidence.path, entry.evidence.line))))
        if len(entries) > each:
            rows.append((Text(""), Text(f"… {len(entries) - each} more", style="dim"), Text("")))
    page.table((Column("", group=True), Column(""), Column("", style="bright_black", path=True)), rows)
