"""Work in a process of its own: a second Ctrl-C ends it at once, and the session goes on."""

import os
import signal
import sys
from collections.abc import Callable


def apart(work: Callable[[], int]) -> int:
    """Return the exit code of work that may be ended by force; run in this process where there is no fork."""
    if not hasattr(os, "fork"):
        return work()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C is for the work: it comes to both
    try:
        pid = os.fork()
        if pid == 0:
            _work(work)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code


def _work(work: Callable[[], int]) -> None:
    """Never returns."""
    code = 3
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        code = 130
    finally:
        os._exit(code)
