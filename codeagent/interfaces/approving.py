"""A change approved at the prompt: all of it, none, or by file and by hunk, with the keys that `git add -p` has."""

from collections.abc import Iterator, Sequence
from typing import Final

from codeagent.domain.pieces import Hunk, Piece, split
from codeagent.domain.printable import one_line
from codeagent.domain.unified import Block
from codeagent.interfaces.diffs import print_diff
from codeagent.interfaces.lines import ask_line
from codeagent.interfaces.terminal import Terminal

_WHOLE: Final = {
    "y": "write all of it",
    "n": "write nothing",
    "s": "choose step by step",
    "f": "choose file by file",
    "h": "choose hunk by hunk",
}
_PART: Final = {
    "y": "take it",
    "n": "leave it",
    "a": "take it and all that follow",
    "q": "leave it and all that follow",
    "f": "take it and the rest of this file",
    "d": "leave it and the rest of this file",
    "s": "split it into smaller ones",
    "h": "choose in it hunk by hunk",
}
_PERMISSION: Final = {"y": "yes, this once", "a": "always, in this session", "n": "no"}
_STEP: Final = {**_PART, "f": "choose in it file by file"}


def ask_whole(question: str, keys: str, terminal: Terminal) -> str:
    """Ask what is to become of a whole change and return one of the keys; nothing said means "n"."""
    return _ask(question, keys, _WHOLE, terminal)


def ask_permission(question: str, terminal: Terminal) -> str:
    """Ask whether something may be done: "y", "a" for always, or "n"."""
    return _ask(question, "yan", _PERMISSION, terminal)


def choose(changes: Sequence[Piece], by: str, terminal: Terminal) -> list[Piece]:
    """Return what is taken of a change, asked for by file ("f") or by hunk ("h")."""
    return list(_Choice(changes, terminal).taken(by))


class Steps:
    """What is taken of one step after the other, asked for by step ("s"), by file or by hunk."""

    def __init__(self, by: str, terminal: Terminal) -> None:
        self._by, self._terminal = by, terminal

    def taken(self, title: str, changes: Sequence[Piece]) -> list[Piece]:
        """Return what is taken of the next step."""
        self._terminal.remark(one_line(title))
        answer = self._by
        if answer == "s":
            print_diff("".join(change.diff for change in changes), self._terminal.out())
            answer = _ask("Take this step?", "ynaqfh", _STEP, self._terminal)
        if answer in ("f", "h"):
            choice = _Choice(changes, self._terminal)
            found = list(choice.taken(answer))
            answer = choice.rest
        else:
            found = list(changes) if answer in ("y", "a") else []
        self._by = answer if answer in ("a", "q") else self._by
        return found


class _Choice:
    """What was said for all that follows is remembered as `rest`: "a" or "q"."""

    def __init__(self, changes: Sequence[Piece], terminal: Terminal) -> None:
        self._changes, self._terminal = changes, terminal
        self.rest = ""

    def taken(self, by: str) -> Iterator[Piece]:
        for number, change in enumerate(self._changes, 1):
            answer = self.rest or by
            if answer == "f":
                place = f"({number}/{len(self._changes)})"
                answer = self._asked(change, f"{place} take {one_line(change.path)}?", "ynaqh")
            if answer == "h":
                change = self._by_hunk(change)
            if answer in ("y", "a", "h") and change:
                yield change

    def _by_hunk(self, change: Piece) -> Piece:
        waiting, blocks, rest = list(change.hunks), list[Block](), ""
        while waiting:
            hunk = waiting.pop(0)
            answer = self.rest or rest or self._about(change, hunk, len(waiting))
            if answer == "s":
                waiting = [*split(hunk), *waiting]
                continue
            rest = answer if answer in ("f", "d") else rest
            if answer in ("y", "a", "f"):
                blocks += hunk
        return change.taking(blocks)

    def _about(self, change: Piece, hunk: Hunk, left: int) -> str:
        keys = "ynaqfd" if left else "ynaq"
        more = f", {left} more in this file" if left else ""
        question = f"{one_line(change.path)}{more}: take this hunk?"
        return self._asked(change.taking(hunk), question, keys + ("s" if len(hunk) > 1 else ""))

    def _asked(self, change: Piece, question: str, keys: str) -> str:
        print_diff(change.diff, self._terminal.out())
        answer = _ask(question, keys, _PART, self._terminal)
        if answer in ("a", "q"):
            self.rest = answer
        return answer


def _ask(question: str, keys: str, means: dict[str, str], terminal: Terminal) -> str:
    """Ask until one of the keys is said. Raises KeyboardInterrupt for Ctrl-C and for the end of the input."""
    while True:
        answer = ask_line(f"{question} [{'/'.join(keys)}]").lower()[:1]
        if answer and answer in keys:
            return answer
        if not answer and means is _WHOLE:
            return "n"
        for key in keys:
            terminal.remark(f"  {key}  {means[key]}")
