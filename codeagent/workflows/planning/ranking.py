"""Several plans for one goal: which are really different, and which to prefer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from codeagent.domain.plan import Plan, Step
from codeagent.graph.graph import CodeGraph
from codeagent.workflows.planning.checking import Checked
from codeagent.workflows.planning.measuring import Health, health

_WORDS: Final = frozenset(("new", "name", "new_name", "instructions", "docs", "reexport", "accept_unresolved", "kind"))
_WEIGHTS: Final = {"low": 1, "medium": 3, "high": 9}
_UNGUARDED: Final = 3

Signature = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A plan and what speaks for it. `gain`: what its proven steps take away from the tree's burdens, each as a part
    of all there is, summed; `risk`: the weights of its steps, summed; `cost`: dollars, None where unknown.

    `writes` counts the steps that a model writes, whose effect nobody can measure beforehand."""

    plan: Plan
    effect: Health
    gain: float
    risk: int
    cost: float | None
    writes: int


def signature(plan: Plan) -> Signature:
    """Return what makes a plan different from others: its operations and what they are done to, not how it names it."""
    return frozenset((step.operation, _targets(step)) for step in plan.steps)


def _targets(step: Step) -> str:
    return repr(sorted((name, _plain(value)) for name, value in step.arguments.items() if name not in _WORDS))


def _plain(value: Any) -> Any:
    return tuple(sorted(map(str, value))) if isinstance(value, list | tuple) else value


def ranked(base: CodeGraph, checked: Iterable[Checked]) -> tuple[Ranked, ...]:
    """Return plans that were tried by what they bring, then by risk, then by cost; of equals the first comes first."""
    before = health(base)
    found = [_ranked(before, one) for one in checked]
    return tuple(sorted(found, key=lambda one: (-round(one.gain, 4), one.risk, _cost(one), len(one.plan.steps))))


def _ranked(before: Health, checked: Checked) -> Ranked:
    plan = checked.plan
    proven = any(step.tried for step in plan.steps)
    effect = before.less(health(checked.result)) if proven else Health(0, 0, 0)
    return Ranked(plan, effect, effect.part_of(before), risk_of(plan.steps), cost_of(plan), _writes(plan.steps))


def risk_of(steps: Sequence[Step]) -> int:
    """Return the weights of the risks of steps, more for each that no test guards."""
    return sum(_WEIGHTS[step.risk] + (0 if step.guarded else _UNGUARDED) for step in steps)


def cost_of(plan: Plan) -> float | None:
    """Return the dollars that a plan is expected to cost; None where any part is unknown."""
    costs = [step.expected_cost for step in plan.steps]
    return None if any(cost is None for cost in costs) else sum(cost or 0.0 for cost in costs)


def _writes(steps: Sequence[Step]) -> int:
    return sum(not step.deterministic for step in steps)


def _cost(one: Ranked) -> tuple[float, int]:
    """What is unknown is dearer than what is known, the more so the more a model writes."""
    return (float("inf") if one.cost is None else one.cost, one.writes)
