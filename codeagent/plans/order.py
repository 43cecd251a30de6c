"""The order of the steps of a plan: each after those that it waits for, else as they are written."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from codeagent.domain.plan import Plan, Step


def circle_of(steps: Sequence[Step]) -> list[str]:
    """Return ids of steps each of which waits for the next, the first again at the end; empty where none do."""
    try:
        TopologicalSorter({step.id: step.after for step in steps}).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


def in_order(plan: Plan) -> tuple[Step, ...]:
    """Return the steps in the order in which they are applied; none may wait for itself."""
    waiting, done = list(plan.steps), set[str]()
    found = []
    while waiting:
        following = next(step for step in waiting if done.issuperset(step.after))
        waiting.remove(following)
        done.add(following.id)
        found.append(following)
    return tuple(found)


def before(plan: Plan, step: Step) -> frozenset[str]:
    """Return the ids of all steps that must hold before a step, directly or through others."""
    steps = {one.id: one for one in plan.steps}
    found: set[str] = set()
    waiting = list(step.after)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += steps[name].after
    return frozenset(found)
