"""What the options of commands say that ask a model; light, for commands that may as well ask none."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.domain.run import Budget
from codeagent.interfaces.options import WORKERS

_LONGEST: Final = 1e9  # seconds; what waits cannot be told to wait for ever
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """`90`, `90s`, `5m` or `1h` in seconds. Raises UsageError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if not found or not float(found[1]):
        raise UsageError(f"--timeout wants a time such as 90, 90s, 5m or 1h, not {text!r}")
    return min(float(found[1]) * _UNITS[found[2]], _LONGEST)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options say."""

    model: str | None = None
    api_base: str | None = None
    max_cost: float | None = None
    max_tokens: int | None = None
    max_calls: int | None = None
    timeout: str | None = None

    def budget(self) -> Budget:
        """The limits among them. Raises UsageError."""
        if self.max_cost is not None and not math.isfinite(self.max_cost):
            raise UsageError(f"--max-cost wants dollars, not {self.max_cost}", "leave it out to have no limit")
        return Budget(self.max_cost, self.max_tokens, self.max_calls, seconds(self.timeout) if self.timeout else None)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be looked at, and how: a revision in place of the tree, so many explorers at once, a run to go on
    with."""

    root: Path
    config: Config
    rev: str | None
    wish: Wish
    workers: int = WORKERS
    run: str = ""
