"""Indentation of text that goes to another place: the same shift for every line, in the tabs or spaces of the file."""

from collections.abc import Iterable, Sequence
from math import gcd
from typing import Final

_BLANKS: Final = " \t\u00a0\u2003\u3000"


def indent_of(line: str) -> str:
    """Return the blanks that a line starts with."""
    return line[: len(line) - len(line.lstrip(_BLANKS))]


class Shift:
    """What becomes of the indentation of new lines, learned from lines that stand in both texts."""

    def __init__(self, written: Sequence[str], there: Sequence[str], new: Iterable[str] = ()) -> None:
        """`written` and `there` are the same lines as the search has them and as the file has them."""
        pairs = {
            (indent_of(first), indent_of(second))
            for first, second in zip(written, there, strict=True)
            if first.strip() and second.strip()
        }
        self._known = dict(pairs)
        self._even = len(self._known) == len(pairs)  # one indentation of the search, one of the file
        self._more = self._less = ""
        self._unit, self._step, self._by = 0, "", 0
        if self._even and pairs:
            self._even = self._learn_prefix(pairs) or self._learn_unit(pairs, new)

    def __bool__(self) -> bool:
        """Whether every line is shifted alike."""
        return self._even

    @property
    def nothing(self) -> bool:
        """Whether lines stay as they are."""
        return all(first == second for first, second in self._known.items())

    def _learn_prefix(self, pairs: set[tuple[str, str]]) -> bool:
        """The same blanks before every line, there or here."""
        first, second = next(iter(pairs))
        if len(second) >= len(first):
            self._more = second[: len(second) - len(first)]
            return all(there == self._more + here for here, there in pairs)
        self._less = first[: len(first) - len(second)]
        return all(here == self._less + there for here, there in pairs)

    def _learn_unit(self, pairs: set[tuple[str, str]], new: Iterable[str]) -> bool:
        """Levels of another width: tabs for spaces, two spaces for four, and maybe some levels more or less."""
        self._more = self._less = ""
        sides = [{here for here, _ in pairs} | {indent_of(line) for line in new if line.strip()}, {t for _, t in pairs}]
        if any(len(set(indent)) > 1 for side in sides for indent in side):
            return False  # tabs and spaces in one indentation
        self._unit = gcd(*(len(indent) for indent in sides[0]))
        step = gcd(*(len(indent) for indent in sides[1]))
        if not self._unit or not step:
            return False
        blank = next(indent[0] for indent in sides[1] if indent)
        if blank == "\t" or any("\t" in indent for indent in sides[0]):
            step = 1 if blank == "\t" else step
            self._unit = 1 if any("\t" in indent for indent in sides[0]) else self._unit
        self._step = blank * step
        shifts = {len(there) // step - len(here) // self._unit for here, there in pairs}
        self._by = shifts.pop()
        return not shifts

    def line(self, line: str) -> str | None:
        """Return a line as it is to be written; None where it has less indentation than must be taken away."""
        indent = indent_of(line)
        if not line.strip() or indent in self._known:
            return self._known.get(indent, indent) + line[len(indent) :] if line.strip() else line
        if self._unit:
            level = len(indent) // self._unit + self._by
            return None if level < 0 or len(indent) % self._unit else self._step * level + line[len(indent) :]
        if self._less:
            return line[len(self._less) :] if line.startswith(self._less) else None
        return self._more + line
