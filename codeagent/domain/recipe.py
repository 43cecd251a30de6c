"""A recipe as a value: steps that worked once, with what they were about left open, and how often they held since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from codeagent.domain.plan import Step

RECIPE_VERSION: Final = 1  # of the file that holds a recipe
DEMOTED_AFTER: Final = 2  # runs in a row that did not pass their gates

Status = Literal["ready", "quarantined", "demoted", "broken"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a recipe is for. `words` are stems that a goal has; `opportunity` is a kind of finding of `analyze`."""

    words: tuple[str, ...] = ()
    opportunity: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """How many files, symbols and tests a run reached: as its plan expected, and the files that it really wrote."""

    files: int = 0
    symbols: int = 0
    tests: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """How often a recipe held; `missed` counts the failures since the last success."""

    successes: int = 0
    failures: int = 0
    missed: int = 0

    def after(self, held: bool) -> "Track":
        """Return the track with one more run."""
        if held:
            return Track(self.successes + 1, self.failures, 0)
        return Track(self.successes, self.failures + 1, self.missed + 1)

    def __add__(self, other: "Track") -> "Track":
        """The track of both, `other` later."""
        missed = other.missed if other.successes else self.missed + other.missed
        return Track(self.successes + other.successes, self.failures + other.failures, missed)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps with open places: `{file}` in a text of a step stands for the parameter `file`.

    `parameters` maps the name of each to what it stands for. A run of it may touch at most `most_files` files and must
    pass `gates`. `digest` stands for all of it but its track and where it came from."""

    name: str
    goal: str
    steps: tuple[Step, ...]
    trigger: Trigger = Trigger()
    parameters: Mapping[str, str] = field(default_factory=dict)
    gates: tuple[str, ...] = ()
    most_files: int = 0  # 0: no limit
    reach: Reach = Reach()
    track: Track = Track()
    origin: str = ""  # the run that it was learned from, and who planned it
    digest: str = ""
