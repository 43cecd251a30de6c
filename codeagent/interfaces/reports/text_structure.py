"""Terminal report, second chapter: how the repository hangs together."""

from rich.text import Text

from codeagent.domain.counting import counted
from codeagent.domain.insight import Subsystem
from codeagent.domain.report import Report
from codeagent.interfaces.reports.page import PALETTE, Column, Page, meter
from codeagent.interfaces.reports.words import count, number, place, plain, short_symbol

ROUND = 4  # stops of a circle that are shown


def structure(page: Page, report: Report) -> None:
    """Print subsystems, dependencies, circles, key symbols and the reading order."""
    if not report.subsystems:
        return
    page.chapter("How it hangs together")
    _subsystems(page, report)
    _dependencies(page, report)
    _cycles(page, report)
    _key_symbols(page, report)
    _reading_order(page, report)


def _subsystems(page: Page, report: Report) -> None:
    product = [system for system in report.subsystems if system.role == "product"]
    page.heading("Subsystems", "found from imports and calls; a level uses the levels below it")
    names = {system.name for system in product}
    biggest = max((system.code_lines for system in product), default=1) or 1
    uses: dict[str, list[str]] = {}
    for edge in report.dependencies.edges:
        uses.setdefault(edge.source, []).append(edge.target)
    rows = []
    shown = sorted(product, key=lambda s: -s.code_lines)[: max(page.top, 12)]
    for system in sorted(shown, key=lambda s: (-s.level, -s.code_lines, s.name)):
        rows.append(
            (
                Text(str(system.level), style="dim"),
                Text(plain(system.name), style="bold"),
                number(system.code_lines),
                meter(system.code_lines / biggest, 8, PALETTE[system.level % len(PALETTE)]),
                number(len(system.files)),
                Text(plain(", ".join([n for n in uses.get(system.name, []) if n in names][:3])), style="dim"),
            )
        )
    columns = (
        Column("level", right=True),
        Column("subsystem"),
        Column("lines", right=True),
        Column("", wide_only=True),
        Column("files", right=True),
        Column("uses most", wide_only=True),
    )
    page.table(columns, rows)
    if len(product) > len(shown):
        page.line(Text(f"… {len(product) - len(shown)} smaller ones", style="dim"))
    trials = [system for system in report.subsystems if system.role == "tests"]
    if trials:
        page.line(Text(f"tests: {_sum(trials)}", style="dim"))


def _sum(systems: list[Subsystem]) -> str:
    files = sum(len(system.files) for system in systems)
    return f"{count(files, 'file')}, {count(sum(s.code_lines for s in systems), 'line')} of code"


def _dependencies(page: Page, report: Report) -> None:
    names = {system.name for system in report.subsystems if system.role == "product"}
    edges = [e for e in report.dependencies.edges if e.source in names and e.target in names]
    if edges:
        page.heading("Strongest dependencies", "references from one subsystem to another, with one of them")
        rows = [
            (Text(plain(e.source)), "→", Text(plain(e.target)), number(e.weight), Text(place(e.path, e.line)))
            for e in edges[: page.top]
        ]
        columns = (
            Column(""),
            Column(""),
            Column(""),
            Column("", right=True),
            Column("", style="bright_black", path=True),
        )
        page.table(columns, rows)
    against = report.dependencies.violations
    if against:
        page.heading("Against the layering", "edges that point up, the most accidental first")
        rows = [
            (Text(plain(e.source)), "↑", Text(plain(e.target)), number(e.weight), Text(place(e.path, e.line)))
            for e in against[: page.top]
        ]
        columns = (
            Column(""),
            Column("", style="yellow"),
            Column(""),
            Column("", right=True),
            Column("", style="bright_black", path=True),
        )
        page.table(columns, rows)
        page.more(len(against))
    external = report.dependencies.external
    if external:
        packages = ", ".join(f"{plain(e.name)} ({e.files})" for e in external[: page.top + 2])
        page.heading("Packages it leans on", "with the number of files that import them")
        page.line(packages)


def _cycles(page: Page, report: Report) -> None:
    if not report.cycles:
        return
    page.heading("Import circles", "and the cheapest edge to cut")
    for cycle in report.cycles[: min(page.top, 6)]:
        trip = list(cycle.path[:ROUND])
        head = Text(count(len(cycle.files), "file"), style="bold")
        head.append(
            "  only through deferred or type-only imports" if cycle.when == "deferred" else "", style="dim not bold"
        )
        page.line(head)
        way = " → ".join(plain(p) for p in trip) + (" → …" if len(cycle.path) > ROUND else f" → {plain(trip[0])}")
        page.line(way, indent=4)
        cut = Text("cut ", style="dim")
        cut.append(f"{place(cycle.cut_source, cycle.cut_line)} → {plain(cycle.cut_target)}", style="yellow")
        stay = "stays" if cycle.cut_left == 1 else "stay"
        left = f", {counted(cycle.cut_left, 'file')} {stay} in circles" if cycle.cut_left else ", none is left"
        cut.append(f"  {count(cycle.cut_weight, 'reference')}{left}", style="dim")
        page.line(cut, indent=4)
    if len(report.cycles) > min(page.top, 6):
        page.line(Text(f"… {len(report.cycles) - min(page.top, 6)} more", style="dim"))


def _key_symbols(page: Page, report: Report) -> None:
    if not report.key_symbols:
        return
    page.heading("Key symbols", "what the rest leans on most: PageRank × how many files use it")
    rows = [
        (
            Text(short_symbol(key.symbol), style="bold"),
            Text(key.kind, style="dim"),
            meter(key.score, 8),
            count(key.users, "file"),
            Text(place(key.path, key.line)),
        )
        for key in report.key_symbols[: page.top]
    ]
    columns = (
        Column(""),
        Column("", wide_only=True),
        Column("", wide_only=True),
        Column("", right=True),
        Column("", style="bright_black", path=True),
    )
    page.table(columns, rows)


def _reading_order(page: Page, report: Report) -> None:
    if not report.reading_order:
        return
    page.heading("Read in this order")
    rows = []
    for n, step in enumerate(report.reading_order, 1):
        why = Text(plain(step.why), style="dim")
        if step.symbols and page.wide:
            why.append(f": {', '.join(short_symbol(s) for s in step.symbols[:3])}")
        rows.append((str(n), Text(place(step.path, step.line)), why))
    page.table((Column("", right=True, style="dim"), Column("", path=True), Column("")), rows)
