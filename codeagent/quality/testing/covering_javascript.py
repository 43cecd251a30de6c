"""Coverage of JavaScript and TypeScript: vitest's and jest's own, c8's, and that of node's runner, all told as lcov."""

import os
from pathlib import Path

from codeagent.quality.testing.javascript import program
from codeagent.quality.testing.lines import Lines, Tool, read_lcov
from codeagent.quality.testing.runner import Place, Started, TestCommand
from codeagent.workspace.process import ProgramMissing
from codeagent.workspace.protection import Mode
from codeagent.workspace.scratch import Scratch


def vitest(scratch: Scratch, command: TestCommand, mode: Mode) -> Tool | str:
    """Find the provider that is installed beside vitest."""
    for name in ("@vitest/coverage-v8", "@vitest/coverage-istanbul"):
        if any((scratch.root / place / "node_modules" / name).is_dir() for place in (command.folder, "")):
            return Tool(name)
    return "neither @vitest/coverage-v8 nor @vitest/coverage-istanbul is installed"


def jest(scratch: Scratch, command: TestCommand, mode: Mode) -> Tool | str:
    """Jest brings its own."""
    return Tool("jest")


def c8(scratch: Scratch, command: TestCommand, mode: Mode) -> Tool | str:
    """Find c8 where it is installed."""
    found = program(scratch.root, command.folder, "c8")
    return Tool("c8", (found,)) if os.path.isabs(found) else "c8 is not installed"


def node(scratch: Scratch, command: TestCommand, mode: Mode) -> Tool | str:
    """Find c8, else node itself where it is new enough to tell."""
    found = c8(scratch, command, mode)
    if isinstance(found, Tool):
        return found
    try:
        known = scratch.run((command.argv[0], "--help"), mode=mode).done.stdout
    except ProgramMissing as error:
        return error.message
    able = b"--experimental-test-coverage" in known
    return Tool("node") if able else "c8 is not installed, and this node tells no coverage"


def start_vitest(started: Started, tool: Tool, place: Place, files: tuple[str, ...]) -> Started:
    """Add the options of coverage; how much the repository wants is not asked here."""
    asked = [f"--coverage.include={path}" for path in files]
    asked += [f"--coverage.thresholds.{name}=0" for name in ("lines", "functions", "branches", "statements")]
    options = ("--coverage.enabled", "--coverage.reporter=lcovonly", f"--coverage.reportsDirectory={_folder(place)}")
    return Started((*started.argv, *options, *asked), started.extra)


def start_jest(started: Started, tool: Tool, place: Place, files: tuple[str, ...]) -> Started:
    """Add the options of coverage; how much the repository wants is not asked here."""
    asked = [f"--collectCoverageFrom={path}" for path in files]
    options = (
        "--coverage",
        "--coverageReporters=lcovonly",
        f"--coverageDirectory={_folder(place)}",
        "--coverageThreshold={}",
    )
    return Started((*started.argv, *asked, *options), started.extra)


def start_c8(started: Started, tool: Tool, place: Place, files: tuple[str, ...]) -> Started:
    """Run it below c8."""
    asked = [f"--include={path}" for path in files]
    options = ("--reporter=lcovonly", f"--reports-dir={_folder(place)}", "--all", "--check-coverage=false")
    return Started((*tool.words, *options, *asked, *started.argv), started.extra)


def start_node(started: Started, tool: Tool, place: Place, files: tuple[str, ...]) -> Started:
    """Run it below c8, or let node tell it beside its own report."""
    if tool.words:
        return start_c8(started, tool, place, files)
    report = _report(place)
    report.parent.mkdir(exist_ok=True)
    options = ("--experimental-test-coverage", "--test-reporter=lcov", f"--test-reporter-destination={report}")
    head, *rest = started.argv
    return Started((head, *options, *rest), started.extra)


def read(scratch: Scratch, command: TestCommand, place: Place, mode: Mode) -> dict[str, Lines]:
    """Read the report. Raises OSError where there is none, ValueError where it is no lcov."""
    return read_lcov(_report(place).read_text(encoding="utf-8", errors="replace"), place.relative)


def _folder(place: Place) -> str:
    return os.fspath(_report(place).parent)


def _report(place: Place) -> Path:
    return place.report.with_name("lcov") / "lcov.info"
