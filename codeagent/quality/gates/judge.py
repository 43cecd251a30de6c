"""Running gates over a change, one after the other, and the verdict of all."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, Protocol

from codeagent.domain.errors import CodeAgentError, NotPermitted, UsageError
from codeagent.domain.quality import GateResult, Verdict, Waived
from codeagent.quality.gates import GATES, load_gate
from codeagent.quality.gates.baseline import BASELINE, excused, read_baseline
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.commands import run_command
from codeagent.quality.gates.gate import Gate, broken, skipped
from codeagent.quality.gates.suppressed import Suppressions
from codeagent.quality.gates.waivers import Waiver, waived
from codeagent.workspace.ignoring import Rules

_OF_SUBMODULES: Final = ("protected",)  # look at those, too; the others at files alone

Say = Callable[[str, int, int], None]


class Memory(Protocol):
    """Where results are kept as they come, and found again by whoever judges the same change once more."""

    def known(self, gate: str) -> GateResult | None:
        """Return the result of a gate on this change, if there is one."""

    def keep(self, result: GateResult) -> None:
        """Take a result."""


def judge(
    change: Change,
    gates: Mapping[str, Gate],
    waivers: Iterable[Waiver] = (),
    say: Say | None = None,
    memory: Memory | None = None,
) -> Verdict:
    """Run the gates, in their order, and return the verdict. What the baseline before the change knows is old.

    `say` hears which gate is next, and how many of how many are done. What `memory` knows is not run again. A gate that
    raises is broken, never passed; an interrupt stops everything. Raises UsageError for a baseline that cannot be read.
    """
    known = {} if change.whole else read_baseline(change.read_before(BASELINE), f"{BASELINE} before the change")
    change.gates = gates
    rules, quiet = tuple(waivers), Suppressions(change)
    results: list[GateResult] = []
    let_pass: list[Waived] = []
    for number, gate in enumerate(gates.values()):
        if say:
            say(gate.name, number, len(gates))
        kept = memory.known(gate.name) if memory else None
        result, ours = (kept, []) if kept else waived(excused(_run(change, gate), known), rules, quiet)
        if memory and not kept:
            memory.keep(result)
        results.append(result)
        let_pass += ours
    if say:
        say("", len(gates), len(gates))
    return Verdict(change.base, tuple(results), tuple(let_pass))


def ordered(gates: Mapping[str, Gate]) -> dict[str, Gate]:
    """Return gates in the order of the registry, those that run a command last."""
    names = [name for name in GATES if name in gates] + [name for name in gates if name not in GATES]
    return {name: gates[name] for name in names}


def chosen(gates: Mapping[str, Gate], only: Iterable[str]) -> dict[str, Gate]:
    """Return the gates of these names or families; UsageError for a name that is neither."""
    wanted = tuple(only)
    for name in wanted:
        if not any(name in (gate.name, gate.family) for gate in gates.values()):
            raise UsageError(f"no gate {name}", f"gates: {', '.join(gates)}")
    return {name: gate for name, gate in gates.items() if not wanted or gate.name in wanted or gate.family in wanted}


def _run(change: Change, gate: Gate) -> GateResult:
    started = time.perf_counter()
    if not change.files and not (gate.name in _OF_SUBMODULES and change.pointers()):
        result = skipped(gate.name, "nothing changed")
    elif not applies(change, gate):
        result = skipped(gate.name, f"no changed file is of {', '.join(gate.when[:3])}")
    else:
        try:
            result = load_gate(gate.name)(change) if gate.name in GATES else run_command(change, gate)
        except NotPermitted:
            raise  # nothing is wrong with the gate or the change: the user has to say something first
        except CodeAgentError as error:
            result = broken(gate.name, error.message)
        except Exception as error:  # a gate that crashed has judged nothing
            result = broken(gate.name, f"crashed: {type(error).__name__}: {error}")
    return replace(result, seconds=round(time.perf_counter() - started, 3), required=gate.required)


def applies(change: Change, gate: Gate) -> bool:
    """Tell whether a changed file is one that the gate is about."""
    if not gate.when:
        return True
    rules = Rules().adding("", "\n".join(gate.when).encode())
    return any(rules.verdict(path) for file in change.files for path in (file.path, file.old_path))
