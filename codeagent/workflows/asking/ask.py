"""`ask`: a question in, an answer with checked places out."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from codeagent.agent.conversation import room_of, share_of
from codeagent.agent.fencing import Fence, label
from codeagent.agent.loop import Ending
from codeagent.agent.prompts import render
from codeagent.domain.errors import ModelError
from codeagent.domain.run import Message, Usage
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import tables
from codeagent.survey.past import Past
from codeagent.workflows.asking.citations import Checked, check_citations
from codeagent.workflows.asking.dialogue import told, turns_before
from codeagent.workflows.asking.evidence import Evidence, evidence
from codeagent.workflows.asking.exploring import Errand, Party, explore
from codeagent.workflows.parts import structure

SPEAKER: Final = "ask"  # who answers, after all explorers
TOKENS: Final = 2_500  # of evidence
SHARE: Final = 4  # of a small model's room it may fill: one over it
PART: Final = 0.3  # of what was found: a subsystem that has it is looked at by an explorer of its own
LONGEST: Final = 20_000  # characters of a question
ANSWER: Final = 100_000  # characters of an answer; nobody reads more


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer in Markdown. `explored`: the subsystems that were looked at apart; `run`: the id of its log."""

    question: str
    answer: Checked
    usage: Usage
    run: str
    explored: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def ask(party: Party, question: str, workers: int, session: str = "") -> Asked:
    """Answer a question, after what was said before in the dialogue of that name.

    Raises ModelError where the model comes to no answer, BudgetSpent, and UsageError."""
    settings, fence = party.desk.config, Fence(party.log.seed)
    model = party.crew.model("explorer")
    turns = turns_before(party.desk.root, session, party.log.id, room_of(model))
    about = "\n".join([*(turn.question for turn in turns[-1:]), question])
    found = party.desk.ask(partial(evidence, settings=settings, question=about, tokens=share_of(model, SHARE, TOKENS)))
    parts = party.desk.ask(partial(_subsystems, found=found))
    shown, usage = [fence.wrap(found.text, "the code graph")], Usage()
    if len(parts) > 1:
        endings = explore(party, [_errand(part, question, found, fence, told(turns)) for part in parts], workers)
        usage = sum((one.usage for one in endings), usage)
        shown += [
            fence.wrap(one.text or one.why, f"explorer of {part}") for part, one in zip(parts, endings, strict=True)
        ]
    task = render("ask", question=question, evidence="\n\n".join(shown))
    ending = explore(party, [Errand(SPEAKER, task, before=told(turns))], 1)[0]
    text = answer_of(ending, party.log.id)
    checked = party.desk.ask(partial(check_citations, text=text, known=about))
    party.log.append("answer.given", {"question": question, "answer": checked.text})
    notes = (ending.why,) if ending.why else ()
    return Asked(question, checked, usage + ending.usage, party.log.id, tuple(parts), notes)


def answer_of(ending: Ending, run: str) -> str:
    """The text of an answer. Raises ModelError where there is none."""
    if ending.done and ending.text.strip():
        text = ending.text.strip()
        return text if len(text) <= ANSWER else f"{text[:ANSWER]}\n\n(cut: the answer has {len(text)} characters)"
    raise ModelError(
        f"the model came to no answer: {ending.why or ending.reason}",
        f"codeagent runs {run} shows what it did; ask more narrowly, or try another model",
    )


def _subsystems(graph: CodeGraph, found: Evidence) -> dict[str, tuple[str, ...]]:
    """The subsystems of the product that much of what was found lies in, with their folders, best first."""
    total = sum(one.score for one in found.files)
    if len(found.files) < 2:
        return {}
    shares: dict[str, float] = {}
    built = structure(tables(graph), Past())
    home = {stat.path: system for system in built.systems if system.role == "product" for stat in system.files}
    for one in found.files:
        if one.path in home:
            name = home[one.path].name
            shares[name] = shares.get(name, 0.0) + one.score / total
    folders = {system.name: system.folders for system in built.systems}
    return {name: folders[name] for name in sorted(shares, key=lambda n: (-shares[n], n)) if shares[name] >= PART}


def _errand(part: str, question: str, found: Evidence, fence: Fence, before: tuple[Message, ...]) -> Errand:
    shown = fence.wrap(found.text, "the code graph")
    task = render("look", question=question, subsystem=label(part), evidence=shown)
    return Errand(f"ask {part}", task, before=before)


def document(asked: Asked) -> dict[str, Any]:
    """An answer as JSON tells it."""
    return {
        "schema_version": 1,
        "question": asked.question,
        "answer": asked.answer.text,
        "citations": asked.answer.document(),
        "explored": list(asked.explored),
        "usage": asked.usage,
        "run": asked.run,
        "notes": list(asked.notes),
    }
