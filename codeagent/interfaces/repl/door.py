"""Which way `codeagent` alone goes: a session in a terminal, the lines of a pipe, or the help."""

import os
import stat
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from codeagent import __version__
from codeagent.domain.counting import counted
from codeagent.interfaces.repl.record import again, begin
from codeagent.interfaces.repl.session import NO_MODEL, Runner
from codeagent.interfaces.terminal import Terminal
from codeagent.workspace.git import find_root


def enter(terminal: Terminal, *, newest: bool = False, name: str = "") -> int | None:
    """Hold a session and return its exit code; None where nobody is there and nothing is piped.

    `newest`, or the `name` of one: go on with that session. Raises UsageError where there is none."""
    root = find_root(Path.cwd())
    inside, outside = bool(sys.stdin) and sys.stdin.isatty(), sys.stdout.isatty()
    if inside and not outside:
        return None
    lines = None if inside else _piped()
    if not inside and lines is None:
        return None
    session = again(root, name) if newest or name else begin(root)
    runner = Runner(root, terminal, session)
    if lines is not None:
        return _lines(runner, lines)
    terminal.remark(f"codeagent {__version__} in {root} · /help lists the commands, Ctrl-D leaves")
    if session.lines:
        terminal.remark(
            f"going on with session {session.id}: {counted(len(session.lines), 'line')}, last: {session.lines[-1]}"
        )
    if not runner.model:
        terminal.remark(NO_MODEL)
    code: int = import_module("codeagent.interfaces.repl.prompt").talk(runner)
    if session.lines:
        terminal.remark(f"codeagent --resume {session.id} goes on from here")
    return code


def _piped() -> Iterator[str] | None:
    """The lines of stdin where something is piped in; None for nothing at all."""
    try:
        kind = os.fstat(sys.stdin.fileno()).st_mode
    except (AttributeError, OSError, ValueError):  # there is no stdin
        return None
    if not (stat.S_ISFIFO(kind) or stat.S_ISREG(kind) or stat.S_ISSOCK(kind)):
        return None
    first = sys.stdin.readline()
    return _from(first) if first else None


def _from(first: str) -> Iterator[str]:
    yield first
    yield from sys.stdin


def _lines(runner: Runner, lines: Iterator[str]) -> int:
    """Carry out line after line; the code is that of the last one that failed."""
    failed = 0
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            failed = runner.carry_out(line, bare=True) or failed
        if runner.left:
            break
    return failed
