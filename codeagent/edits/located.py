"""What taking an edit up the ladder yields: where it belongs, or why it has no place."""

from dataclasses import dataclass

from codeagent.edits.rungs import Rung


@dataclass(frozen=True, slots=True)
class Change:
    """Characters `start` to `end` of a document become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Located:
    """Where an edit belongs: what it changes (nothing where it is already so), on which rung, at which line."""

    changes: tuple[Change, ...]
    rung: Rung
    line: int
    note: str


class Missed(Exception):
    """An edit that has no place, or more than one; `lines` (1-based) are those of the places it may have meant."""

    def __init__(self, reason: str, lines: tuple[int, ...] = (), hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.lines, self.hint = reason, lines, hint


def trimmed(old: str, new: str, start: int) -> tuple[Change, ...]:
    """Return the change of `old`, which starts at `start`, without the whole lines that both begin or end with."""
    first, second = old.splitlines(keepends=True), new.splitlines(keepends=True)
    least = min(len(first), len(second))
    head = next((row for row in range(least) if first[row] != second[row]), least)
    tail = next((row for row in range(least - head) if first[-1 - row] != second[-1 - row]), least - head)
    ahead, behind = len("".join(first[:head])), len("".join(first[len(first) - tail :]))
    change = Change(start + ahead, start + len(old) - behind, new[ahead : len(new) - behind])
    return (change,) if change.text or change.start < change.end else ()
