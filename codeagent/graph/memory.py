"""How much memory this process uses, and when nobody looks for garbage."""

import gc
import os
import sys
from contextlib import suppress
from typing import Final

_STATM: Final = "/proc/self/statm"


def memory_used() -> int:
    """Return the resident bytes of this process; 0 where the system does not tell cheaply."""
    if sys.platform == "linux":
        with suppress(OSError, IndexError, ValueError), open(_STATM, encoding="ascii") as told:
            return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


class paused_gc:  # noqa: N801  # used like a function
    """No garbage collection within: millions of small values are being made, and none of them are circles."""

    def __enter__(self) -> None:
        self._was = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was:
            gc.enable()
