"""Remarks of a model on a change: each anchored to a new line, checked against the change, deduplicated and capped."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, Severity, fingerprint
from codeagent.quality.gates.change import Change
from codeagent.quality.reviewing.hunks import Difference

RULE: Final = "remark"
LONGEST: Final = 600  # letters of a message
_QUOTED: Final = re.compile(r"`([^`\n]+)`")
_WORD: Final = re.compile(r"[^\W\d]\w*")
_SEVERITIES: Final = {"warning": Severity.WARNING, "error": Severity.WARNING}  # a model's word is no evidence


class Checker:
    """Tells which remarks may stand, and why the others may not."""

    def __init__(self, change: Change, difference: Difference, known: Iterable[Finding]) -> None:
        self._change, self._difference = change, difference
        self._taken = {(one.path, one.line) for one in known}

    def checked(self, answers: Iterable[Any], most: int) -> tuple[tuple[Finding, ...], dict[str, int]]:
        """Return at most `most` findings, the gravest first, and how many remarks were dropped, by reason."""
        kept: dict[str, Finding] = {}
        dropped: Counter[str] = Counter()
        for answer in answers:
            found = self._finding(answer)
            if isinstance(found, str):
                dropped[found] += 1
            elif found.fingerprint in kept:
                dropped["said twice"] += 1
            else:
                kept[found.fingerprint] = found
        ordered = sorted(kept.values(), key=lambda one: one.severity is not Severity.WARNING)
        if len(ordered) > most:
            dropped["over the limit"] += len(ordered) - most
        return tuple(ordered[:most]), dict(sorted(dropped.items()))

    def _finding(self, answer: Any) -> Finding | str:
        """A remark as a finding, or why it is dropped."""
        said = answer.get("message") if isinstance(answer, Mapping) else None
        if not isinstance(said, str) or not said.strip():
            return "no remark"
        path, line = answer.get("path"), answer.get("line")
        if not isinstance(path, str) or not isinstance(line, int) or path not in self._change.by_path:
            return "not in the change"
        if (path, line) not in self._difference.new_changed:
            return "not on a new line"
        if (path, line) in self._taken:
            return "found already"
        message = " ".join(said.split())[:LONGEST]
        symbol = answer.get("symbol")
        named = [*_QUOTED.findall(message), *([symbol] if isinstance(symbol, str) else [])]
        if not all(map(self._is_there, named)):
            return "names what is not there"
        severity = _SEVERITIES.get(str(answer.get("severity")), Severity.INFO)
        text = self._change.source_after(path).split(b"\n")[line - 1].decode("utf-8", "replace").strip()
        mark = fingerprint(RULE, path, None, text)  # the place, not the words: another day they are others
        return Finding(RULE, severity, message, path, line, self._symbol_at(path, line), mark, Certainty.LIKELY)

    def _is_there(self, text: str) -> bool:
        """Whether every word of what is quoted stands in a changed file, in a path, or is a name of the tree."""
        return text in self._change.after_graph.paths or all(word in self._words for word in _WORD.findall(text))

    @cached_property
    def _words(self) -> frozenset[str]:
        found: set[str] = set()
        for file in self._change.files:
            for source in (self._change.source_before(file.path), self._change.source_after(file.path)):
                found.update(_WORD.findall(source.decode("utf-8", "replace")))
        for one in self._change.after_graph.symbol_ids():
            found.update(_WORD.findall(one))
        return frozenset(found)

    def _symbol_at(self, path: str, line: int) -> str | None:
        """The innermost definition around a line."""
        if path not in self._change.after_graph.files:
            return None
        around = [
            one for one in self._change.after_graph.symbols(path) if one.parent and one.line <= line <= one.end_line
        ]
        return max(around, key=lambda one: one.line).id if around else None


def shown(change: Change, difference: Difference, most: int) -> str:
    """Return the lines that are left to be read, numbered, at most about `most` letters."""
    parts: list[str] = []
    size = 0
    for part in _parts(difference):
        size += len(part)
        if size > most:
            parts.append("(the rest is left out for length)")
            break
        parts.append(part)
    return "\n".join(parts)


def _parts(difference: Difference) -> Iterator[str]:
    path = ""
    for place in difference.places:
        if not difference.is_open(place):
            continue
        hunk = place.hunk
        rows = [f"--- {hunk.path}"] if hunk.path != path else []
        path = hunk.path
        for rows_of, lines, sign in ((place.old, hunk.old, "-"), (place.new, hunk.new, "+")):
            for number in range(lines[0], lines[1] + 1):
                text = rows_of.source[slice(*rows_of.span((number, number)))].decode("utf-8", "replace").rstrip("\r\n")
                rows.append(f"{number if sign == '+' else '':>6} {sign} {text}")
        yield "\n".join([*rows, ""])
