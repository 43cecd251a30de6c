"""`gate --plan`: what each gate would do to a change, the very commands included; nothing is run."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.quality.gates import GATES
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.invoking import argv_of, homes, with_options
from codeagent.quality.gates.judge import applies
from codeagent.quality.gates.red_first import named
from codeagent.quality.testing.naming import files_naming
from codeagent.quality.testing.runner import Files, Place, TestCommand
from codeagent.quality.testing.running import RUNNERS, Choice, plan
from codeagent.workflows.gate import Request, change_of, gates_for

_RUN: Final = ("red-first", "tests", "coverage")  # gates that run tests
_REPORT: Final = Path("REPORT")  # stands for the file that a runner's report goes to
_NO_TESTS: Final = "no tests were found"


@dataclass(frozen=True, slots=True)
class Planned:
    """What one gate would do. `commands` are as a shell would take them; `why` says what they are, or why it does
    nothing."""

    gate: str
    applies: bool
    why: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatePlan:
    """What all gates would do to a change of `files` against `base`."""

    base: str
    files: int
    gates: tuple[Planned, ...]
    notes: tuple[str, ...]


def gate_plan(root: Path, request: Request, config: Config) -> GatePlan:
    """Return what the gates would do. Raises UsageError as `gate`."""
    change = change_of(root, request, config)
    gates, notes = gates_for(change, request, config)
    change.gates = gates
    return GatePlan(change.base, len(change.files), tuple(_planned(change, one) for one in gates.values()), notes)


def _planned(change: Change, gate: Gate) -> Planned:
    if not change.files or not applies(change, gate):
        return Planned(gate.name, False, "does not apply")
    if gate.name in _RUN:
        return _tests(change, gate.name)
    if gate.name in GATES:
        return Planned(gate.name, True, gate.summary)
    told = {home: with_options(gate, change.read_after, home) for home in homes(change, gate)}
    found = {home: argv for home, one in told.items() if (argv := argv_of(one, change.after, home)) is not None}
    if not found:
        return Planned(
            gate.name, False, "is not used here" if gate.settings.get("configured") else "has no file to see"
        )
    shown = tuple(shlex.join(argv) + (f"  (in {home})" if home else "") for home, argv in found.items())
    return Planned(gate.name, True, gate.summary, shown)


def _tests(change: Change, gate: str) -> Planned:
    if change.claims.tests == "none":
        return Planned(gate, False, "switched off by --tests none")
    names = named(change) if gate == "red-first" else ()
    if gate == "red-first" and not names:
        return Planned(gate, False, "no test is named")
    commands = plan(files_after(change))
    files, why = change.concerned() if not names else (files_naming(names, change.after_graph, change.written()), "")
    shown = tuple(_shown(change, commands, Choice(files)))
    if not shown:
        return Planned(gate, False, "no test is concerned" if commands else _NO_TESTS)
    if gate == "coverage":
        return Planned(gate, True, f"{why}, once more under the coverage tool that is there")
    return Planned(gate, True, why or f"what holds {', '.join(names)}, with and without the change", shown)


def files_after(change: Change) -> Files:
    """Return the tree after the change as the detection of tests sees it."""
    return Files(change.root, change.after_graph.paths, lambda path: change.read_after(path) or b"")


def _shown(change: Change, commands: list[TestCommand], choice: Choice) -> Iterator[str]:
    """The command lines, with the files that each would get."""
    for command in commands:
        runner = RUNNERS[command.runner]
        chosen = choice.of(command, change.after_graph.paths)
        if chosen == ():
            continue
        place = Place(change.root, command.folder, _REPORT)
        started = runner.start(command, chosen if runner.chooses else None, place)
        where = f"  (in {command.folder})" if command.folder else ""
        yield shlex.join(started.argv) + where
