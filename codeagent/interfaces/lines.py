"""A line from whoever sits at the terminal, asked for in any thread: Ctrl-C takes the question back at once."""

import os
import select
import sys
from typing import Final

import typer

_open: Final[list[int]] = []  # what wakes those who wait for an answer: one terminal, so at most a few


def ask_line(question: str) -> str:
    """Ask on stderr and return what is said, without spaces around it. Raises KeyboardInterrupt for Ctrl-C and for the
    end of the input."""
    try:
        answers = sys.stdin.fileno()
        waking, wake = os.pipe()
    except (OSError, ValueError, AttributeError):  # no real input
        return _asked_plainly(question)
    _open.append(wake)
    try:
        sys.stderr.write(f"{question}: ")
        sys.stderr.flush()
        ready, _, _ = select.select([answers, waking], [], [])
        said = "" if waking in ready else sys.stdin.readline()
    except OSError:  # where only sockets can be waited for
        return _asked_plainly("")
    except KeyboardInterrupt:
        said = ""
    finally:
        _open.remove(wake)
        os.close(waking)
        os.close(wake)
    if not said:
        sys.stderr.write("\n")
        raise KeyboardInterrupt
    return said.strip()


def take_back() -> bool:
    """Let every question that waits end as if Ctrl-C had been pressed in its thread; tell whether there was one."""
    for wake in _open:
        os.write(wake, b"!")
    return bool(_open)


def _asked_plainly(question: str) -> str:
    try:
        said: str = typer.prompt(question, default="", show_default=False, err=True)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return said.strip()
