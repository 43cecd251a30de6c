"""The interfaces of files on both sides of an update, kept while it runs: several of its parts ask for them."""

from typing import Final

from codeagent.graph.interface import Interface
from codeagent.graph.records import Entry
from codeagent.graph.shelf import Shelf

_KEPT: Final = 300  # interfaces


class Interfaces:
    """Interfaces by entry: of the snapshot that is made, and of the one that it starts from."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[tuple[str, int], Interface] = {}

    def now(self, path: str) -> Interface:
        """Return that of a file as it is."""
        return self._of(path, self._shelf.entries[path].facts, None)

    def was(self, entry: Entry) -> Interface:
        """Return that of a file as it was; ChangedError where that is no longer known."""
        return self._of(entry.path, entry.facts, entry)

    def _of(self, path: str, row: int, entry: Entry | None) -> Interface:
        found = self._known.get((path, row))
        if found is None:
            facts = self._shelf[path] if entry is None else self._shelf.decode_row(entry)
            found = Interface(path, facts)
            if len(self._known) < _KEPT:
                self._known[path, row] = found
        return found
