"""Results of a bounded size, in the words of whoever calls tools by name: models and clients, not shells."""

import re
from collections.abc import Mapping
from typing import Any, Final

from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError

LONGEST: Final = 24_000  # characters of a result in words, about 7000 tokens
_CUT: Final = 4_000  # characters of one text within a document that no verb cuts itself
_OPTION: Final = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")
_COMMAND: Final = re.compile(r"codeagent (query|refactor) ([a-z][a-z-]*)")


def bounded(text: str, advice: str) -> str:
    """Return text of at most `LONGEST` characters, cut between lines; what is left out is counted."""
    if len(text) <= LONGEST:
        return text
    kept = text[: text.rfind("\n", 0, LONGEST) + 1] or text[:LONGEST] + "\n"
    rest = text[len(kept) :].count("\n") + 1
    return f"{kept}… {counted(rest, 'more line')}; {advice}"


def head(text: str, lines: int) -> tuple[str, int]:
    """Return the first lines of a text, and how many follow them; UsageError for less than one line."""
    if lines < 1:
        raise UsageError(f"limit {lines} makes no sense", "1 is the least")
    rows = text.splitlines(keepends=True)
    return "".join(rows[:lines]), max(len(rows) - lines, 0)


def short(value: Any, longest: int = _CUT) -> Any:
    """Return a plain value with every text in it cut to `longest` characters, and fit for UTF-8."""
    if isinstance(value, str):
        text = value.encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= longest else f"{text[:longest]}…"
    if isinstance(value, Mapping):
        return {short(key, longest): short(part, longest) for key, part in value.items()}
    return [short(part, longest) for part in value] if isinstance(value, list | tuple) else value


def spoken(text: str) -> str:
    """Return a message written for the command line as a caller of tools reads it: `--limit` is `limit`."""
    prefix = {"query": "", "refactor": "propose_"}
    told = _COMMAND.sub(lambda found: prefix[found[1]] + found[2].replace("-", "_"), text)
    return _OPTION.sub(lambda found: found[1].replace("-", "_"), told)


def respoken(error: UsageError) -> UsageError:
    """Return the same error in the words of a caller of tools."""
    return UsageError(spoken(error.message), spoken(error.hint))
