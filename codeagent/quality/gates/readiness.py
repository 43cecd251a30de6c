"""Whether the tools are there that gates will run: said before the work, not at the first step that needs them."""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping

from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.installed import placed, with_own_program
from codeagent.quality.gates.invoking import homes
from codeagent.workspace.trust import Runnable, require


def missing_tools(change: Change, gates: Mapping[str, Gate], paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each required gate whose program cannot be started, and that program; `paths` are those that will change.

    Raises NotPermitted where the user has not let one run."""
    for gate in gates.values():
        for home in homes(change, gate, paths) if gate.command and gate.required else ():
            own = placed(change.root, with_own_program(change.root, gate, once=change.claims.trust), home)
            if own.needs_trust:
                require(change.root, [Runnable(own.command, home)], once=change.claims.trust)
            program = own.command[0]
            if shutil.which(os.path.join(change.root, home, program) if "/" in program else program) is None:
                yield gate.name, program
