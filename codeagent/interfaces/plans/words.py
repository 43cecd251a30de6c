"""Steps of a plan in words, as every rendering says them."""

from typing import Any

from codeagent.domain.plan import Plan, Step
from codeagent.interfaces.reports.words import count


def facts_of(plan: Plan) -> list[str]:
    """Return what there is to know of a plan at first sight."""
    files = {path for step in plan.steps for path in step.blast.files}
    return [
        count(len(plan.steps), "step"),
        count(len(files), "file"),
        cost_of(plan),
        *([f"base {plan.base[:12]}"] if plan.base else []),
        *([f"by {plan.origin}"] if plan.origin else []),
    ]


def cost_of(plan: Plan) -> str:
    """Return what the plan is expected to cost."""
    if all(step.deterministic for step in plan.steps):
        return "no model needed"
    known = [step.expected_cost for step in plan.steps]
    if any(cost is None for cost in known):
        return "cost unknown"
    return f"about ${sum(cost or 0.0 for cost in known):.2f}"


def state_of(step: Step) -> str:
    """Return how sure a step is."""
    if not step.deterministic:
        return "a model writes it"
    return "proven in a dry run" if step.tried else "not tried: it may build on what a model writes"


def guard_of(step: Step) -> str:
    """Return whether tests would notice a mistake."""
    if not step.guarded:
        return "unguarded: no test reaches it"
    return f"guarded by {count(len(step.tests), 'test file')}" if step.tests else "nothing to guard"


def argument_words(step: Step) -> list[tuple[str, list[str]]]:
    """Return the arguments of a step as words, without the instructions of a rewrite."""
    return [(name, _words(value)) for name, value in step.arguments.items() if name != "instructions"]


def _words(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [" ".join(one) if isinstance(one, list | tuple) else str(one) for one in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]
