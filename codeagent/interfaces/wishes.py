"""Options of all commands that ask a model, and what they say; light, for commands that may as well ask none."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.domain.run import Budget

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """`90`, `90s`, `5m` or `1h` in seconds. Raises UsageError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if not found or not float(found[1]):
        raise UsageError(f"--timeout wants a time such as 90, 90s, 5m or 1h, not {text!r}")
    return float(found[1]) * _UNITS[found[2]]


ModelOption = Annotated[
    str | None, typer.Option("--model", "-m", metavar="NAME", help="The model, as litellm or your settings name it.")
]
ApiBaseOption = Annotated[
    str | None, typer.Option("--api-base", metavar="URL", help="Where that model is served; nothing else is contacted.")
]
MaxCostOption = Annotated[
    float | None, typer.Option("--max-cost", metavar="USD", min=0.0, help="The most that calls may cost, in dollars.")
]
MaxTokensOption = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", min=1, help="The most tokens, of questions and answers.")
]
MaxCallsOption = Annotated[
    int | None, typer.Option("--max-calls", metavar="N", min=0, help="The most calls of a model.")
]
TimeoutOption = Annotated[
    str | None, typer.Option("--timeout", metavar="TIME", help="The longest it may take: 90s, 5m, 1h.")
]

WORKERS: Final = 4
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, max=16, metavar="N", help="Explore so many subsystems at once.")
]


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
        """The limits among them."""
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
