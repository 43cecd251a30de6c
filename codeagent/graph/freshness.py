"""How current a snapshot is: its commit, whether the tree differs from it, and how much of it parsed."""

from codeagent.graph.records import Freshness, Snapshot
from codeagent.workspace.git import GitMissing, enclosing
from codeagent.workspace.patched import AnyTree
from codeagent.workspace.refs import head, is_dirty
from codeagent.workspace.revisions import Revision


def freshness_of(tree: AnyTree, snapshot: Snapshot) -> Freshness:
    """Return what answers say of the snapshot they rest on; runs git twice for a working tree."""
    revision, dirty = _state(tree)
    deep = [entry for entry in snapshot.entries if entry.facts]
    broken = sum(1 for entry in deep if entry.head.errors)
    return Freshness(
        revision=revision,
        dirty=dirty,
        indexed_at=snapshot.taken,
        files=len(snapshot.entries),
        parsed=len(deep) - broken,
        parse_errors=broken,
        unknown_calls=sum(entry.unknown_calls for entry in deep),
        calls=sum(entry.calls for entry in deep),
    )


def _state(tree: AnyTree) -> tuple[str | None, bool]:
    if isinstance(tree, Revision):
        return tree.sha, False
    repository = enclosing(tree.root)
    if repository is None:
        return None, False
    try:
        revision = head(repository)
        return revision, revision is None or is_dirty(repository)
    except GitMissing:
        return None, False
