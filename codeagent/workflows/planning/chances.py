"""`plan --from-opportunity`: what `analyze` found worth doing, as a plan, with no model."""

from collections.abc import Callable, Mapping
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.events import Progress
from codeagent.domain.insight import Opportunity
from codeagent.domain.plan import Plan
from codeagent.plans.problems import suggestion
from codeagent.project import Project
from codeagent.workflows.analyze import analyze
from codeagent.workflows.planning.checking import check
from codeagent.workflows.planning.guarding import with_guards
from codeagent.workflows.planning.makers.cutting import cut_circle, mend
from codeagent.workflows.planning.makers.gathering import gather
from codeagent.workflows.planning.makers.making import Made, Making
from codeagent.workflows.planning.makers.removing import delete, tidy
from codeagent.workflows.planning.makers.sharing import share
from codeagent.workflows.planning.makers.simplifying import simplify
from codeagent.workflows.planning.makers.splitting import split
from codeagent.workflows.planning.surroundings import Surroundings

MAKERS: Final[Mapping[str, Callable[[Making], Made]]] = {
    "break-cycle": cut_circle,
    "split-module": split,
    "simplify": simplify,
    "share-copies": share,
    "delete-dead": delete,
    "tidy-imports": tidy,
    "mend-layers": mend,
    "bring-together": gather,
}
_REFUSALS: Final = 3


def plan_from(project: Project, name: str) -> Plan:
    """Return the plan for an opportunity of `analyze`, by its id or the start of it.

    Raises UsageError where there is none of that id."""
    report = analyze(project.root, emit=project.emit, config=project.config)
    chance = _chosen(report.opportunities, name)
    base = Surroundings(project.graph)

    def say(stage: str, done: int, total: int) -> None:
        project.emit(Progress(stage, done, total))

    making = Making(chance, report, base, say)
    made = MAKERS[chance.kind](making)
    plan = Plan(chance.title, made.steps, summary=made.summary, origin=chance.id, notes=_notes(making.refusals))
    return check(base, with_guards(plan, base), say=say).proven()


def _chosen(chances: tuple[Opportunity, ...], name: str) -> Opportunity:
    found = [one for one in chances if one.id.startswith(name)] if name else []
    if len(found) == 1:
        return found[0]
    ids = [one.id for one in chances]
    if len(found) > 1:
        listed = ", ".join(one.id for one in found[:5])
        raise UsageError(f"{name} could be {len(found)} opportunities", f"say which: {listed}")
    more = suggestion(name, ids[:8]).removeprefix("; ") if ids else "this repository has none"
    raise UsageError(f"there is no opportunity {name}".rstrip(), f"codeagent analyze lists them; {more}")


def _notes(refusals: list[str]) -> tuple[str, ...]:
    told = list(dict.fromkeys(refusals))
    more = (f"refused: {len(told) - _REFUSALS} more attempts",) if len(told) > _REFUSALS else ()
    return (*(f"refused: {one}" for one in told[:_REFUSALS]), *more)
