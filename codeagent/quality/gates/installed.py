"""The tools that a repository has installed for itself: preferred to those on PATH, once its user trusts them."""

import os
from dataclasses import replace
from pathlib import Path

from codeagent.quality.gates.gate import Gate
from codeagent.quality.testing.python import interpreter
from codeagent.workspace.trust import Runnable, untrusted


def placed(root: Path, gate: Gate, home: str) -> Gate:
    """Return the gate as it runs in a folder: a program that it names by a path is taken from there, or from the
    nearest folder above that has it, since workspaces install at their top."""
    program = gate.command[0] if gate.command else ""
    ups = range(home.count("/") + 2) if home and "/" in program else ()
    there = next((name for up in ups if (root / home / (name := "../" * up + program)).exists()), program)
    return gate if there == program else replace(gate, command=(there, *gate.command[1:]))


def own_command(root: Path, gate: Gate) -> tuple[str, ...]:
    """Return the gate's command with the program of the repository's own environment; empty where it has none."""
    program = gate.command[0] if gate.command else ""
    if not program or "/" in program:
        return ()
    beside = Path(interpreter(root)).parent
    inside = root.resolve() in beside.resolve().parents or root in beside.parents
    for name in (program, f"{program}.exe"):
        if inside and os.access(beside / name, os.X_OK) and (beside / name).is_file():
            return (os.fspath(beside / name), *gate.command[1:])
    return ()


def with_own_program(root: Path, gate: Gate, *, once: bool) -> Gate:
    """Return the gate as it is to be run: by the repository's own program where the user lets that run."""
    own = own_command(root, gate)
    if own and (once or not untrusted(root, [Runnable(own)])):
        return replace(gate, command=own)
    return gate
