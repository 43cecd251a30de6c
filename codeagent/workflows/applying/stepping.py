"""One step: what it makes, whether it holds, and what the log says of both."""

from collections.abc import Mapping
from typing import Any

from codeagent.domain.errors import CodeAgentError, Refused
from codeagent.domain.plan import Step
from codeagent.workflows.applying.deterministic import proven
from codeagent.workflows.applying.judging import claims_of, judge_step, why
from codeagent.workflows.applying.messages import assistant, message_of
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.tree import Made, Tree


class GateFailed(CodeAgentError):
    """A gate says no to a step, or to all of them together; nothing was written."""

    exit_code = 1


def carry_out(run: Run, tree: Tree, step: Step) -> Tree:
    """Return the tree as a step leaves it; what the log says was done is not done again.

    Raises Refused where the step cannot be done, GateFailed where it does not hold."""
    made = run.log.done(step.id)
    if made is not None:
        return tree.after(made)
    run.log.say("step.started", {"step": step.id, "title": step.title, "operation": step.operation})
    try:
        return _deterministic(run, tree, step)
    except (Refused, GateFailed) as error:
        failed = {"step": step.id, "why": error.message, "hint": error.hint, "exit_code": error.exit_code}
        run.log.say("step.failed", failed)
        raise


def _deterministic(run: Run, tree: Tree, step: Step) -> Tree:
    made, done = proven(tree, step)
    run.log.propose(step.id, 1, made, done.proposal.patch.title, _facts(done.proof, done.proposal.notes))
    return judged(run, tree, step, made, done.proposal.patch.title)


def judged(run: Run, tree: Tree, step: Step, made: Made, title: str) -> Tree:
    """Return the tree with what a step makes, once the gates let it through. Raises GateFailed."""
    change = tree.change(made, claims_of(run, step))
    helper = assistant() if run.options.trailer else ""
    message = message_of(change, step, title, run.options.style, helper)
    verdict = judge_step(run, change, made, step, message)
    if not verdict.ok:
        raise GateFailed(f"step {step.id} does not pass its gates: {why(verdict)}", "nothing was written")
    run.log.finish(step.id, made, message, verdict)
    return tree.after(made, change.after_graph)


def _facts(proof: Any, notes: tuple[str, ...]) -> Mapping[str, Any]:
    return {"parsed": proof.parsed, "files_proven": proof.files, "notes": list(notes)}
