"""`init`: a look at a repository, and the settings and workflow that would fit it; nothing is written here."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.config import data_folder
from codeagent.domain.insight import Dependencies, Subsystem
from codeagent.domain.report import Report
from codeagent.graph.update import Emit, nobody
from codeagent.project import Project
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.invoking import homes_among
from codeagent.quality.gates.settings import built_in_gates
from codeagent.quality.testing.runner import Files
from codeagent.quality.testing.running import plan
from codeagent.workflows.analyze import analyze

SETTINGS: Final = "codeagent.toml"
WORKFLOW: Final = ".github/workflows/codeagent.yml"
_FEWEST_LAYERS: Final = 3  # of which a contract is worth having
_HEAD: Final = """\
# What codeagent holds changes of this repository to. A project may only tighten what is built in.
# codeagent gates list      what is checked
# codeagent gate            judges the working tree against HEAD
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing of the repository that a gate fits: the gate's name, what was found, and where."""

    gate: str
    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that would be written: its path, its text, and what is there already (None: nothing)."""

    path: str
    text: str
    present: str | None

    @property
    def state(self) -> str:
        """ "new", "same", or "differs"."""
        if self.present is None:
            return "new"
        return "same" if self.present == self.text else "differs"


@dataclass(frozen=True, slots=True)
class Start:
    """What was seen of a repository, and the settings that fit it."""

    seen: tuple[Seen, ...]
    layers: str  # a contract that holds today, "" where none does
    settings: Draft


def look(project: Project, emit: Emit = nobody) -> Start:
    """Look at the repository and draft its settings."""
    report = analyze(project.root, emit=emit, config=project.config)
    graph = project.graph
    files = Files(project.root, graph.paths, graph.tree.read)
    seen = (*_tests(files), *_tools(files))
    layers = contract(report, graph.file_edges())
    return Start(seen, layers, _draft(project.root, SETTINGS, settings_text(seen, layers)))


def workflow_draft(root: Path) -> Draft:
    """Draft the workflow that reviews pull requests."""
    text = (data_folder("docs") / "workflows" / "review.yml").read_text(encoding="utf-8")
    return _draft(root, WORKFLOW, text)


def _draft(root: Path, path: str, text: str) -> Draft:
    place = root / path
    present = place.read_text(encoding="utf-8", errors="replace") if place.is_file() else None
    return Draft(path, text, present)


def settings_text(seen: Iterable[Seen], layers: str) -> str:
    """Write the settings: a line for each gate that fits, and the layers that hold today."""
    lines = [_HEAD]
    for one in seen:
        lines += [f"[gates.{one.gate}]  # {one.what}: {one.where}", "required = true", ""]
    if layers:
        lines += ["[gates.contracts]  # which part may use which: these hold today", f'layers = ["{layers}"]', ""]
    return "\n".join(lines)


def _tests(files: Files) -> Iterator[Seen]:
    commands = plan(files)
    if commands:
        runners = ", ".join(dict.fromkeys(one.runner for one in commands))
        first = commands[0]
        where = f" in {first.folder}" if first.folder else ""
        yield Seen("tests", runners, " ".join((_program(first.argv[0]), *first.argv[1:])) + where)


def _tools(files: Files) -> Iterator[Seen]:
    """The tools that the repository's own files configure."""
    for gate in built_in_gates().values():
        found = homes_among(files.paths, lambda path, words: _holds(files, path, words), gate)
        if gate.command and gate.words("configured") and found:
            yield Seen(gate.name, _says(gate), ", ".join(_configuring(files, gate, home) for home in found))


def _configuring(files: Files, gate: Gate, home: str) -> str:
    """The file that configures a tool for a folder."""
    marks = (mark.partition("#") for mark in gate.words("configured"))
    below = f"{home}/" if home else ""
    return next(below + name for name, _, words in marks if _holds(files, below + name, words))


def _says(gate: Gate) -> str:
    return f"{gate.family or gate.name} by {_program(gate.command[0])}"


def _program(path: str) -> str:
    """A program's name without the folder that it lies in on this machine."""
    return path.rpartition("/")[2]


def _holds(files: Files, path: str, words: str) -> bool:
    return path in files.paths and words in files.text(path)


def contract(report: Report, edges: Iterable[tuple[str, str]]) -> str:
    """Return the layers of the product's subsystems as a contract that holds today; "" where they have none.

    One is only offered where no file uses another against it and no subsystem lies in another's folder."""
    found: Dependencies = report.dependencies
    parts = {one.name: one for one in report.subsystems if one.role == "product"}
    rows = [name for layer in reversed(found.layers) for name in layer if name in parts]
    if found.violations or len(found.layers) < _FEWEST_LAYERS or not _apart([parts[name] for name in rows]):
        return ""
    folders = [parts[name].folders[0] for name in rows]
    height = {folder: row for row, folder in enumerate(folders)}
    for source, target in edges:
        user, used = (next((one for one in folders if path.startswith(f"{one}/")), "") for path in (source, target))
        if user and used and height[user] > height[used]:
            return ""
    return "architecture: " + " > ".join(folders)


def _apart(parts: Collection[Subsystem]) -> bool:
    """Whether each is one folder of its own, inside none of the others'."""
    folders = [one.folders[0] for one in parts if len(one.folders) == 1 and one.folders[0]]
    nested = any(a != b and f"{a}/".startswith(f"{b}/") for a in folders for b in folders)
    return len(folders) == len(parts) >= _FEWEST_LAYERS and len(set(folders)) == len(folders) and not nested
