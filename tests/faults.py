"""Faults in the calls that change a disk: in a child process the n-th of them kills it, fails, or is interrupted."""

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CALLS = ("open", "write", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir", "chmod", "fchown")
TIDYING = ("rmdir",)  # a folder that cannot go is left empty, which is no failure
NEED_SPACE = ("open", "write", "mkdir", "fsync")


@dataclass
class Fault:
    """What happens at call number `at`: "kill", "interrupt", "once" (that call fails), "full" (all from then on);
    "insist" is an interrupt that comes again and again."""

    kind: str
    at: int
    seen: int = 0

    def strike(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Called before each call."""
        if name == "open" and not arguments[1] & os.O_CREAT:
            return
        self.seen += 1
        if self.kind == "kill" and self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.kind == "interrupt" and self.seen == self.at:
            raise KeyboardInterrupt
        if self.kind == "insist" and self.seen == self.at:
            raise KeyboardInterrupt
        if self.kind == "insist" and self.seen > self.at:
            signal.raise_signal(signal.SIGINT)
        if self.kind == "once" and self.seen == self.at and name not in TIDYING:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), arguments[0])
        if self.kind == "full" and self.seen >= self.at and name in NEED_SPACE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), arguments[0])


def with_fault(work: Callable[[], object], kind: str, at: int) -> tuple[str, bool]:
    """Do work in a child process with a fault; return how it ended, and whether the fault was ever reached."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        fault = Fault(kind, at)
        really_write = os.write
        try:
            for name in CALLS:
                setattr(os, name, _wrapped(fault, name, getattr(os, name)))
            work()
            ended = "done"
        except BaseException as error:
            ended = type(error).__name__
        really_write(writer, f"{ended} {fault.seen >= at}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        text = said.read().decode()
    os.waitpid(child, 0)
    ended, _, reached = text.partition(" ")
    return ended or "killed", reached != "False"


def _wrapped(fault: Fault, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        fault.strike(name, arguments)
        if fault.kind == "kill" and name == "write" and fault.seen + 1 == fault.at and len(arguments[1]) > 1:
            return call(arguments[0], arguments[1][: len(arguments[1]) // 2])  # the next call kills: half is written
        return call(*arguments, **named)

    return counted
