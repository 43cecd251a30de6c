"""Remarks in the code that silence a rule, `codeagent: ignore[rule] reason`, where the change did not bring them."""

import re
from collections import Counter
from functools import cache
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.quality.gates.change import Change

REMARK: Final = re.compile(r"codeagent: ignore(?:\[([\w-]+)\])?[ \t]*([^\n]*)")


class Suppressions:
    """The remarks that stood in the files before the change; one that came with it silences nothing."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._lines = cache(self._lines_of)

    def reason(self, finding: Finding) -> str:
        """Return the reason given on the finding's line or the one above, for its rule; "" where there is none."""
        lines = self._lines(finding.path)
        for number in (finding.line, finding.line - 1):
            said = lines.get(number, ("", ""))
            if said[0] == finding.rule and said[1]:
                return said[1]
        return ""

    def _lines_of(self, path: str) -> dict[int, tuple[str, str]]:
        """Line to (rule, reason) of the remarks after the change that were there before."""
        after = remarks(self._change.read_after(path) or b"")
        if path not in self._change.after:
            return dict(after)
        old = Counter(said for _, said in remarks(self._change.source_before(path)))
        kept = {}
        for line, said in after:
            if old[said] > 0:
                old[said] -= 1
                kept[line] = said
        return kept


def remarks(source: bytes) -> list[tuple[int, tuple[str, str]]]:
    """Return (line, (rule, reason)) of every remark; rule "" where it names none."""
    if b"codeagent: ignore" not in source:
        return []
    lines = source.decode("utf-8", "replace").splitlines()
    found = ((number, REMARK.search(line)) for number, line in enumerate(lines, 1))
    return [(number, (match[1] or "", match[2].strip(" */->"))) for number, match in found if match]
