"""What tests cannot tell of a change, since they ran something else: packages and builds that are older than it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from codeagent.quality.gates.change import Change
from codeagent.quality.testing.report import TestReport

_COMPILED: Final = (".pyx", ".pxd", ".pxi", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".rs", ".f", ".f90")
_BUILT: Final = (".so", ".pyd")


def untried(change: Change, *sides: TestReport) -> str:
    """Return why tests cannot tell of a change, by the reports of both of its sides; "" where they can.

    A package that is not found on one side only has come or gone with the change."""
    absent = [{one for one in side.copied if not one.kept} for side in sides]
    for one in sorted(set.intersection(*absent), key=lambda one: one.module) if absent else ():
        return (
            f"{one.module} is installed as a copy ({one.place}), and where it lies in this tree is not known: "
            "install it editable, as with pip install -e ."
        )
    for source, build in _stale(change, sides):
        return f"{build} is older than {source}, which the change touches: build it again and install that"
    return ""


def _stale(change: Change, sides: tuple[TestReport, ...]) -> Iterator[tuple[str, str]]:
    """Sources of compiled modules that the change touches, and a build of them that the tests ran, or would run."""
    sources = [path for path in change.written() if path.endswith(_COMPILED)]
    ran = {one.place for side in sides for one in side.copied if one.kept and one.place.endswith(_BUILT)}
    for source in sources:
        place = change.root / source
        beside = place.parent.glob(f"{place.name.partition('.')[0]}.*")
        builds = [*ran, *(os.fspath(one) for one in beside if one.name.endswith(_BUILT))]
        for build in sorted(build for build in builds if _is_older(Path(build), place)):
            yield source, os.path.relpath(build, change.root)


def _is_older(build: Path, source: Path) -> bool:
    try:
        return build.stat().st_mtime_ns < source.stat().st_mtime_ns
    except OSError:
        return False
