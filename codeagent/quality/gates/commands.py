"""Gates that run a program in a scratch tree: a tool that reports findings, or a command that must end well."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from codeagent.domain.errors import NotPermitted
from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change, Contents
from codeagent.quality.gates.gate import Gate, broken, found, judged, new_ones, skipped
from codeagent.workspace.ignoring import Rules
from codeagent.workspace.process import ProgramMissing
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits, Ran
from codeagent.workspace.scratch import Scratch, open_scratch
from codeagent.workspace.trust import Runnable, require

_LINE: Final = re.compile(r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+)(?::\d+)?:?\s+(?P<message>\S.*)$", re.MULTILINE)
_RULE: Final = re.compile(r"^(?:(?:error|warning|note)\s*:?\s*)?\[?([A-Z]+\d+)\b|\[([\w-]+)\]\s*$")


class _Unreadable(Exception):
    """What a tool printed is not what it was said to print."""


def run_command(change: Change, gate: Gate) -> GateResult:
    """Run the gate's command on the tree after the change, and where it finds something on the one before."""
    if not _is_used(change, gate):
        return skipped(gate.name, f"this repository does not use {gate.command[0]}")
    if gate.needs_trust:
        try:
            require(change.root, [Runnable(gate.command)], once=change.claims.trust)
        except NotPermitted as error:
            return broken(gate.name, f"{error.message}; {error.hint}", command=gate.command)
    try:
        with open_scratch(change.root, change.config.cache_dir) as scratch:
            return _compared(change, gate, scratch)
    except ProgramMissing as error:
        return broken(gate.name, error.message, command=gate.command)
    except _Unreadable as error:
        return broken(gate.name, str(error), command=gate.command)


def _is_used(change: Change, gate: Gate) -> bool:
    """Whether the repository has one of the files that configure the tool; `FILE#WORDS` asks for words in it."""
    marks = gate.words("configured")
    for mark in marks:
        path, _, words = mark.partition("#")
        if any(
            data is not None and words.encode() in data for data in (change.read_before(path), change.read_after(path))
        ):
            return True
    return not marks


def _compared(change: Change, gate: Gate, scratch: Scratch) -> GateResult:
    scratch.write(change.after)
    argv = _argv(change, gate, change.after)
    if argv is None:
        return skipped(gate.name, "no file that it looks at is left")
    mode = Mode(change.config.sandbox)
    ran = _run(scratch, gate, argv, mode)
    after = list(_read(gate, ran, scratch, change))
    facts = {"protection": str(ran.protection)}
    if not after:
        return _with(judged(gate.name, (), facts=facts), argv)
    old = None if change.whole else _argv(change, gate, change.before)
    if old is not None:
        scratch.write({**dict.fromkeys(change.after), **change.before})
    before = [] if old is None else list(_read(gate, _run(scratch, gate, old, mode), scratch, change))
    new, existing = new_ones(before, after)
    return _with(judged(gate.name, new, existing, facts), argv)


def _with(result: GateResult, argv: tuple[str, ...]) -> GateResult:
    return GateResult(result.gate, result.status, result.findings, result.existing, command=argv, facts=result.facts)


def _argv(change: Change, gate: Gate, contents: Contents) -> tuple[str, ...] | None:
    """The command with `{files}` filled in; None where there are none for it."""
    if "{files}" not in gate.command:
        return gate.command
    rules = Rules().adding("", "\n".join(gate.when).encode())
    files = sorted(
        path for path, data in contents.items() if data is not None and (not gate.when or rules.verdict(path))
    )
    if not files:
        return None
    return tuple(part for word in gate.command for part in (_safe(files) if word == "{files}" else (word,)))


def _safe(files: list[str]) -> list[str]:
    """Names that no program takes for an option."""
    return [f"./{path}" if path.startswith("-") else path for path in files]


def _run(scratch: Scratch, gate: Gate, argv: tuple[str, ...], mode: Mode) -> Ran:
    ran = scratch.run(argv, mode=mode, limits=Limits(seconds=gate.timeout))
    if ran.done.timed_out:
        raise _Unreadable(f"timed out after {gate.timeout:.0f} s")
    if ran.done.truncated:
        raise _Unreadable("printed more than can be kept")
    if gate.reads != "exit-code" and ran.done.code not in (0, *map(int, gate.words("codes") or ("1",))):
        raise _Unreadable(f"crashed: {ran.done.complaint()}")
    return ran


def _read(gate: Gate, ran: Ran, scratch: Scratch, change: Change) -> Iterator[Finding]:
    """What a tool reports, each finding anchored to the text of its line."""
    text = ran.done.stdout.decode("utf-8", "replace")
    if gate.reads == "exit-code":
        if ran.done.code:
            said = (text + ran.done.stderr.decode("utf-8", "replace")).strip().splitlines()
            tail = said[-1][:200] if said else ""
            yield found(gate.name, f"ended with exit code {ran.done.code}: {tail}", change.files[0].path, anchor="code")
        return
    rows = _of_json(text) if gate.reads == "json" else _of_sarif(text) if gate.reads == "sarif" else _of_lines(text)
    seen = 0
    for path, line, rule, message in rows:
        seen += 1
        inside = _inside(path, scratch)
        anchor = f"{rule} {re.sub(r'[0-9]+', '#', message)} {_line(scratch.path / inside, line)}"
        yield found(rule or gate.name, message, inside, line, anchor=anchor)
    if ran.done.code and not seen:
        raise _Unreadable(f"ended with exit code {ran.done.code} and reported nothing: {ran.done.complaint()}")


Row = tuple[str, int, str, str]


def _of_json(text: str) -> Iterator[Row]:
    """What ruff prints: a list of findings."""
    try:
        for one in json.loads(text or "[]"):
            yield one["filename"], one["location"]["row"], one.get("code") or "syntax-error", one["message"]
    except (ValueError, KeyError, TypeError) as error:
        raise _Unreadable("printed no JSON that can be read") from error


def _of_sarif(text: str) -> Iterator[Row]:
    try:
        document: Mapping[str, Any] = json.loads(text)
        for run in document["runs"]:
            for one in run.get("results", ()):
                place = one["locations"][0]["physicalLocation"]
                line = place.get("region", {}).get("startLine", 1)
                yield place["artifactLocation"]["uri"], line, one.get("ruleId", ""), one["message"].get("text", "")
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise _Unreadable("printed no SARIF that can be read") from error


def _of_lines(text: str) -> Iterator[Row]:
    """`path:line: message`, as most tools print."""
    for match in _LINE.finditer(text):
        if re.match(r"(?:\d+:\s*)?note:", match["message"]):
            continue
        rule = _RULE.search(match["message"])
        yield match["path"], int(match["line"]), (rule[1] or rule[2]) if rule else "", match["message"].strip()


def _inside(path: str, scratch: Scratch) -> str:
    for root in (scratch.path, scratch.root.resolve()):
        if Path(path).is_absolute() and Path(path).is_relative_to(root):
            return Path(path).relative_to(root).as_posix()
    return path.removeprefix("file://").removeprefix("./")


def _line(path: Path, number: int) -> str:
    try:
        rows = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return " ".join(rows[number - 1].split()) if 0 < number <= len(rows) else ""
