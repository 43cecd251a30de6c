"""What a task's name or a shell command is for: install, build, test, lint, format, docs, run or other."""

import re
import tomllib
from functools import cache
from importlib.resources import files as resources
from typing import Final

OTHER: Final = "other"
PURPOSES: Final = ("install", "build", "run", "test", "lint", "format", "docs", OTHER)


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    text = resources("codeagent.survey").joinpath("purposes.toml").read_text(encoding="utf-8")
    rules = tomllib.loads(text)["purpose"]
    return tuple((r["name"], re.compile(r["names"], re.IGNORECASE), re.compile(r["shell"])) for r in rules)


def of_name(name: str) -> str:
    """Return what a task of that name is for."""
    return next((purpose for purpose, names, _ in _rules() if names.search(name)), OTHER)


def of_shell(line: str) -> str:
    """Return what a shell command is for."""
    return next((purpose for purpose, _, shell in _rules() if shell.search(line)), OTHER)
