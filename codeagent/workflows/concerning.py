"""From a change to the tests to run: what it touches on both of its sides, walked to the test files that may notice."""

from codeagent.quality.gates.change import Change
from codeagent.retrieval.changed import touched
from codeagent.retrieval.impacted import Impacted, impacted
from codeagent.workspace import changes


def concerned(change: Change) -> Impacted:
    """Return the test files that a change concerns, by their names before and after it; what it says of tests too."""
    now = impacted(
        change.after_graph,
        touched(change.after_graph, change.files, lambda path: change.before.get(path) or b"").symbols,
        [file.path for file in change.files if file.status != "deleted"],
    )
    if now.everything:
        return now
    turned = [_turned(file) for file in change.files]
    old = touched(change.before_graph, turned, lambda path: change.after.get(path) or b"")
    was = impacted(change.before_graph, old.symbols, [file.path for file in turned if file.status != "deleted"])
    unresolved = sorted({*now.unresolved, *was.unresolved})
    return Impacted(now.files | was.files, was.everything, tuple(unresolved))


def _turned(file: changes.Change) -> changes.Change:
    """The same difference seen from the other side."""
    status = {"added": "deleted", "deleted": "added"}.get(file.status, file.status)
    return changes.Change(file.old_path, status, file.path, file.new_lines, file.old_lines)
