"""Which steps may be done at once: neither waits for the other, and no path is in the scope of both."""

from collections.abc import Collection, Sequence

from codeagent.domain.plan import Plan, Step
from codeagent.plans.order import before
from codeagent.workspace.ignoring import Rules


def waves(plan: Plan, steps: Sequence[Step], paths: Collection[str]) -> list[tuple[Step, ...]]:
    """Split steps, in their order, into groups whose members are independent; the plan alone decides, so that any
    number of workers makes the same of it. `paths`: those of the tree."""
    found: list[list[Step]] = []
    reach = {step.id: reach_of(step, paths) for step in steps}
    for step in steps:
        if found and all(_independent(plan, one, step, reach) for one in found[-1]):
            found[-1].append(step)
        else:
            found.append([step])
    return [tuple(wave) for wave in found]


def _independent(plan: Plan, first: Step, second: Step, reach: dict[str, frozenset[str]]) -> bool:
    if first.id in before(plan, second) or not reach[first.id] or not reach[second.id]:
        return False
    return not reach[first.id] & reach[second.id]


def reach_of(step: Step, paths: Collection[str]) -> frozenset[str]:
    """Return the paths that a step may touch, those that it makes too; empty where nobody can tell."""
    if not step.scope:
        return frozenset()
    rules = Rules().adding("", "\n".join(step.scope).encode("utf-8", "surrogateescape"))
    literal = (one for one in step.scope if not set("*?[!") & set(one))
    return frozenset({path for path in paths if rules.verdict(path)} | set(literal))
