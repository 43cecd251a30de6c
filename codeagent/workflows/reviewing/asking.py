"""Asking a model what it would remark on in a change that is known otherwise already."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from codeagent.agent.fencing import Fence
from codeagent.agent.prompts import render
from codeagent.agent.sloppy import read_sloppy
from codeagent.domain.errors import ModelError
from codeagent.domain.review import Remarks, Review
from codeagent.quality.gates.change import Change
from codeagent.quality.reviewing.hunks import Difference
from codeagent.workflows.asking.exploring import Errand, Party, explore
from codeagent.workflows.reviewing.remarks import Checker, shown

LETTERS: Final = 40_000  # of the change that a model is shown
FACTS: Final = 30  # findings, and changes of the surface, that it is told


def remarks(party: Party, change: Change, difference: Difference, review: Review, most: int) -> Remarks:
    """Ask for remarks, and keep those that hold. A change that is explained whole is not asked about.

    Raises ModelError where the model comes to no answer, BudgetSpent."""
    text = shown(change, difference, LETTERS)
    name = party.crew.names().get("explorer", "")
    if not text or not most:
        return Remarks(name, usage=asdict(party.crew.meter.usage))
    fence = Fence(party.log.seed)
    facts, lines = fence.wrap(_facts(review), "the gates"), fence.wrap(text, "the change")
    task = render("review", facts=facts, change=lines, most=str(most))
    ending = explore(party, [Errand("review", task)], 1)[0]
    if not ending.done:
        why = f"the model came to no remarks: {ending.why or ending.reason}"
        raise ModelError(why, "leave --model out for the review without it, or try another model")
    kept, dropped = Checker(change, difference, review.findings).checked(_answers(ending.text), most)
    return Remarks(name, kept, dropped, asdict(party.crew.meter.usage))


def _answers(text: str) -> Iterable[Any]:
    """The remarks in an answer, whatever is said around them; an answer without a list is one that cannot be kept."""
    start, end = text.find("["), text.rfind("]")
    found = read_sloppy(text[start : end + 1]) if 0 <= start < end else None
    return found if isinstance(found, list) else (None,)


def _facts(review: Review) -> str:
    rows = [f"{one.path}:{one.line} {one.rule}: {one.message}" for one in review.findings[:FACTS]]
    rows += [f"{one.symbol}: {one.message}" for one in review.surface[:FACTS]]
    return "\n".join(rows) or "nothing"
