"""A run under way: what every part of it needs to know."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeagent.agent.crew import Crew
from codeagent.config import Config
from codeagent.domain.events import Event
from codeagent.domain.pieces import Piece
from codeagent.domain.plan import Plan, Step
from codeagent.domain.run import Budget
from codeagent.workflows.applying.options import Options
from codeagent.workflows.applying.runlog import RunLog


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a run asks (None: no step asks a model), and the most that one step may use."""

    crew: Crew | None = None
    per_step: Budget | None = None


Choose = Callable[[str, list[Piece]], list[Piece]]  # what a step would do, and its change; what is taken of it


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a plan. `check` raises where somebody wants it to stop; it is called before anything long.

    `choose` is asked of each step that holds; None: each is taken whole."""

    root: Path
    config: Config
    plan: Plan
    steps: tuple[Step, ...]
    options: Options
    log: RunLog
    emit: Callable[[Event], None]
    check: Callable[[], None]
    asked: Asked
    choose: Choose | None = None
