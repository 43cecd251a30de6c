"""The report for the terminal: headings, tables and bars that fit windows of 60 to 200 columns."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from codeagent.domain.report import Report
from codeagent.interfaces.reports.page import Page
from codeagent.interfaces.reports.text_health import actions, health
from codeagent.interfaces.reports.text_structure import structure
from codeagent.interfaces.reports.text_surface import surface
from codeagent.interfaces.reports.words import count, facts_line, number, percent, plain


def print_report(report: Report, console: Console, top: int) -> None:
    """Print the report, at most `top` items in a list."""
    page = Page(console, top)
    _title(page, report)
    surface(page, report)
    structure(page, report)
    health(page, report)
    actions(page, report)
    _coverage(page, report)


def _title(page: Page, report: Report) -> None:
    repository = report.repository
    page.blank()
    page.line(Text(plain(repository.name), style="bold white on blue").append(" "), indent=0)
    if repository.description:
        page.line(Text(plain(repository.description), style="italic"), indent=0)
    page.line(Text("  ·  ".join(facts_line(report)), style="dim"), indent=0)
    for note in repository.notes:
        page.line(Text(f"! {note}", style="yellow"), indent=0)


def _coverage(page: Page, report: Report) -> None:
    coverage = report.coverage
    page.blank()
    parts = [f"{count(coverage.files, 'file')} indexed"]
    if coverage.calls:
        parts.append(f"{percent(coverage.resolved)} of {number(coverage.calls)} calls resolved")
    if coverage.parse_errors:
        parts.append(f"{count(coverage.parse_errors, 'file')} with syntax errors")
    skipped = sum(item.count for item in report.skipped)
    if skipped:
        reasons = ", ".join(f"{item.count} {plain(item.reason)}" for item in report.skipped[:4])
        parts.append(f"{number(skipped)} left out ({reasons})")
    seconds = report.timings.get("total")
    if seconds is not None:
        parts.append(f"{seconds:.1f} s")
    page.console.print(Padding(Text(" · ".join(parts), style="dim"), (0, 0)))
