"""Coverage of Python by coverage.py, with settings of our own: those of the repository may leave out what they like."""

import json
import os
from pathlib import Path
from typing import Final

from codeagent.quality.testing.lines import Lines, Tool
from codeagent.quality.testing.runner import Place, Started, TestCommand, within
from codeagent.workspace.protection import Mode
from codeagent.workspace.scratch import Scratch

_PROBE: Final = (
    "import importlib.util as u; print(' '.join(n for n in ('coverage', 'pytest_cov', 'xdist') if u.find_spec(n)))"
)
_SETTINGS: Final = """\
[run]
branch = false
source = .
relative_files = true
data_file = {data}
omit =
    .venv/*
    venv/*
    node_modules/*
[report]
include_namespace_packages = true
ignore_errors = true
exclude_lines =
    pragma: no cover
    ^\\s*if (typing\\.)?TYPE_CHECKING:
    ^\\s*@(typing\\.)?overload
    ^\\s*@(abc\\.)?abstractmethod
    ^\\s*raise NotImplementedError
    ^\\s*\\.\\.\\.$
    ^if __name__ == .__main__.:
"""


def find(scratch: Scratch, command: TestCommand, mode: Mode) -> Tool | str:
    """Find coverage.py in the interpreter that runs the tests; plug-ins that measure or spread tests stand aside."""
    python = command.argv[0]
    ran = scratch.run((python, "-c", _PROBE), mode=mode)
    there = ran.done.stdout.decode("utf-8", "replace").split() if ran.done.ok else []
    if "coverage" not in there:
        return f"coverage is not installed for {python}"
    options = (("pytest_cov", "--no-cov"), ("xdist", "-n0"))
    aside = [option for module, option in options if module in there and command.runner == "pytest"]
    return Tool("coverage.py", tuple(aside))


def start(started: Started, tool: Tool, place: Place, files: tuple[str, ...]) -> Started:
    """Run the same module under coverage."""
    settings = _settings(place)
    data = os.fspath(place.report.with_name("data"))
    Path(settings).write_text(_SETTINGS.format(data=data), encoding="utf-8")
    python, dash, module, *rest = started.argv
    argv = (python, "-m", "coverage", "run", f"--rcfile={settings}", dash, module, *tool.words, *rest)
    return Started(argv, started.extra)


def read(scratch: Scratch, command: TestCommand, place: Place, mode: Mode) -> dict[str, Lines]:
    """Let coverage.py write its report and read it. Raises ValueError, OSError or KeyError where it is none."""
    report = place.report.with_name("report.json")
    report.unlink(missing_ok=True)
    argv = (command.argv[0], "-m", "coverage", "json", f"--rcfile={_settings(place)}", "-q", "-o", str(report))
    ran = scratch.run(argv, folder=command.folder, mode=mode)
    if not report.is_file():
        raise ValueError(ran.done.complaint())
    files = json.loads(report.read_bytes())["files"]
    return {
        within(place.folder, path.replace("\\", "/")): Lines(
            frozenset(told["executed_lines"]), frozenset(told["missing_lines"])
        )
        for path, told in files.items()
    }


def _settings(place: Place) -> str:
    return os.fspath(place.report.with_name("settings"))
