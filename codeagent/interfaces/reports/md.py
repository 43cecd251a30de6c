"""The report as Markdown for GitHub: tables that hold hostile names, and Mermaid diagrams that render."""

import re
from collections.abc import Iterable, Sequence

from codeagent.domain.code import Certainty
from codeagent.domain.report import Report
from codeagent.interfaces.reports.words import (
    ENTRY_KINDS,
    PURPOSES,
    RULES,
    at_least,
    count,
    facts_line,
    language,
    listed,
    number,
    percent,
    place,
    plain,
    short_symbol,
)

WHEN = {"load": "when modules load", "deferred": "deferred or type-only", "": "at compile time"}
NODES = 24  # of the diagram; GitHub draws larger ones too small to read
EDGES = 40
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~$@&])")


def as_markdown(report: Report, top: int) -> str:
    """Return the report with at most `top` rows in a table."""
    parts = [_head(report), _surface(report, top), _structure(report, top), _health(report, top), _actions(report, top)]
    return "\n\n".join(part for part in parts if part) + "\n\n" + _foot(report) + "\n"


def text(value: str) -> str:
    """Return text that GitHub shows as it is, in a table cell too."""
    return _SPECIAL.sub(r"\\\1", plain(value))


def code(value: str) -> str:
    """Return text as inline code, in a table cell too; backticks and pipes inside do no harm."""
    shown = plain(value).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a heading that begins with `>` stands above numbers."""
    names = [heading.lstrip(">") for heading in headings]
    marks = ["--:" if heading.startswith(">") else "---" for heading in headings]
    lines = ["| " + " | ".join(row) + " |" for row in (names, marks, *rows)]
    return "\n".join(lines)


def _head(report: Report) -> str:
    repository = report.repository
    lines = [f"# {text(repository.name)}"]
    if repository.description:
        lines.append(f"> {text(repository.description)}")
    lines.append(" · ".join(text(fact) for fact in facts_line(report)))
    lines += [f"> [!NOTE]\n> {text(note)}" for note in repository.notes]
    return "\n\n".join(lines)


def _surface(report: Report, top: int) -> str:
    parts = ["## What it is"]
    rows = [
        (
            language(share.name),
            number(share.files),
            number(share.code_lines),
            percent(share.share) if share.share else "",
        )
        for share in report.languages[:top]
    ]
    if rows:
        parts.append(_table(("Language", ">Files", ">Lines of code", ">Share"), rows))
    if report.stack:
        stack: dict[str, list[str]] = {}
        for item in report.stack:
            first = item.evidence[0]
            stack.setdefault(item.category, []).append(f"{text(item.name)} ({code(place(first.path, first.line))})")
        parts += ["### Stack", _table(("For", "What"), [(text(k), ", ".join(v)) for k, v in stack.items()])]
    if report.commands:
        seen: dict[str, int] = {}
        lines = []
        for command in report.commands:
            seen[command.purpose] = seen.get(command.purpose, 0) + 1
            if seen[command.purpose] <= 3:
                where = code(place(command.evidence.path, command.evidence.line))
                shown = code(command.command) + (f" in {code(command.directory)}" if command.directory else "")
                lines.append((PURPOSES.get(command.purpose, command.purpose), shown, where))
        parts += ["### How to", _table(("To", "Run", "Says"), lines)]
    if report.entry_points:
        entries = [
            (text(e.name), text(ENTRY_KINDS.get(e.kind, e.kind)), code(place(e.evidence.path, e.evidence.line)))
            for e in report.entry_points[: top * 2]
        ]
        parts += ["### Where it starts", _table(("Name", "One of the", "Where"), entries)]
    return "\n\n".join(parts)


def _structure(report: Report, top: int) -> str:
    product = [system for system in report.subsystems if system.role == "product"]
    if not product:
        return ""
    parts = ["## How it hangs together", "### Subsystems", diagram(report)]
    rows = [
        (text(s.name), number(s.code_lines), number(len(s.files)), str(s.level), percent(s.cohesion))
        for s in product[:top]
    ]
    parts.append(_table(("Subsystem", ">Lines", ">Files", ">Level", ">Cohesion"), rows))
    if report.dependencies.violations:
        against = [
            (text(v.source), text(v.target), number(v.weight), code(place(v.path, v.line)))
            for v in report.dependencies.violations[:top]
        ]
        parts += ["### Against the layering", _table(("From", "Up to", ">References", "For example"), against)]
    if report.cycles:
        loops = [
            (
                number(len(c.files)),
                code(place(c.cut_source, c.cut_line)) + " → " + code(c.cut_target),
                number(c.cut_weight),
                number(c.cut_left),
                WHEN[c.when],
            )
            for c in report.cycles[:top]
        ]
        parts += ["### Import circles", _table((">Files", "Cheapest cut", ">References", ">Left", "When"), loops)]
    if report.key_symbols:
        keys = [
            (code(short_symbol(k.symbol)), k.kind, number(k.users), code(place(k.path, k.line)))
            for k in report.key_symbols[:top]
        ]
        parts += ["### Key symbols", _table(("Symbol", "Kind", ">Used in files", "Where"), keys)]
    if report.reading_order:
        tour = [
            f"{n}. {code(place(step.path, step.line))}: {text(step.why)}"
            for n, step in enumerate(report.reading_order, 1)
        ]
        parts += ["### Read in this order", "\n".join(tour)]
    return "\n\n".join(parts)


def diagram(report: Report) -> str:
    """Return a Mermaid flowchart of the biggest subsystems, each above what it uses."""
    product = [system for system in report.subsystems if system.role == "product"][:NODES]
    ids = {system.name: f"s{n}" for n, system in enumerate(product)}
    against = {(v.source, v.target) for v in report.dependencies.violations}
    lines = ["```mermaid", "flowchart TD"]
    for system in sorted(product, key=lambda s: (-s.level, s.name)):
        lines.append(f'    {ids[system.name]}["{label(system.name)}<br/>{number(system.code_lines)} lines"]')
    edges = [e for e in report.dependencies.edges if e.source in ids and e.target in ids][:EDGES]
    for edge in edges:
        arrow = "-.->" if (edge.source, edge.target) in against else "-->"
        lines.append(f"    {ids[edge.source]} {arrow}|{edge.weight}| {ids[edge.target]}")
    return "\n".join([*lines, "```"])


def label(name: str) -> str:
    """Return a name that Mermaid takes as text: everything but letters, digits and path marks by its number."""
    return re.sub(r"[^\w ./-]", lambda found: f"#{ord(found[0])};", plain(name))


def _health(report: Report, top: int) -> str:
    parts = []
    if report.hotspots:
        rows = [
            (code(place(h.path, h.line)), number(h.commits), number(h.complexity), number(h.authors))
            for h in report.hotspots[:top]
        ]
        parts += ["### Hotspots", _table(("File, at its most complex", ">Commits", ">Complexity", ">Authors"), rows)]
    if report.coupling:
        pairs = [(code(c.first), code(c.second), number(c.together), percent(c.share)) for c in report.coupling[:top]]
        parts += ["### Change together without a dependency", _table(("File", "File", ">Commits", ">Share"), pairs)]
    if report.ownership.authors:
        owned = report.ownership
        names = listed((f"{text(a.name)} {percent(a.share)}" for a in owned.authors), 5)
        line = f"Bus factor {owned.bus_factor} of {count(owned.author_count, 'author')}: {names}."
        parts += ["### Who knows it", line]
    if report.tests.files:
        tests = report.tests
        product = {system.name for system in report.subsystems if system.role == "product"}
        areas = [
            (text(a.subsystem), percent(a.share), number(a.callables)) for a in tests.areas if a.subsystem in product
        ][:top]
        told = f"they reach {at_least(report)}{percent(tests.reached)}."
        line = f"{count(tests.files, 'test file')}, {count(tests.cases, 'test')}; {told}"
        parts += ["### Tests", line]
        if areas:
            parts.append(_table(("Least reached", ">Reached", ">Callables"), areas))
    if report.findings:
        rows = [
            (RULES.get(f.rule, f.rule), text(f.message), code(place(f.path, f.line)), f"{f.severity}, {f.certainty}")
            for f in [one for one in report.findings if one.certainty != Certainty.NAME_ONLY][: top * 2]
        ]
        heading = f"### Findings ({number(len(report.findings))})"
        parts += [heading, _table(("Rule", "What", "Where", "Severity"), rows)]
    return "\n\n".join(["## Where it hurts", *parts]) if parts else ""


def _actions(report: Report, top: int) -> str:
    if not report.opportunities:
        return ""
    lines = ["## What to do"]
    for n, chance in enumerate(report.opportunities[:top], 1):
        lines.append(
            f"{n}. **{text(chance.title)}** ({code(chance.operation)}, {chance.risk} risk), "
            f"{code(place(chance.path, chance.line))}  \n"
            f"   {text('; '.join(chance.evidence))}  \n   → {text(chance.effect)}  \n"
            f"   `codeagent plan --from-opportunity {chance.id}`"
        )
    return "\n\n".join([lines[0], "\n".join(lines[1:])])


def _foot(report: Report) -> str:
    coverage = report.coverage
    parts = [count(coverage.files, "file") + " indexed"]
    if coverage.calls:
        parts.append(f"{percent(coverage.resolved)} of {number(coverage.calls)} calls resolved")
    return "---\n\n" + text(", ".join([*parts, coverage.freshness]) + ".")
