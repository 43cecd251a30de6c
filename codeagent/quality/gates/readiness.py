"""Whether the tools are there that gates will run: said before the work, not at the first step that needs them."""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping

from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.installed import with_own_program
from codeagent.quality.gates.invoking import is_used
from codeagent.workspace.ignoring import Rules
from codeagent.workspace.trust import Runnable, require


def missing_tools(change: Change, gates: Mapping[str, Gate], paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each required gate whose program cannot be started, and that program; `paths` are those that will change.

    Raises NotPermitted where the user has not let one run."""
    for gate in gates.values():
        if gate.command and gate.required and _is_about(gate, paths) and is_used(change, gate):
            own = with_own_program(change.root, gate, once=change.claims.trust)
            if own.needs_trust:
                require(change.root, [Runnable(own.command)], once=change.claims.trust)
            program = own.command[0]
            if shutil.which(os.path.join(change.root, program) if "/" in program else program) is None:
                yield gate.name, program


def _is_about(gate: Gate, paths: Collection[str]) -> bool:
    rules = Rules().adding("", "\n".join(gate.when).encode())
    return not gate.when or any(rules.verdict(path) for path in paths)
