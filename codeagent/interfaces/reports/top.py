"""A shorter report: the first N of every list, the whole left as it is."""

from dataclasses import replace

from codeagent.domain.report import Report


def topped(report: Report, top: int) -> Report:
    """Return the report with at most `top` items in each list."""
    depends = report.dependencies
    return replace(
        report,
        languages=report.languages[:top],
        skipped=report.skipped[:top],
        stack=report.stack[:top],
        commands=report.commands[:top],
        entry_points=report.entry_points[:top],
        subsystems=report.subsystems[:top],
        dependencies=replace(
            depends,
            edges=depends.edges[:top],
            violations=depends.violations[:top],
            files=tuple(sorted(depends.files, key=lambda link: (-link.weight, link.source, link.target))[:top]),
            external=depends.external[:top],
        ),
        cycles=report.cycles[:top],
        key_symbols=report.key_symbols[:top],
        reading_order=report.reading_order[:top],
        hotspots=report.hotspots[:top],
        coupling=report.coupling[:top],
        ownership=replace(report.ownership, authors=report.ownership.authors[:top], areas=report.ownership.areas[:top]),
        tests=replace(report.tests, areas=report.tests.areas[:top], untested=report.tests.untested[:top]),
        findings=report.findings[:top],
        opportunities=report.opportunities[:top],
    )
