"""From a change to the tests to run: what it touches on both of its sides, walked to the test files that may notice."""

from collections.abc import Iterable

from codeagent.graph.graph import CodeGraph
from codeagent.quality.gates.change import Change, Contents
from codeagent.retrieval.changed import touched
from codeagent.retrieval.impacted import Impacted, impacted
from codeagent.retrieval.importing import apart
from codeagent.workspace import changes


def concerned(change: Change) -> Impacted:
    """Return the test files that a change concerns, by their names before and after it; what it says of tests too."""
    now = _on_one_side(change.after_graph, change.files, change.before_graph, change.before)
    if now.everything:
        return now
    turned = [_turned(file) for file in change.files]
    was = _on_one_side(change.before_graph, turned, change.after_graph, change.after)
    unresolved = sorted({*now.unresolved, *was.unresolved})
    return Impacted(now.files | was.files, was.everything, tuple(unresolved))


def _on_one_side(graph: CodeGraph, files: Iterable[changes.Change], other: CodeGraph, was: Contents) -> Impacted:
    """What a side of a change concerns; `was` are the files of the other side."""
    kept, sayers = apart(graph, files, other)
    symbols = touched(graph, kept, lambda path: was.get(path) or b"").symbols
    return impacted(graph, (*symbols, *sayers), [file.path for file in kept if file.status != "deleted"])


def _turned(file: changes.Change) -> changes.Change:
    """The same difference seen from the other side."""
    status = {"added": "deleted", "deleted": "added"}.get(file.status, file.status)
    return changes.Change(file.old_path, status, file.path, file.new_lines, file.old_lines)
