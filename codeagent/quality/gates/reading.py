"""What tools print, read as findings: paths, lines, rules and messages, anchored to the text of the line."""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

from codeagent.domain.finding import Finding, Severity
from codeagent.quality.gates.gate import Gate, found
from codeagent.workspace.process import Completed

_LINE: Final = re.compile(
    r"^(?:vet: )?(?P<path>[^\s:][^:\n]*?)(?::(?P<line>\d+)(?::\d+)?:?|\((?P<row>\d+),\d+\):)\s+(?P<message>\S.*)$",
    re.MULTILINE,
)
_RULE: Final = re.compile(r"^(?:(?:error|warning|note)\s*:?\s*)?\[?([A-Z]+\d+)\b|\[([\w-]+)\]\s*$")

_DIED: Final = frozenset((126, 127, *range(129, 160)))  # of a shell: not run, not found, ended by a signal

Row = tuple[str, int, str, str, Severity]  # path, line, rule, message
TextOf = Callable[[str], str | None]


class Unreadable(Exception):
    """What a tool printed is not what it was said to print, or it did not end as it should."""


def check(gate: Gate, done: Completed) -> None:
    """Raise Unreadable where a tool ended so that its output says nothing."""
    if done.timed_out:
        raise Unreadable(f"timed out after {gate.timeout:.0f} s")
    if done.truncated:
        raise Unreadable("printed more than can be kept")
    if gate.reads != "exit-code" and done.code not in (0, *map(int, gate.words("codes") or ("1",))):
        raise Unreadable(f"crashed: {done.complaint()}")
    if done.code < 0 or done.code in _DIED:
        raise Unreadable(f"crashed, exit code {done.code}: {done.complaint()}")


def read_findings(
    gate: Gate, done: Completed, roots: Iterable[Path], text_of: TextOf, first: str, home: str = ""
) -> Iterator[Finding]:
    """Return what a tool reports that ran in the folder `home`. `roots` are the folders that it may call the root,
    `text_of` reads a file as the tool saw it, `first` is the path for a command that only says yes or no.

    Raises Unreadable."""
    check(gate, done)
    text, aside = (said.decode("utf-8", "replace") for said in (done.stdout, done.stderr))
    if gate.reads == "exit-code":
        if done.code:
            said = (text + aside).strip().splitlines()
            tail = said[-1][:200] if said else ""
            yield found(gate.name, f"ended with exit code {done.code}: {tail}", first, anchor="code")
        return
    places, seen = tuple(roots), 0
    complaints = _of_lines(aside) if gate.reads == "lines" else ()  # go vet and cargo tell all of it there
    rows = chain(_rows(gate, text), (row for row in complaints if text_of(_inside(row[0], places, home)) is not None))
    for path, line, rule, message, severity in rows:
        seen += 1
        inside = _inside(path, places, home)
        anchor = f"{rule} {re.sub(r'[0-9]+', '#', message)} {_line(text_of(inside), line)}"
        yield found(rule or gate.name, message, inside, line, anchor=anchor, severity=severity)
    if done.code and not seen:
        raise Unreadable(f"ended with exit code {done.code} and reported nothing: {done.complaint()}")


def _rows(gate: Gate, text: str) -> Iterator[Row]:
    return _of_json(text) if gate.reads == "json" else _of_sarif(text) if gate.reads == "sarif" else _of_lines(text)


def _of_json(text: str) -> Iterator[Row]:
    """What ruff prints, a list of findings, or eslint, a list of files with theirs, or pyright, a report."""
    try:
        told = json.loads(text or "[]")
        if isinstance(told, dict):
            yield from map(_of_pyright, told["generalDiagnostics"])
            return
        for one in told:
            if "filePath" not in one:
                rule = one.get("code") or "syntax-error"
                yield one["filename"], one["location"]["row"], rule, one["message"], Severity.ERROR
                continue
            for said in one["messages"]:
                if "line" in said:
                    rule = said.get("ruleId") or "syntax-error"
                    yield one["filePath"], said["line"], rule, said["message"], Severity.ERROR
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("printed no JSON that can be read") from error


def _of_pyright(one: Mapping[str, Any]) -> Row:
    severity = Severity.ERROR if one["severity"] == "error" else Severity.WARNING
    line = one["range"]["start"]["line"] + 1 if "range" in one else 1
    return one["file"], line, one.get("rule", ""), " ".join(one["message"].split()), severity


def _of_sarif(text: str) -> Iterator[Row]:
    try:
        document: Mapping[str, Any] = json.loads(text)
        for run in document["runs"]:
            for one in run.get("results", ()):
                place = one["locations"][0]["physicalLocation"]
                line = place.get("region", {}).get("startLine", 1)
                said = one["message"].get("text", "")
                yield place["artifactLocation"]["uri"], line, one.get("ruleId", ""), said, Severity.ERROR
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Unreadable("printed no SARIF that can be read") from error


def _of_lines(text: str) -> Iterator[Row]:
    """`path:line: message`, as most tools print, or `path(line,column): message`, as tsc does."""
    for match in _LINE.finditer(text):
        if re.match(r"(?:\d+:\s*)?note:", match["message"]):
            continue
        rule = _RULE.search(match["message"])
        name = (rule[1] or rule[2]) if rule else ""
        yield match["path"], int(match["line"] or match["row"]), name, match["message"].strip(), Severity.ERROR


def _inside(path: str, roots: tuple[Path, ...], home: str) -> str:
    for root in roots:
        if Path(path).is_absolute() and Path(path).is_relative_to(root):
            return Path(path).relative_to(root).as_posix()
    seen = path.removeprefix("file://").removeprefix("./")
    return posixpath.normpath(f"{home}/{seen}") if home else seen


def _line(text: str | None, number: int) -> str:
    rows = (text or "").splitlines()
    return " ".join(rows[number - 1].split()) if 0 < number <= len(rows) else ""
