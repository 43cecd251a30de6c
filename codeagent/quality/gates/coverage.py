"""coverage: changed lines that no test runs, where the repository has a tool that tells."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.graph.tables import is_parsed
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import broken, found, judged, skipped
from codeagent.quality.gates.outdated import untried
from codeagent.quality.gates.trees import put_after, put_before
from codeagent.quality.gates.trying import trusted_plan
from codeagent.quality.testing.covering import Able, Coverage, cover, coverable
from codeagent.quality.testing.lines import Lines
from codeagent.quality.testing.running import RUNNERS, Choice, files_of, plan
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits
from codeagent.workspace.scratch import Scratch, open_scratch

_BODIES: Final = frozenset(("function", "method"))
Missed = Mapping[str, list[int]]  # path -> lines, 1-based


def coverage(change: Change) -> GateResult:
    """Run the tests that a change concerns under coverage, and look at the lines that it wrote.

    Raises NotPermitted without trust."""
    files = [path for path in change.written() if _is_product(change, path)]
    if change.claims.tests == "none":
        return skipped("coverage", "switched off by --tests none")
    if not files:
        return skipped("coverage", "no product code was written")
    with open_scratch(change.root, change.config.cache_dir) as scratch:
        put_after(scratch, change)
        commands = trusted_plan(scratch, change)
        if not commands:
            return skipped("coverage", "no tests were found")
        able, absent = coverable(scratch, commands, Mode(change.config.sandbox))
        suffixes = tuple(suffix for command, _ in able for suffix in RUNNERS[command.runner].suffixes)
        files = [path for path in files if path.endswith(suffixes)]
        if not files:
            return skipped("coverage", "; ".join(absent) or "no test could run what was written")
        return _judged(change, scratch, able, files)


def _is_product(change: Change, path: str) -> bool:
    record = change.after_graph.files.get(path)
    return record is not None and is_parsed(record.language) and not record.test


def _judged(change: Change, scratch: Scratch, able: list[Able], files: list[str]) -> GateResult:
    concerned, why = change.concerned()
    choice = Choice(concerned)
    after = _run(change, scratch, able, choice, files)
    missed = {path: lines for path in files if (lines := _missed(change, path, after.lines.get(path)))}
    before = Coverage()
    if missed and not after.report.broken:
        put_before(scratch, change)
        old, _ = coverable(scratch, plan(files_of(scratch)), Mode(change.config.sandbox))
        before = _run(change, scratch, old, choice, [change.old_path(path) for path in files])
    if reason := after.report.broken or before.report.broken or untried(change, after.report):
        return broken("coverage", reason)
    new, existing = _split(change, missed, before)
    run = sum(len(_written(change, path).intersection(after.lines[path].run)) for path in files if path in after.lines)
    facts = {
        "run": run,
        "missed": sum(map(len, missed.values())),
        "tools": [tool.name for _, tool in able],
        "chosen": why,
        "protection": list(after.report.protection),
    }
    return judged("coverage", _told(change, new), _told(change, existing), facts)


def _run(change: Change, scratch: Scratch, able: list[Able], choice: Choice, files: list[str]) -> Coverage:
    limits = Limits(seconds=change.gate("coverage").timeout)
    return cover(scratch, able, choice, files, Mode(change.config.sandbox), limits)


def _written(change: Change, path: str) -> set[int]:
    return {line for first, last in change.by_path[path].new_lines for line in range(first, last + 1)}


def _missed(change: Change, path: str, told: Lines | None) -> list[int]:
    """The written lines of a file that no test ran; of a file that no test loads, those of its functions."""
    written = _written(change, path)
    if told is None:
        bodies = [one for one in change.after_graph.symbols(path) if one.kind in _BODIES]
        return sorted(line for line in written if any(one.line < line <= one.end_line for one in bodies))
    rows = change.source_after(path).splitlines()
    return sorted(line for line in written & told.missed if line <= len(rows) and rows[line - 1].strip())


def _split(change: Change, missed: Missed, before: Coverage) -> tuple[Missed, Missed]:
    """The missed lines that are new, and those whose text was there before, among what the change took, and missed."""
    old: Counter[bytes] = Counter()
    for file in change.files:
        told = before.lines.get(file.old_path)
        rows = change.source_before(file.path).splitlines()
        for first, last in file.old_lines if told else ():
            old.update(rows[line - 1].strip() for line in range(first, last + 1) if told and line in told.missed)
    new: dict[str, list[int]] = {}
    existing: dict[str, list[int]] = {}
    for path, lines in missed.items():
        rows = change.source_after(path).splitlines()
        for line in lines:
            text = rows[line - 1].strip()
            known = old[text] > 0
            old[text] -= known
            (existing if known else new).setdefault(path, []).append(line)
    return new, existing


def _told(change: Change, missed: Missed) -> Iterator[Finding]:
    """A finding for each function with missed lines, and one for what lies outside of any."""
    for path, lines in missed.items():
        symbols = [one for one in change.after_graph.symbols(path) if one.kind in _BODIES]
        groups: dict[str | None, list[int]] = {}
        for line in lines:
            groups.setdefault(_around(symbols, line), []).append(line)
        for name, own in groups.items():
            what = name.partition("::")[2] if name else "the module"
            message = f"no test runs line{'s' if len(own) > 1 else ''} {_spans(own)} of {what}"
            yield found("uncovered-lines", message, path, own[0], symbol=name, anchor="lines", value=len(own))


def _around(symbols: list[Symbol], line: int) -> str | None:
    around = [one for one in symbols if one.line <= line <= one.end_line]
    return min(around, key=lambda one: one.end_line - one.line).id if around else None


def _spans(lines: list[int]) -> str:
    """Lines as people write them: 3, 7-9."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
