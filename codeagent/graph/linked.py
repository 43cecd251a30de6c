"""What linking takes and gives: the tree as module finders see it, which references are wanted, a file's links."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Protocol

import msgspec

from codeagent.domain.links import FileLinks
from codeagent.graph.extract import digest_of
from codeagent.graph.records import Entry
from codeagent.graph.shelf import Readable, Shelf

Wanted = Callable[[int, int, int], bool]  # of a reference: where it starts, its role, its expression


class Linked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The packed links of one file, ready to be stored."""

    item: int
    row: int
    crc: int
    blob: bytes
    calls: int
    unknown_calls: int


class Source(Readable, Protocol):
    """The tree that a snapshot was taken of."""

    @property
    def paths(self) -> frozenset[str]:
        """Every path that git would list."""


class LinkTree:
    """The tree as module finders see it; it remembers which files they read."""

    def __init__(self, tree: Readable, paths: frozenset[str], entries: Mapping[str, Entry]) -> None:
        self._tree, self.paths, self._entries = tree, paths, entries
        self.packages = {path: entry.head.package for path, entry in entries.items() if entry.facts}
        self.consulted: dict[str, bytes] = {}

    def before(self, paths: frozenset[str], entries: Mapping[str, Entry]) -> "LinkTree":
        """Return the tree as it was when it had those paths: what module finders read in it is the same."""
        return LinkTree(self._tree, paths, entries)

    def read(self, path: str) -> bytes:
        """Return a file's bytes; empty where it cannot be read."""
        content = self._content(path)
        self.consulted[path] = digest_of(content)
        return content

    def digest(self, path: str) -> bytes:
        """Return the digest of what `read` would return, without remembering it."""
        entry = self._entries.get(path)
        return entry.digest if entry else digest_of(self._content(path))

    def _content(self, path: str) -> bytes:
        try:
            return self._tree.read(path)
        except OSError:
            return b""


class LateLinker:
    """Links single files of a finished snapshot, where the store has lost what was linked."""

    def __init__(self, shelf: Shelf, tree: Source) -> None:
        self._shelf, self._tree = shelf, tree
        self._link: Callable[[str, Wanted | None], FileLinks] | None = None

    def __call__(self, path: str, wanted: Wanted | None = None) -> FileLinks:
        if self._link is None:
            linking = import_module("codeagent.graph.linking")  # here, as most questions need no evaluator
            self._link = linking.Linker(self._shelf, LinkTree(self._tree, self._tree.paths, self._shelf.entries)).link
        return self._link(path, wanted)
