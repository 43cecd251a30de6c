"""A step that the engine does alone: a refactoring, proposed and proven on the tree as the steps before left it."""

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.plan import Step
from codeagent.refactorings import OPERATIONS
from codeagent.workflows.applying.tree import Made, Tree
from codeagent.workflows.planning.trying import try_step
from codeagent.workflows.refactor import Refactored


def proven(tree: Tree, step: Step) -> tuple[Made, Refactored]:
    """Return what a step makes of the tree, and its proof. Raises Refused."""
    if step.operation not in OPERATIONS:
        raise Refused(f"step {step.id}: there is no operation {step.operation}", f"operations: {', '.join(OPERATIONS)}")
    try:
        done = try_step(tree.graph, step)
    except (Refused, UsageError) as error:
        raise Refused(f"step {step.id}: {error.message}", error.hint) from error
    patch = done.proposal.patch
    return Made(patch.apply(done.files), patch.moves), done
