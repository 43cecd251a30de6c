"""The code graph as everybody above reads it: files, facts, symbols, references, edges; never written here."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from codeagent.domain.code import Edge, Place, Reference, Symbol
from codeagent.domain.facts import FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.records import FileRecord, Freshness


class CodeGraph:
    """One snapshot of one repository: the working tree, or a revision.

    Everything is loaded when it is asked for; paths are POSIX and relative to `root`."""

    root: Path
    files: Mapping[str, FileRecord]  # indexed files by path
    skipped: Mapping[str, tuple[str, ...]]  # reason to paths that are not indexed
    freshness: Freshness

    def facts(self, path: str) -> FileFacts:
        """Return what one file says; UsageError where it is not indexed."""
        raise NotImplementedError

    def links(self, path: str) -> FileLinks:
        """Return the resolved references of one file; UsageError where it is not indexed."""
        raise NotImplementedError

    def symbols(self, path: str) -> list[Symbol]:
        """Return every symbol of a file in source order, the module first."""
        raise NotImplementedError

    def symbol(self, text: str) -> Symbol:
        """Return the symbol of an id, an unambiguous shorter name, or `PATH:LINE:COL` (1-based).

        UsageError with the nearest candidates where it is unknown or ambiguous."""
        raise NotImplementedError

    def find_symbols(self, text: str, limit: int = 50) -> list[Symbol]:
        """Return symbols whose name resembles `text`, best first (exact, prefix, part, letters in order)."""
        raise NotImplementedError

    def symbol_ids(self) -> Iterator[str]:
        """Yield the id of every symbol in the tree, modules included, file by file."""
        raise NotImplementedError

    def edges(self, kind: str | None = None) -> Iterator[Edge]:
        """Yield every edge (of one kind of `EDGE_KINDS`), file by file in path order."""
        raise NotImplementedError

    def incoming(self, symbol_id: str, kinds: Collection[str] | None = None) -> list[Reference]:
        """Return who refers to a symbol id or external dotted name, by path and offset.

        `role` of each reference is the edge kind: calls, references, writes, imports, inherits, instantiates."""
        raise NotImplementedError

    def outgoing(self, symbol_id: str, kinds: Collection[str] | None = None) -> list[Reference]:
        """Return what stands directly within a symbol and what it refers to, by offset."""
        raise NotImplementedError

    def file_edges(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return how many edges of each kind lead from file to file (not within one)."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        """Return a file's bytes as indexed; Stale where the file on disk differs from them."""
        raise NotImplementedError

    def place(self, path: str, start: int, end: int) -> Place:
        """Return the 1-based line and column (in characters) of a byte span."""
        raise NotImplementedError
