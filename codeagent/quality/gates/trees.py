"""Both sides of a change as states of a scratch tree."""

from codeagent.quality.gates.change import Change
from codeagent.workspace.revisions import Revision
from codeagent.workspace.scratch import Scratch


def put_before(scratch: Scratch, change: Change) -> None:
    """Make the scratch hold the files before the change."""
    _put(scratch, change)
    scratch.write({**change.differing.base, **_fresh(change), **change.before})


def put_after(scratch: Scratch, change: Change) -> None:
    """Make the scratch hold the files after the change."""
    _put(scratch, change)
    scratch.write({**change.differing.tip, **change.after})


def put_tests_alone(scratch: Scratch, change: Change) -> None:
    """Make the scratch hold the files before the change, but for its tests: those are as they are after it."""
    put_before(scratch, change)
    scratch.write({path: data for path, data in change.after.items() if change.is_test(path)})


def _put(scratch: Scratch, change: Change) -> None:
    """The tree that both sides are told from: a commit, or what is on disk."""
    tree = change.opened_graph.tree
    if isinstance(tree, Revision):
        scratch.at_base(tree.sha)
    else:
        scratch.reset()


def _fresh(change: Change) -> dict[str, bytes | None]:
    """What was not there before."""
    return {file.path: None for file in change.files if file.path not in change.before}
