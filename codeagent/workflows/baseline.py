"""`gates baseline`: what the gates find in a tree as it is, beside what its baseline file says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.domain.quality import GateResult, Status
from codeagent.quality.gates import GATES
from codeagent.quality.gates.baseline import (
    BASELINE,
    Key,
    Known,
    baseline_of,
    grown,
    read_baseline,
    shrunk,
    write_baseline,
)
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.comparing import reader, whole
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.judge import chosen, judge, ordered
from codeagent.quality.gates.settings import load_gates
from codeagent.workspace.writing import write_patch

Say = Callable[[str, int, int], None]
STANDING: Final = frozenset(("parse", "imports", "contracts", "complexity", "dead", "secrets"))  # speak of any tree


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is and what is recorded, by gate and fingerprint. `broken` gates could not tell, so that what is
    recorded of them stays; `recorded` is None where there is no baseline file."""

    present: Mapping[Key, Known]
    recorded: Mapping[Key, Known] | None
    broken: tuple[GateResult, ...]

    @property
    def new(self) -> list[Known]:
        """What is not recorded, or was fewer or smaller."""
        return grown(self.recorded or {}, self.present)

    @property
    def fixed(self) -> list[Known]:
        """What is recorded and not there any more."""
        return [one for key, one in (self.recorded or {}).items() if key not in self.present]


def standing(
    root: Path, config: Config, only: tuple[str, ...] = (), trust: bool = False, say: Say | None = None
) -> Standing:
    """Run the gates that speak of a tree as it is over all its files, commands included.

    Raises UsageError for an unknown gate and for a baseline file that cannot be read."""
    recorded = reader(root)(BASELINE)
    known = None if recorded is None else read_baseline(recorded)
    gates, _ = load_gates(config)
    wanted = {name: gate for name, gate in chosen(ordered(gates), only).items() if speaks_of_a_tree(gate)}
    verdict = judge(whole(root, config, Claims(trust=trust)), wanted, (), say)
    broken = tuple(result for result in verdict.results if result.status is Status.BROKEN)
    left_out = {result.gate for result in broken}.union(gates.keys() - wanted.keys())
    present = baseline_of(verdict.results)
    kept = {key: one for key, one in (known or {}).items() if key[0] in left_out}
    return Standing({**present, **kept}, known, broken)


def speaks_of_a_tree(gate: Gate) -> bool:
    """Tell whether a gate finds something in a tree as it is, and not only in a difference."""
    return gate.name in STANDING if gate.name in GATES else gate.reads not in ("", "exit-code")


def record(root: Path, found: Standing) -> int:
    """Write the baseline file, the first one as it comes, a later one with nothing more than before.

    Returns the number of findings in it; nothing is written where it stays the same. Raises Refused and Stale as
    `write_patch`."""
    known = found.present if found.recorded is None else shrunk(found.recorded, found.present)
    text, before = write_baseline(known.values()), reader(root)(BASELINE)
    if text != before:
        patch = (
            Patch("record the baseline", creates={BASELINE: text})
            if before is None
            else Patch(
                "shrink the baseline", (Edit(BASELINE, 0, len(before), text),), base={BASELINE: hex_digest(before)}
            )
        )
        write_patch(root, patch)
    return len(known)
