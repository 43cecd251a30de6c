"""Terminal report, third and fourth chapter: where the repository hurts, and what to do about it."""

from rich.text import Text

from codeagent.domain.code import Certainty
from codeagent.domain.report import Report
from codeagent.interfaces.reports.page import Column, Page, meter
from codeagent.interfaces.reports.words import RULES, at_least, count, number, percent, place, plain, short_symbol

STYLES = {"error": "red", "warning": "yellow", "info": "blue"}
RISKS = {"low": "green", "medium": "yellow", "high": "red"}


def health(page: Page, report: Report) -> None:
    """Print hotspots, hidden coupling, ownership, test reach and findings."""
    if not report.subsystems:
        return
    page.chapter("Where it hurts")
    _hotspots(page, report)
    _coupling(page, report)
    _ownership(page, report)
    _tests(page, report)
    _findings(page, report)


def _hotspots(page: Page, report: Report) -> None:
    if not report.hotspots:
        return
    page.heading("Hotspots", "complex and changed often: churn × complexity")
    rows = [
        (
            Text(place(spot.path, spot.line)),
            meter(spot.score, 8, "red"),
            number(spot.commits),
            number(spot.complexity),
            number(spot.authors),
            Text(short_symbol(spot.symbol) if spot.symbol else "", style="dim"),
        )
        for spot in report.hotspots[: page.top]
    ]
    columns = (
        Column("file", path=True),
        Column("", wide_only=True),
        Column("commits", right=True),
        Column("complexity", right=True),
        Column("authors", right=True, wide_only=True),
        Column("most complex", wide_only=True),
    )
    page.table(columns, rows)


def _coupling(page: Page, report: Report) -> None:
    if not report.coupling:
        return
    page.heading("Change together without a dependency")
    rows = [
        (Text(plain(pair.first)), Text(plain(pair.second)), number(pair.together), percent(pair.share))
        for pair in report.coupling[: min(page.top, 6)]
    ]
    page.table(
        (
            Column("file", path=True),
            Column("file", path=True),
            Column("commits", right=True),
            Column("share", right=True),
        ),
        rows,
    )


def _ownership(page: Page, report: Report) -> None:
    owned = report.ownership
    if not owned.authors:
        return
    people = "person has" if owned.bus_factor == 1 else f"{owned.bus_factor} people have"
    lead = "one " if owned.bus_factor == 1 else ""
    page.heading("Who knows it", f"{lead}{people} made half of the commits of {count(owned.author_count, 'author')}")
    people = ", ".join(f"{plain(a.name)} {percent(a.share)} (last {a.last[:7]})" for a in owned.authors[:4])
    page.line(people)
    names = {system.name for system in report.subsystems if system.role == "product"}
    lonely = [a for a in owned.areas if a.bus_factor == 1 and a.subsystem in names]
    if lonely and owned.author_count > 1:
        shown = ", ".join(f"{plain(a.subsystem)} ({plain(a.main_author)} {percent(a.share)})" for a in lonely[:4])
        page.line(Text("known mostly by one person: ", style="dim").append(shown, style="not dim"))


def _tests(page: Page, report: Report) -> None:
    tests = report.tests
    page.heading("Tests", "reach is read from the graph, nothing was run")
    if not tests.files and not tests.cases:
        page.line(Text("no tests found", style="yellow"))
        return
    page.line(
        f"{count(tests.files, 'test file')}, {count(tests.cases, 'test')}; "
        f"they reach {at_least(report)}{percent(tests.reached)} of the functions and methods"
    )
    names = {system.name for system in report.subsystems if system.role == "product"}
    weak = [area for area in tests.areas if area.callables >= 5 and area.subsystem in names][: min(page.top, 6)]
    rows = [
        (
            Text(plain(area.subsystem)),
            meter(area.share, 8, "green" if area.share >= 0.5 else "yellow" if area.share else "red"),
            percent(area.share),
            f"of {number(area.callables)}",
            Text(listed_symbols(area.examples), style="dim"),
        )
        for area in weak
    ]
    columns = (
        Column("least reached"),
        Column("", wide_only=True),
        Column("", right=True),
        Column("callables"),
        Column("for example not", wide_only=True),
    )
    page.table(columns, rows)


def listed_symbols(symbols: tuple[str, ...]) -> str:
    """Return two symbols by their short names."""
    return ", ".join(short_symbol(symbol) for symbol in symbols[:2])


def _findings(page: Page, report: Report) -> None:
    if not report.findings:
        page.heading("Findings")
        page.line(Text("none", style="green"))
        return
    told = [one for one in report.findings if one.certainty != Certainty.NAME_ONLY]
    totals: dict[str, int] = {}
    for finding in told:
        totals[finding.rule] = totals.get(finding.rule, 0) + 1
    parts = [f"{RULES.get(rule, rule)} {number(n)}" for rule, n in totals.items()]
    if len(told) < len(report.findings):
        parts.append(f"by name alone {number(len(report.findings) - len(told))}, in JSON")
    page.heading("Findings", " · ".join(parts))
    each = max(2, page.top // max(1, len(totals)) + 1)
    rows = []
    for rule in totals:
        for finding in [f for f in told if f.rule == rule][:each]:
            message = Text(plain(finding.message))
            if finding.certainty != "exact":
                message.append(f" ({finding.certainty})", style="dim")
            rows.append((Text("●", style=STYLES[finding.severity]), message, Text(place(finding.path, finding.line))))
    page.table((Column(""), Column(""), Column("", style="bright_black", path=True)), rows)


def actions(page: Page, report: Report) -> None:
    """Print the ranked opportunities."""
    if not report.opportunities:
        return
    page.chapter("What to do")
    for n, chance in enumerate(report.opportunities[: page.top], 1):
        head = Text(f"{n:>2}. ", style="dim")
        head.append(plain(chance.title), style="bold")
        head.append(f"  {chance.operation}", style="cyan")
        head.append(f"  {chance.risk} risk", style=RISKS[chance.risk])
        page.line(head, indent=0)
        detail = Text(place(chance.path, chance.line), style="bright_black")
        detail.append(f"  {plain('; '.join(chance.evidence[:2]))}", style="default")
        page.line(detail, indent=4)
        reach = (
            f"tests reach {percent(chance.test_reach)} of it" if chance.test_reach else "no test is seen to reach it"
        )
        used = f"used by {count(chance.fan_in, 'file')}" if chance.fan_in else "used by no other file"
        page.line(Text(f"→ {plain(chance.effect)}; {used}, {reach}", style="dim"), indent=4)
        page.line(Text(f"codeagent plan --from-opportunity {chance.id}", style="dim"), indent=4)
    page.more(len(report.opportunities))
