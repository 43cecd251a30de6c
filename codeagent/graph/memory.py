"""How much memory this process uses."""

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
