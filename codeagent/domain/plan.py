"""A plan as a value: what is wanted, from which state of the tree, in which steps, and what each may touch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

REWRITE: Final = "rewrite"  # the one operation that is no refactoring: a model writes the edit

Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Blast:
    """How far a step is expected to reach: paths and symbol ids, as the graph told when the plan was made."""

    files: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `operation` is the name of a refactoring, whose `arguments` are those of its command, or "rewrite".

    A rewrite takes `instructions` (what to do) and `symbols` or `files` (where). `after` names steps that must hold
    first. `scope` lists the only paths (globs) that the step may touch. `guarded`: some test reaches what it changes.
    `otherwise`: what is done when it fails its gates."""

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
    otherwise: Literal["stop", "smaller", "other-model", "skip"] = "stop"

    @property
    def deterministic(self) -> bool:
        """Whether the engine does it alone."""
        return self.operation != REWRITE


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
