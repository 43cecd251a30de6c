"""A run under way: what every part of it needs to know."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeagent.agent.crew import Crew
from codeagent.config import Config
from codeagent.domain.events import Event
from codeagent.domain.plan import Plan, Step
from codeagent.domain.run import Budget
from codeagent.workflows.applying.options import Options
from codeagent.workflows.applying.runlog import RunLog


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a run asks (None: no step asks a model), and the most that one step may use."""

    crew: Crew | None = None
    per_step: Budget | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a plan. `check` raises where somebody wants it to stop; it is called before anything long."""

    root: Path
    config: Config
    plan: Plan
    steps: tuple[Step, ...]
    options: Options
    log: RunLog
    emit: Callable[[Event], None]
    check: Callable[[], None]
    asked: Asked
