"""A verdict as Markdown: the verdict first, then what is new, the rest folded away."""

import re
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult, Status, Verdict
from codeagent.interfaces.verdicts.text import summed_up

MARKER: Final = "<!-- codeagent gate -->"  # by which a comment is found again and replaced
SHOWN: Final = 50  # findings of one gate


def as_markdown(verdict: Verdict) -> str:
    """Return a document that fits a pull request comment or a step summary."""
    new = sum(len(result.findings) for result in verdict.results)
    old = sum(len(result.existing) for result in verdict.results)
    said = "nothing stands in the way" if verdict.ok else "**blocked**"
    lines = [
        MARKER,
        f"### codeagent gate: {said}",
        "",
        f"{new} new, {old} existing, {len(verdict.waived)} let pass",
        "",
    ]
    lines += ["| gate | result | |", "|---|---|---|"]
    lines += [f"| {one.gate} | {one.status} | {_cell(summed_up(one))} |" for one in verdict.results]
    for result in verdict.results:
        lines += _section(result)
    if verdict.waived:
        lines += ["", "<details><summary>let pass</summary>", ""]
        lines += [
            f"- {_place(one.finding)} {plain(one.finding.message)}: {plain(f'{one.reason}, {one.note} ({one.origin})')}"
            for one in verdict.waived
        ]
        lines += ["", "</details>"]
    lines += ["", *(f"> {plain(note)}" for note in verdict.notes)] if verdict.notes else []
    return "\n".join(lines) + "\n"


def _section(result: GateResult) -> list[str]:
    if not result.findings:
        return []
    lines = ["", f"#### {result.gate}", ""]
    if result.status is not Status.FAILED:
        lines += ["<details><summary>remarks</summary>", ""]
    shown = result.findings[:SHOWN]
    lines += [" ".join(filter(None, ("-", _place(one), f"`{one.rule}`", plain(one.message)))) for one in shown]
    if len(result.findings) > SHOWN:
        lines.append(f"- … and {len(result.findings) - SHOWN} more")
    return lines if result.status is Status.FAILED else [*lines, "", "</details>"]


def _place(finding: Finding) -> str:
    if not finding.path:
        return ""
    ticks = "``" if "`" in finding.path else "`"
    return f"{ticks}{finding.path}:{finding.line}{ticks}"


def plain(text: str) -> str:
    """Words of somebody else's code, without a meaning in Markdown or HTML, and mentioning nobody."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#@~])", r"\\\1", flat)


def _cell(text: str) -> str:
    return plain(text)
