"""A plan as a value: what is wanted, from which state of the tree, in which steps, and what each may touch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

REWRITE: Final = "rewrite"  # the one operation that is no refactoring: a model writes the edit
PLAN_VERSION: Final = 1  # of the file that holds a plan

Risk = Literal["low", "medium", "high"]
Otherwise = Literal["stop", "smaller", "other-model", "skip"]
Autonomy = Literal["alone", "ask"]


@dataclass(frozen=True, slots=True)
class Blast:
    """How far a step is expected to reach: paths and symbol ids, as the graph told when the plan was made.

    `files` are written; `symbols` are those that change, then those that lean on them, nearest first; `tests` are the
    test files that may notice. `left_out` counts symbols and tests that are not listed, for there are too many."""

    files: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `operation` is the name of a refactoring, whose `arguments` are those of its command, or "rewrite".

    Arguments hold as of when the step begins, on the result of those before it. A rewrite takes `instructions` (what
    to do) and where: `symbols`, `files`, and `creates` (files that it makes); `about` are symbols that it must know
    and leave as they are. `after` names steps that must hold first. `scope` lists the only paths (patterns as in
    .gitignore, seen from the root) that the step may touch. `guarded`: some test reaches what it changes. `tried`: a
    dry run has proven it. `otherwise`: what is done when it fails its gates."""

    id: str
    title: str
    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    why: str = ""
    preconditions: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    blast: Blast = Blast()
    tests: tuple[str, ...] = ()  # test files that guard it
    guarded: bool = True
    risk: Risk = "medium"
    expected_cost: float | None = None  # US dollars; None: unknown; 0 for a step without a model
    otherwise: Otherwise = "stop"
    tried: bool = False

    @property
    def deterministic(self) -> bool:
        """Whether the engine does it alone."""
        return self.operation != REWRITE

    @property
    def autonomy(self) -> Autonomy:
        """Whether it may be applied with the others, or a person is asked first: no test would notice a mistake."""
        return "alone" if self.guarded and self.risk != "high" else "ask"


@dataclass(frozen=True, slots=True)
class Plan:
    """A goal and the steps to it. `files` maps the paths it relies on to their digests (`hex_digest`).

    `base` is the commit it was made at, empty where there is no git."""

    goal: str
    steps: tuple[Step, ...]
    base: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    origin: str = ""  # a model's name, an opportunity's id, a recipe's, or "person"
    notes: tuple[str, ...] = ()

    def step(self, name: str) -> Step:
        """Return the step of an id; KeyError where there is none."""
        return {one.id: one for one in self.steps}[name]
