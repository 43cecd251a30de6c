"""Output of tests and linters cut to what failed: every failing id and every assertion stays, what passed goes."""

import re
from typing import Final

from codeagent.domain.tokens import tokens_of

NEIGHBOURS: Final = 3  # lines around what failed that are shown while there is room
_FAILED: Final = re.compile(
    r"""
      ^(FAILED|ERROR|FAIL|XPASS|BROKEN)\b                    # pytest's summary, unittest, jest, go
    | ^\s*(---\ FAIL|not\ ok|panic:|thread\ '.*'\ panicked)  # go, TAP, cargo
    | ^test\ .*\.\.\.\ (FAILED|ERROR)$|^\w+\ \(.*\)\ \.\.\.\ (FAIL|ERROR)$
    | ^\s*(✕|✗|×|✘|●|❌|❯)\s
    | ^_{3,}\ .*\ _{3,}$                                     # pytest's heading of one failure
    | ^E\s{2,}\S                                             # and its assertions
    | ^\s*(\w+\.)*\w*(Error|Exception|Failure|Exit|Interrupt)\b(:|$)
    | ^\s*(assert|Expected|Received|expected|received|actual|got|want|left|right)\b.*
    | \b(error|fatal|failed|FAILED)\b(\[\w+\])?:
    | ^[^\s:]+:\d+(:\d+)?:\s*\S                              # path:line: of linters, compilers and tracebacks
    | ^\s*-->\s
    | ^=+\ .*\b(failed|passed|error|errors)\b.*=+$|^Tests?:\s|^(FAILED|OK)\b|^Ran\ \d+\ tests?|^test\ result:
    | ^\d+\ (passing|failing|passed|failed|errors?)\b|^Found\ \d+\ error
    """,
    re.VERBOSE,
)
_PASSED: Final = re.compile(r"\bPASSED\b|\.\.\. ok$|^\s*(✓|✔|√)\s|^(=== RUN|--- PASS|ok\s)|^[.sxF]+\s*\[\s*\d+%\]$")


def is_telling(line: str) -> bool:
    """Whether a line says what failed, where, or how much did."""
    return bool(_FAILED.search(line)) and not _PASSED.search(line)


def cut_log(text: str, tokens: int) -> str:
    """Return the text where it is short enough, else what failed in it, with `⋮` where lines are left out.

    Lines that say what failed are never left out, so that the result may be longer than asked for; what stands
    around them is kept while there is room. A text that tells of no failure keeps its beginning and its end."""
    if tokens_of(text) <= tokens:
        return text
    lines = text.splitlines()
    telling = [number for number, line in enumerate(lines) if is_telling(line)]
    kept = set(telling or [*range(3), *range(len(lines) - 3, len(lines))]) & set(range(len(lines)))
    spent = sum(tokens_of(lines[number]) for number in kept)
    for number in _around(telling, len(lines)) if telling else _ends(len(lines)):
        if number not in kept:
            spent += tokens_of(lines[number])
            if spent > tokens:
                break
            kept.add(number)
    return _joined(lines, sorted(kept))


def _around(telling: list[int], length: int) -> list[int]:
    """The neighbours of what failed, the nearest first."""
    steps = [step for far in range(1, NEIGHBOURS + 1) for step in (-far, far)]
    return [number + step for step in steps for number in telling if 0 <= number + step < length]


def _ends(length: int) -> list[int]:
    """Every line, from both ends inwards."""
    return [number for far in range(length // 2 + 1) for number in (length - 1 - far, far)]


def _joined(lines: list[str], kept: list[int]) -> str:
    rows, before = [], -1
    for number in kept:
        if number > before + 1:
            rows.append(f"⋮ {number - before - 1} lines")
        rows.append(lines[number])
        before = number
    if before < len(lines) - 1:
        rows.append(f"⋮ {len(lines) - 1 - before} lines")
    return "\n".join(rows)
