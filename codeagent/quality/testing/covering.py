"""Which lines tests run: how each runner is started under its coverage tool, and what that wrote."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from codeagent.quality.testing import copies, covering_go, covering_javascript, covering_python
from codeagent.quality.testing.lines import Lines, Tool
from codeagent.quality.testing.report import TestReport, joined
from codeagent.quality.testing.runner import Place, Started, TestCommand, within
from codeagent.quality.testing.running import RUNNERS, Choice
from codeagent.workspace.process import ProgramMissing
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits
from codeagent.workspace.scratch import Scratch, slots


@dataclass(frozen=True, slots=True)
class Coverer:
    """How a runner tells coverage.

    `find` answers the tool, or why there is none; `start` takes what the runner would be started with and the files
    that are asked about (relative to the command's folder); `read` answers lines by path."""

    find: Callable[[Scratch, TestCommand, Mode], Tool | str]
    start: Callable[[Started, Tool, Place, tuple[str, ...]], Started]
    read: Callable[[Scratch, TestCommand, Place, Mode], Mapping[str, Lines]]


_PYTHON: Final = Coverer(covering_python.find, covering_python.start, covering_python.read)
COVERERS: Final[Mapping[str, Coverer]] = MappingProxyType(
    {
        "pytest": _PYTHON,
        "unittest": _PYTHON,
        "script": _PYTHON,
        "whole-script": _PYTHON,
        "vitest": Coverer(covering_javascript.vitest, covering_javascript.start_vitest, covering_javascript.read),
        "jest": Coverer(covering_javascript.jest, covering_javascript.start_jest, covering_javascript.read),
        "mocha": Coverer(covering_javascript.c8, covering_javascript.start_c8, covering_javascript.read),
        "node": Coverer(covering_javascript.node, covering_javascript.start_node, covering_javascript.read),
        "go": Coverer(covering_go.find, covering_go.start, covering_go.read),
    }
)
Able = tuple[TestCommand, Tool]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run of tests covered: lines by path."""

    lines: Mapping[str, Lines] = field(default_factory=dict)
    report: TestReport = field(default_factory=TestReport)


def coverable(scratch: Scratch, commands: Iterable[TestCommand], mode: Mode) -> tuple[list[Able], list[str]]:
    """Return the commands whose coverage can be told here, each with its tool, and why that of others cannot."""
    able, absent = [], []
    for command in commands:
        coverer = COVERERS.get(command.runner)
        tool = coverer.find(scratch, command, mode) if coverer else f"{command.runner} tells no coverage"
        if isinstance(tool, Tool):
            able.append((command, tool))
        else:
            absent.append(tool)
    return able, list(dict.fromkeys(absent))


def cover(
    scratch: Scratch, able: Iterable[Able], choice: Choice, files: Iterable[str], mode: Mode, limits: Limits
) -> Coverage:
    """Run the chosen tests under coverage on what the scratch holds; `files` are those asked about.

    Whoever calls this has asked for trust."""
    asked, lines, reports = tuple(files), dict[str, Lines](), []
    for command, tool in able:
        report, told = _run(scratch, command, tool, choice, asked, mode, limits)
        reports.append(report)
        lines |= {path: lines[path].joined(more) if path in lines else more for path, more in told.items()}
    return Coverage(lines, joined(reports))


def _run(
    scratch: Scratch,
    command: TestCommand,
    tool: Tool,
    choice: Choice,
    files: tuple[str, ...],
    mode: Mode,
    limits: Limits,
) -> tuple[TestReport, Mapping[str, Lines]]:
    runner, coverer = RUNNERS[command.runner], COVERERS[command.runner]
    chosen = choice.of(command, scratch.files)
    if chosen == () or not os.path.isdir(scratch.path / command.folder):
        return TestReport(), {}
    folder = slots.empty(scratch.caches / "coverage")
    place = Place(scratch.path, command.folder, folder / "report", scratch.startup)
    prefix = within(command.folder, "")
    own = tuple(path.removeprefix(prefix) for path in files if path.startswith(prefix))
    started = coverer.start(runner.start(command, chosen, place), tool, place, own)
    extra = {**copies.told(scratch), **started.extra}
    try:
        ran = scratch.run(started.argv, folder=command.folder, mode=mode, limits=limits, extra=extra)
    except ProgramMissing as error:
        return TestReport(broken=f"{error.message}: {error.hint}"), {}
    report = replace(runner.read(place, ran.done), copied=copies.copied(scratch))
    if report.broken:
        return replace(report, broken=f"{command.runner}: {report.broken}"), {}
    try:
        told = coverer.read(scratch, command, place, mode)
    except (OSError, ValueError, KeyError) as error:
        return TestReport(broken=f"{tool.name} told no coverage: {error}"), {}
    return replace(report, protection=ran.protection.names, seconds=ran.done.seconds), told
