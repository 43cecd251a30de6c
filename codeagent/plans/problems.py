"""What is wrong with a plan: every problem with its place, told together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from codeagent.domain.errors import UsageError

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `place` is a key such as `steps.split.arguments`; `line` is 0 where there is no file."""

    place: str
    text: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


class InvalidPlan(UsageError):
    """A plan that must not be used; `problems` holds all that was found."""

    def __init__(self, source: str, problems: Sequence[Problem], hint: str = "") -> None:
        self.problems = tuple(problems)
        lines = [f"{source}:{one.line}: {one}" if one.line else f"{source}: {one}" for one in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"{len(problems) - _SHOWN} more problems")
        super().__init__("\n".join(lines), hint or "codeagent plan --schema prints what a plan may hold")


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return what is probably meant, or what there is, as the end of a sentence."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; there are: {', '.join(known)}" if known else ""


def located(problems: Iterable[Problem], lines: Mapping[str, int]) -> list[Problem]:
    """Return problems with the lines of their places, or of what these are part of; in the order of the lines."""
    found = [replace(one, line=one.line or _line(one.place, lines)) for one in problems]
    return sorted(found, key=lambda one: one.line)


def _line(place: str, lines: Mapping[str, int]) -> int:
    while place:
        if place in lines:
            return lines[place]
        place = place.rpartition(".")[0]
    return 0
