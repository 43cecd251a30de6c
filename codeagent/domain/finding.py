"""What a check says of one place: rule, severity, certainty, and a fingerprint that survives edits elsewhere."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from codeagent.domain.code import Certainty


class Severity(StrEnum):
    """How much a finding matters: `error` breaks, `warning` costs, `info` is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of a rule. `path` is relative to the root, `line` 1-based, `symbol` an id or None.

    `fingerprint` depends on the rule, the path, the symbol and `anchor` (what makes it this finding
    and no other), never on the line, so it is the same after lines move."""

    rule: str
    severity: Severity
    message: str
    path: str
    line: int
    symbol: str | None
    fingerprint: str
    certainty: Certainty
    end_line: int | None = None
    value: float | None = None  # what was measured, such as a complexity
    limit: float | None = None  # the threshold it broke
    related: tuple[tuple[str, int], ...] = ()  # other places: (path, line)


def fingerprint(rule: str, path: str, symbol: str | None, anchor: str = "") -> str:
    """Return 16 hex digits that name a finding across runs."""
    text = "\0".join((rule, path, symbol or "", anchor))
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
