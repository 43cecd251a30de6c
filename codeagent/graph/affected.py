"""Which files an edit can make mean something else: they are linked anew, all others keep their links."""

from collections.abc import Mapping

from codeagent.graph.linking import LinkTree
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.shelf import Shelf


def affected(
    base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree, others: tuple[str, ...]
) -> set[str]:
    """Return the paths whose links may differ from those of `base`."""
    everything = {path for path, entry in entries.items() if entry.facts}
    if base is not None and others == base.others:
        before = {entry.path: (entry.digest, entry.language) for entry in base.entries}
        if before == {path: (entry.digest, entry.language) for path, entry in entries.items()}:
            return {path for path in everything if False}
    return everything
