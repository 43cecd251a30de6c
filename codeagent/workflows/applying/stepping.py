"""One step: what it makes, whether it holds, and what the log says of both."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Final

from codeagent.agent.crew import Crew
from codeagent.domain.errors import GateFailed, Refused, UsageError
from codeagent.domain.plan import Step
from codeagent.domain.run import Usage
from codeagent.workflows.applying.choosing import Judge, Judged, taken
from codeagent.workflows.applying.deterministic import proven
from codeagent.workflows.applying.editing import NoEdit
from codeagent.workflows.applying.judging import claims_of, judge_step, remedy, why, words
from codeagent.workflows.applying.messages import assistant, message_of
from codeagent.workflows.applying.rewriting import Tries, Way, written
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.tree import Made, Tree

_SMALLER: Final = "a smaller part of it that holds by itself, and leave the rest"
_OTHER: Final = "it better"


def carry_out(run: Run, tree: Tree, step: Step) -> Tree:
    """Return the tree as a step leaves it; what the log says was done, or left out, is not done again.

    Raises Refused where the step cannot be done, GateFailed where it does not hold, unless the plan says to skip it."""
    made = run.log.done(step.id)
    if made is not None:
        return tree.after(made)
    if run.log.skipped(step.id):
        return tree
    missing = [name for name in step.after if run.log.skipped(name)]
    if missing:
        run.log.say("step.skipped", {"step": step.id, "why": f"it needs {', '.join(missing)}"})
        return tree
    run.log.say("step.started", {"step": step.id, "title": step.title, "operation": step.operation})
    try:
        if step.deterministic:
            return _deterministic(run, tree, step)
        return _left_out(run, tree, step) if run.options.dry_run else _rewrite(run, tree, step)
    except (Refused, GateFailed) as error:
        failed = {"step": step.id, "why": error.message, "hint": error.hint, "exit_code": error.exit_code}
        run.log.say("step.failed", failed)
        if step.otherwise != "skip" and run.choose is None:  # what was left before it may be what it needs
            raise
        run.log.say("step.skipped", {"step": step.id, "why": error.message})
        return tree


def _deterministic(run: Run, tree: Tree, step: Step) -> Tree:
    made, done = proven(tree, step)
    title, proof = done.proposal.patch.title, asdict(done.proof)
    run.log.propose(step.id, 1, made, title, {"proof": proof, "notes": list(done.proposal.notes)})

    def judge(one: Made) -> Judged:
        return _judged(run, tree, step, one, title, assistant())

    judged = judge(made)
    if not judged[2].ok:
        raise GateFailed(f"step {step.id} does not pass its gates: {why(judged[2])}", remedy(judged[2]))
    return _finished(run, tree, step, *taken(run, tree, step, made, judged, judge))


def _finished(run: Run, tree: Tree, step: Step, made: Made, judged: Judged, usage: Usage | None = None) -> Tree:
    """Put on record what was taken of a step that holds; the tree after it."""
    change, message, verdict = judged
    if not made.contents:
        run.log.say("step.skipped", {"step": step.id, "why": "you left it"})
        return tree
    run.log.finish(step.id, made, message, verdict, asdict(usage) if usage else None)
    return tree.after(made, change.after_graph)


def _left_out(run: Run, tree: Tree, step: Step) -> Tree:
    _check_there(tree, step)
    run.log.say("step.skipped", {"step": step.id, "why": "a model writes it, and a dry run asks none"})
    return tree


def _rewrite(run: Run, tree: Tree, step: Step) -> Tree:
    """Go about a step that a model writes, in one way after the other; the first that holds counts."""
    _check_there(tree, step)
    if run.asked.crew is None:
        raise Refused(f"step {step.id} is written by a model, and none is named", "name one by --model")
    held: list[Tree] = []
    crew, meter = run.asked.crew, run.asked.crew.meter.child(run.asked.per_step, name=f"step {step.id}")
    said, tries = "", Tries()
    for way in _ways(crew, step):
        model = crew.model("editor", meter=meter, step=step.id, other=way.other)

        def again(made: Made, name: str = model.name) -> Judged:
            return _judged(run, tree, step, made, "", assistant(name))

        def judge(made: Made, attempt: int, again: Judge = again) -> str:
            run.log.propose(step.id, attempt, made, "", {})
            judged = again(made)
            if not judged[2].ok:
                return words(judged[2])
            held.append(_finished(run, tree, step, *taken(run, tree, step, made, judged, again), meter.usage))
            return ""

        try:
            said = written(run, tree, step, replace(way, failed=said), tries, model, judge)
        except NoEdit as error:
            said = error.message
        if held:
            return held[-1]
    first = said.partition("\n")[0]
    alone = step.otherwise == "other-model" and not crew.others("editor")
    hint = "name another model, by `fallbacks` or [roles] in your settings" if alone else "word the step more exactly"
    raise GateFailed(f"step {step.id} does not hold: {first}", f"nothing was written; {hint}")


def _check_there(tree: Tree, step: Step) -> None:
    """Refuse a step about symbols that are not there: a model would be shown nothing, and guess."""
    for name in step.arguments.get("symbols") or ():
        try:
            tree.graph.symbol(name)
        except UsageError as error:
            raise Refused(f"step {step.id}: {error.message}", error.hint) from error


def _ways(crew: Crew, step: Step) -> Iterator[Way]:
    """As the plan says: the usual way, then a smaller one or another model."""
    yield Way()
    if step.otherwise == "smaller":
        yield Way(" smaller", instead=_SMALLER)
    if step.otherwise == "other-model" and crew.others("editor"):
        yield Way(" other", instead=_OTHER, other=True)


def _judged(run: Run, tree: Tree, step: Step, made: Made, title: str, helper: str) -> Judged:
    change = tree.change(made, claims_of(run, step))
    message = message_of(change, step, title, run.options.style, helper if run.options.trailer else "")
    return change, message, judge_step(run, change, made, step, message)
