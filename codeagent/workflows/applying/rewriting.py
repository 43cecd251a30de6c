"""A step that a model writes: it is shown the code, proposes edits, and may correct them by the words of the gates."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from codeagent.agent.conversation import room_of, tool_tokens
from codeagent.agent.fencing import Fence
from codeagent.agent.hands import Hands
from codeagent.agent.instructions import instructions
from codeagent.agent.loop import Ending, Seat, converse
from codeagent.agent.model import Model
from codeagent.agent.opening import opening
from codeagent.agent.prompts import render
from codeagent.config import Config
from codeagent.domain.events import Streamed
from codeagent.domain.plan import Step
from codeagent.graph.graph import CodeGraph
from codeagent.project import Project
from codeagent.tools.asking import questions
from codeagent.workflows.applying.editing import NAME, NoEdit, edit_tool, spoken
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.showing import code_for, context_for
from codeagent.workflows.applying.tree import Made, Tree, as_patch, joined
from codeagent.workflows.asking.exploring import SPARED, TOOLS, fitting

REPAIRS: Final = 2  # of a step, in whatever ways it is gone about
_BEFORE: Final = "\nAn attempt at this step failed:\n{why}\nDo {what}.\n"
DUTY: Final = "You are an editor: you write the edits of one step of a plan, and nothing else."
Judge = Callable[[Made, int], str]  # a proposal and its attempt; what the gates say against it, empty for nothing


@dataclass(slots=True)
class Tries:
    """What was tried of a step: `attempts` that gates judged, and how often it may still be corrected."""

    attempts: int = 0
    repairs: int = REPAIRS


@dataclass(frozen=True, slots=True)
class Way:
    """How a step is gone about: why the way before `failed`, what is to be done `instead`, and whether another model
    than the editor writes."""

    name: str = ""
    failed: str = ""
    instead: str = ""
    other: bool = False


def written(run: Run, tree: Tree, step: Step, way: Way, tries: Tries, model: Model, judge: Judge) -> str:
    """Let a model write a step and correct it; return what the gates say against the last attempt, empty where it
    holds. Raises NoEdit where the model comes to nothing, ModelError, BudgetSpent."""
    fence, made, words = Fence(run.log.events.seed), Made(), ""
    for turn in count(1):
        now = tree.after(made) if made.contents else tree
        task = _task(tree, now, step, way, fence, model, made, words)
        try:
            edit = _edited(run, now, step, f"{step.id}{way.name} {turn}", task, model)
        except NoEdit as error:
            if not words:
                raise
            first = words.partition("\n")[0]
            raise NoEdit(f"{first} (and then {error.message})", error.hint) from error
        made = joined((made, edit))
        tries.attempts += 1
        words = judge(made, tries.attempts)
        if not words or not tries.repairs:
            return words
        tries.repairs -= 1
    raise AssertionError("the corrections end")


def _task(tree: Tree, now: Tree, step: Step, way: Way, fence: Fence, model: Model, made: Made, words: str) -> str:
    told = {"title": step.title, "instructions": str(step.arguments.get("instructions", "")), "scope": _scope(step)}
    if not words:
        code, context = code_for(tree, step, fence, model), context_for(tree, step, fence, model)
        before = _BEFORE.format(why=fence.wrap(way.failed, "gates"), what=way.instead) if way.failed else ""
        return render("rewrite", goal=step.why or step.title, before=before, code=code, context=context, **told)
    old = {path: tree.read(path) for path in {*made.contents, *made.moves}}
    diff = as_patch(made, old, "").diff({path: data for path, data in old.items() if data is not None})
    touched = tuple(path for path, data in sorted(made.contents.items()) if data is not None)
    shown = diff.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    code = code_for(now, step, fence, model, touched)
    return render("repair", diff=fence.wrap(shown, "your edits"), words=fence.wrap(words, "gates"), code=code, **told)


def _scope(step: Step) -> str:
    return "\n".join(f"- {pattern}" for pattern in step.scope)


def _edited(run: Run, tree: Tree, step: Step, sender: str, task: str, model: Model) -> Made:
    """Hold one conversation that ends with edits that fit."""
    taken: list[Made] = []
    project = _Seen(run.root, run.config, tree.graph)
    edit = edit_tool(tree, step, taken.append)
    reading = {name: tool for name, tool in questions(project).items() if name not in SPARED}
    tools = {**fitting(reading, room_of(model) // TOOLS - tool_tokens(edit)), NAME: edit}
    seat = Seat(model, run.log.events, sender, lambda text: run.emit(Streamed(text, sender)), run.check)
    near = sorted({path.rpartition("/")[0] for path in step.blast.files})
    begin = opening(run.log.events.seed, DUTY, task, told=instructions(run.root, near))
    ending: Ending = converse(seat, begin, Hands(tools, "editor", NAME, spoken))
    if not taken:
        raise NoEdit(f"the model wrote no edit: {ending.why or ending.reason}", "say more exactly what is to be done")
    return taken[-1]


class _Seen(Project):
    """The repository as the steps so far leave it."""

    def __init__(self, root: Path, config: Config, graph: CodeGraph) -> None:
        super().__init__(root, config)
        self._seen = graph

    @property
    def graph(self) -> CodeGraph:
        return self._seen

    def current(self) -> CodeGraph:
        return self._seen

    def renew(self) -> CodeGraph:
        return self._seen
