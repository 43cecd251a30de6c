"""`plan GOAL`: a model chooses operations and says why; what it hands in is tried, completed and ranked."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from codeagent.agent.conversation import room_of, share_of
from codeagent.agent.fencing import Fence
from codeagent.agent.hands import Hands
from codeagent.agent.instructions import instructions
from codeagent.agent.loop import Ending, Seat, converse
from codeagent.agent.opening import opening
from codeagent.agent.prices import known
from codeagent.agent.prompts import render
from codeagent.agent.skills import skills
from codeagent.domain.errors import ModelError
from codeagent.domain.events import Progress, Streamed
from codeagent.domain.plan import Step
from codeagent.domain.run import Usage
from codeagent.graph.graph import CodeGraph
from codeagent.plans.writing import as_tables
from codeagent.workflows.asking.dialogue import told, turns_before
from codeagent.workflows.asking.evidence import evidence
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.planning.predicting import Price, unknown_price
from codeagent.workflows.planning.ranking import Ranked, ranked
from codeagent.workflows.planning.submitting import SUBMIT, Inbox, operation_words, spoken
from codeagent.workflows.recipes.matching import Offer

NAME: Final = "planner"  # who speaks, in the log
DUTY: Final = "You are the planner: you read the repository and choose what is to be done to it; you change nothing."
TOKENS: Final = 4_000  # of evidence
SHARE: Final = 4  # of a small model's room it may fill, and so may the operations: one over it
OPERATIONS: Final = 4_000  # tokens of all that is told of operations, at most
LONGEST: Final = 20_000  # characters of a goal

Recipes = Callable[[CodeGraph, str], Offer]  # the graph and the goal to the recipes that fit


def no_recipes(graph: CodeGraph, goal: str) -> Offer:
    """Offer none."""
    return Offer()


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans for a goal, the best first; `run`: the id of the log."""

    goal: str
    plans: tuple[Ranked, ...]
    usage: Usage
    run: str


def plan_goal(party: Party, goal: str, wanted: int = 1, recipes: Recipes = no_recipes, session: str = "") -> Planned:
    """Have a goal planned in `wanted` different ways, after what was said before in the dialogue of that name.

    Raises ModelError where the model comes to none, BudgetSpent."""
    desk = party.desk
    model = party.crew.model("planner", step="plan")
    inbox = Inbox(goal, model.name, desk.ask, price_of(party), partial(_say, party), wanted)
    turns = turns_before(desk.root, session, party.log.id, room_of(model))
    about = "\n".join([*(turn.question for turn in turns[-1:]), goal])
    found = desk.ask(lambda graph: evidence(graph, desk.config, about, share_of(model, SHARE, TOKENS)).text)
    offered = desk.ask(lambda graph: recipes(graph, goal))
    inbox.recipes = offered.names
    known = operation_words(share_of(model, SHARE, OPERATIONS))
    task = _task(party, goal, known, found, offered.words, wanted)
    able = skills(desk.root)
    begin = opening(party.log.seed, DUTY, task, told=instructions(desk.root), skills=able, before=told(turns))
    seat = Seat(model, party.log, NAME, lambda text: party.emit(Streamed(text, NAME)), party.check)
    own = inbox.tools()
    hands = Hands({**party.tools("planner", own.values()), **own}, "planner", SUBMIT, spoken)
    ending = converse(seat, begin, hands)
    if not ending.done:
        raise _no_plan(ending, inbox, party.log.id)
    plans = desk.ask(lambda graph: ranked(graph, inbox.accepted))
    recorded = sum(one.kind == "plan.made" for one in party.log.records)
    for one in plans[recorded:]:
        party.log.append("plan.made", {"plan": as_tables(one.plan), **summary(one)}, sender=NAME)
    if not any(one.kind == "answer.given" for one in party.log.records):
        party.log.append("answer.given", {"question": goal, "answer": _in_short(plans)}, sender=NAME)
    return Planned(goal, plans, ending.usage, party.log.id)


def _in_short(plans: Sequence[Ranked]) -> str:
    """What a dialogue remembers of plans."""
    return "\n\n".join(
        "\n".join([f"I planned: {one.plan.summary or one.plan.goal}", *map(_line, one.plan.steps)]) for one in plans
    )


def _line(step: Step) -> str:
    return f"- {step.id}: {step.title} ({step.operation} {json.dumps(step.arguments, ensure_ascii=False, default=str)})"


def _task(party: Party, goal: str, operations: str, found: str, offered: str, wanted: int) -> str:
    fence = Fence(party.log.seed)
    if wanted == 1:
        due = f"When you are sure, hand the plan in by `{SUBMIT}`."
    else:
        due = (
            f"Think of {wanted} ways that differ in their operations or in what these are done to, not in names: such "
            f"as the smallest that helps, the most thorough, and one from another side. Hand them in by `{SUBMIT}`."
        )
    return render(
        "plan",
        goal=goal,
        operations=operations,
        evidence=fence.wrap(found, "the code graph"),
        recipes=f"\n{offered}\n" if offered else "",
        due=due,
    )


def _say(party: Party, stage: str, done: int, total: int) -> None:
    party.emit(Progress(stage, done, total))


def _no_plan(ending: Ending, inbox: Inbox, run: str) -> ModelError:
    kept = f"; {len(inbox.accepted)} of {inbox.wanted} plans were accepted" if inbox.accepted else ""
    return ModelError(
        f"the model came to no plan: {ending.why or ending.reason}{kept}",
        f"codeagent runs {run} shows what it tried; say the goal more narrowly, or try another model",
    )


def price_of(party: Party) -> Price:
    """What the model that would write the rewrites costs, as far as that is known."""
    prices = known(party.crew.cast["editor"][0]).prices
    return prices.cost if prices is not None else unknown_price


def summary(one: Ranked) -> dict[str, Any]:
    """What speaks for a plan, as JSON tells it."""
    return {
        "effect": asdict(one.effect),
        "gain": round(one.gain, 4),
        "risk": one.risk,
        "cost": one.cost,
        "rewrites": one.writes,
    }
