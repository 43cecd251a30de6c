"""Coverage of Go by `go test -coverprofile`, over all packages of the module."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from codeagent.quality.testing.lines import Lines, Tool
from codeagent.quality.testing.runner import Place, Started, TestCommand, within
from codeagent.workspace.protection import Mode
from codeagent.workspace.scratch import Scratch

_BLOCK: Final = re.compile(r"^(?P<file>.+):(?P<first>\d+)\.\d+,(?P<last>\d+)\.(?P<column>\d+) \d+ (?P<count>\d+)$")
_MODULE: Final = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)


def find(scratch: Scratch, command: TestCommand, mode: Mode) -> Tool | str:
    """Go brings its own."""
    return Tool("go")


def start(started: Started, tool: Tool, place: Place, files: tuple[str, ...]) -> Started:
    """Add the options of coverage, which stand before the packages."""
    head, packages = started.argv[:3], started.argv[3:]
    return Started((*head, f"-coverprofile={_report(place)}", "-coverpkg=./...", *packages), started.extra)


def read(scratch: Scratch, command: TestCommand, place: Place, mode: Mode) -> dict[str, Lines]:
    """Read the profile. Raises OSError where there is none."""
    module = _MODULE.search(scratch.read(within(command.folder, "go.mod")).decode("utf-8", "replace"))
    return read_profile(_report(place).read_text(encoding="utf-8"), module[1] if module else "", command.folder)


def read_profile(text: str, module: str, folder: str) -> dict[str, Lines]:
    """Return the lines by path; a line that any block of it ran counts as run."""
    run: dict[str, set[int]] = {}
    seen: dict[str, set[int]] = {}
    for path, lines, count in _blocks(text, f"{module}/", folder):
        seen.setdefault(path, set()).update(lines)
        if count:
            run.setdefault(path, set()).update(lines)
    return {
        path: Lines(frozenset(run.get(path, ())), frozenset(all_ - run.get(path, set()))) for path, all_ in seen.items()
    }


def _blocks(text: str, prefix: str, folder: str) -> Iterator[tuple[str, range, int]]:
    for row in text.splitlines():
        found = _BLOCK.match(row)
        if found and found["file"].startswith(prefix):
            yield (
                within(folder, found["file"].removeprefix(prefix)),
                range(int(found["first"]), int(found["last"]) + 1),
                int(found["count"]),
            )


def _report(place: Place) -> Path:
    return place.report.with_name("profile")
