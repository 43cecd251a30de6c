"""How a plan is to be applied, as a person asked for it; kept in the run's log, so that a resumed run goes on alike."""

from dataclasses import dataclass
from typing import Literal

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Plan, Step
from codeagent.plans.order import in_order


@dataclass(frozen=True, slots=True)
class Options:
    """`step`, `since` and `until` name steps by number (from 1) or id. `branch`: commits go there and the tree stays.

    `commit`: a commit for each step, where there is git. `dry_run`: nothing is run, written or asked of a model.
    `yes`: what holds is written to the tree."""

    step: str = ""
    until: str = ""
    since: str = ""
    dry_run: bool = False
    yes: bool = False
    branch: str = ""
    tests: str = "impacted"  # impacted | all | none: of each step; unless none, all of them at the end
    trust: bool = False
    style: Literal["conventional", "plain"] = "conventional"
    trailer: bool = True
    commit: bool = True
    workers: int = 1
    rebase: bool = False


def chosen(plan: Plan, options: Options) -> tuple[Step, ...]:
    """Return the steps to do, each after those that it needs. Raises UsageError for a step that is not there."""
    if options.step and (options.until or options.since):
        raise UsageError("--step excludes --from and --until", "name one step, or the first and the last of several")
    steps = in_order(plan)
    if options.step:
        return (_named(plan, options.step),)
    first = steps.index(_named(plan, options.since)) if options.since else 0
    last = steps.index(_named(plan, options.until)) if options.until else len(steps) - 1
    if last < first:
        raise UsageError(
            f"--until {options.until} comes before --from {options.since}", "steps are done in their order"
        )
    return steps[first : last + 1]


def _named(plan: Plan, name: str) -> Step:
    for number, step in enumerate(plan.steps, 1):
        if name in (step.id, str(number)):
            return step
    raise UsageError(f"the plan has no step {name}", f"steps: {', '.join(step.id for step in plan.steps)}")
