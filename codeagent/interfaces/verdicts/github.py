"""A verdict as GitHub annotations: workflow commands, escaped, the gravest first and within what GitHub shows."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.counting import counted
from codeagent.domain.finding import Finding
from codeagent.domain.quality import Status, Verdict

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "notice"}
LIMIT: Final = 10  # annotations of each level that GitHub shows for one step


def as_github(verdict: Verdict, most: int = LIMIT) -> str:
    """Return one workflow command a line, at most `most` of each level; the rest is counted in a last notice."""
    lines: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for result in verdict.results:
        if result.status is Status.BROKEN:
            level = "error" if result.required else "warning"
            lines[level].append(f"::{level} title={_property(result.gate)}::{data(result.reason)}")
        for finding in result.findings:
            level = _LEVELS[finding.severity]
            lines[level].append(_annotation(level, result.gate, finding))
    for one in verdict.waived:
        said = data(f"let pass: {one.finding.message}: {one.reason}: {one.note} ({one.origin})")
        lines["notice"].append(f"::notice {_at(one.finding)}title={_property(one.finding.rule)}::{said}")
    return "".join(line + "\n" for line in _limited(lines, min(most, LIMIT)))


def _limited(lines: dict[str, list[str]], most: int) -> Iterator[str]:
    left = 0
    for level, found in lines.items():
        room = most if level != "notice" else max(0, most - 1)
        yield from found[:room]
        left += max(0, len(found) - room)
    if left:
        yield f"::notice title=codeagent::{counted(left, 'more finding')}: in the log and the SARIF file"


def _annotation(level: str, gate: str, finding: Finding) -> str:
    said = data(f"{finding.message} ({finding.fingerprint})")
    return f"::{level} {_at(finding)}title={_property(f'{gate}: {finding.rule}')}::{said}"


def _at(finding: Finding) -> str:
    if not finding.path:
        return ""
    end = f"endLine={finding.end_line}," if finding.end_line else ""
    return f"file={_property(finding.path)},line={finding.line},{end}"


def data(text: str) -> str:
    """Return text as the message of a workflow command, whatever is in it."""
    clean = text.encode("utf-8", "replace").decode()
    return clean.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
