"""A line from whoever sits at the terminal, asked for in any thread: Ctrl-C takes the question back at once."""

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

_open: Final[list[int]] = []  # what wakes those who wait for an answer: one terminal, so at most a few
_OURS: Final = b"!"
_STOPS: Final = (_OURS, bytes([signal.SIGINT]))


def ask_line(question: str) -> str:
    """Ask on stderr and return what is said, without spaces around it. Raises KeyboardInterrupt for Ctrl-C and for the
    end of the input."""
    try:
        answers = sys.stdin.fileno()
    except (OSError, ValueError, AttributeError):  # no real input
        return _asked_plainly(question)
    try:
        with _waking() as waking:
            sys.stderr.write(f"{question}: ")
            sys.stderr.flush()
            said = sys.stdin.readline() if _is_answered(answers, waking) else ""
    except OSError:  # where only sockets can be waited for
        return _asked_plainly("")
    except KeyboardInterrupt:
        said = ""
    if not said:
        sys.stderr.write("\n")
        raise KeyboardInterrupt
    return said.strip()


def take_back() -> bool:
    """Let every question that waits end as if Ctrl-C had been pressed in its thread; tell whether there was one."""
    for wake in _open:
        os.write(wake, _OURS)
    return bool(_open)


@contextmanager
def _waking() -> Iterator[int]:
    """What becomes readable where the question is to end. Signals write there by themselves: one that comes just before
    the wait begins, or to another thread, would be lost otherwise."""
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    _open.append(wake)
    main = threading.current_thread() is threading.main_thread()
    before = signal.set_wakeup_fd(wake) if main else -1
    try:
        yield waking
    finally:
        if main:
            signal.set_wakeup_fd(before)
        _open.remove(wake)
        os.close(waking)
        os.close(wake)


def _is_answered(answers: int, waking: int) -> bool:
    """Wait for an answer; tell whether it came before the question was to end."""
    while True:
        ready, _, _ = select.select([answers, waking], [], [])
        if waking in ready and os.read(waking, 1) in _STOPS:
            return False
        if answers in ready:
            return True


def _asked_plainly(question: str) -> str:
    try:
        said: str = typer.prompt(question, default="", show_default=False, err=True)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return said.strip()
