"""What would be run to test a tree, and running it in a scratch tree."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from codeagent.quality.testing import compiled, copies, javascript, plain, python, scripts
from codeagent.quality.testing.report import TestReport, joined
from codeagent.quality.testing.runner import Files, Place, Runner, TestCommand
from codeagent.workspace.process import ProgramMissing
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits
from codeagent.workspace.scratch import Scratch

RUNNERS: Final[Mapping[str, Runner]] = MappingProxyType(
    {
        "pytest": python.PYTEST,
        "unittest": python.UNITTEST,
        "script": scripts.SCRIPT,
        "whole-script": scripts.WHOLE,
        "vitest": javascript.VITEST,
        "jest": javascript.JEST,
        "mocha": javascript.MOCHA,
        "node": javascript.NODE,
        "go": compiled.GO,
        "cargo": compiled.CARGO,
        "maven": compiled.MAVEN,
        "gradle": compiled.GRADLE,
        "plain": plain.PLAIN,
    }
)
_MOST_CHOSEN: Final = 500  # files named on a command line; beyond, all tests run


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tests of a command to run: these files (relative to the root), or all."""

    files: frozenset[str] | None = None

    def of(self, command: TestCommand, there: Iterable[str]) -> tuple[str, ...] | None:
        """Return the chosen files that are there and are of the runner's language, relative to the command's folder;
        None for all."""
        if self.files is None or len(self.files) > _MOST_CHOSEN or command.runner == "plain":
            return None
        prefix = f"{command.folder}/" if command.folder else ""
        own = [path.removeprefix(prefix) for path in self.files.intersection(there) if path.startswith(prefix)]
        suffixes = RUNNERS[command.runner].suffixes
        return tuple(sorted(path for path in own if path.endswith(suffixes) and command.takes(path)))


ALL: Final = Choice()


def plan(files: Files) -> list[TestCommand]:
    """Return the commands that test a tree, from what its manifests say; one that only says yes or no, where no
    runner is known."""
    found = [command for name, runner in RUNNERS.items() if name != "plain" for command in runner.find(files)]
    return found or plain.find(files)


def files_of(scratch: Scratch) -> Files:
    """Return the scratch's present state as detection sees it."""
    return Files(scratch.root, scratch.files, scratch.read)


def run_tests(
    scratch: Scratch,
    commands: Iterable[TestCommand],
    choice: Choice = ALL,
    *,
    mode: Mode = Mode.AUTO,
    limits: Limits | None = None,
) -> TestReport:
    """Run the chosen tests on what the scratch holds now. Whoever calls this has asked for trust.

    A program that is missing makes the report a broken one. Raises NotPermitted where `mode` requires more
    protection than there is."""
    return joined([_run(scratch, command, choice, mode, limits) for command in commands])


def _run(scratch: Scratch, command: TestCommand, choice: Choice, mode: Mode, limits: Limits | None) -> TestReport:
    runner = RUNNERS[command.runner]
    chosen = choice.of(command, scratch.files)
    if chosen == ():
        return TestReport()
    place = Place(scratch.path, command.folder, scratch.caches / f"report-{command.runner}", scratch.startup)
    place.report.unlink(missing_ok=True)
    started = runner.start(command, chosen if runner.chooses else None, place)
    if not os.path.isdir(scratch.path / command.folder):
        return TestReport()
    extra = {**copies.told(scratch), **started.extra}
    try:
        ran = scratch.run(started.argv, folder=command.folder, mode=mode, limits=limits, extra=extra)
    except ProgramMissing as error:
        return TestReport(broken=f"{error.message}: {error.hint}")
    report = runner.read(place, ran.done)
    broken = f"{command.runner}: {report.broken}" if report.broken else ""
    names, seconds = ran.protection.names, ran.done.seconds
    return replace(report, protection=names, seconds=seconds, broken=broken, copied=copies.copied(scratch))
