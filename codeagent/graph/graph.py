"""The code graph as everybody above reads it: files, facts, symbols, references, edges; never written here."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar, cast

from codeagent.domain.arity import bare
from codeagent.domain.code import Edge, Place, Reference, Span, Symbol
from codeagent.domain.errors import UsageError
from codeagent.domain.facts import KINDS, FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.between import edges_between, pairs_between
from codeagent.graph.extract import digest_of
from codeagent.graph.finding import Finder, why_not
from codeagent.graph.freshness import freshness_of
from codeagent.graph.ids import symbol_ids
from codeagent.graph.linked import LinkTree, Wanted
from codeagent.graph.records import Entry, FileRecord, Freshness, Snapshot, record_of
from codeagent.graph.references import Places, codes_of, edges_of, places_of, references_of
from codeagent.graph.runners import Declared, declared
from codeagent.graph.shelf import ChangedError, Shelf
from codeagent.graph.spots import line_of, place_of
from codeagent.graph.trimming import trim
from codeagent.workspace.patched import AnyTree

_LISTED: Final = 2000  # files whose symbols are kept by a graph that lives long
_SOURCES: Final = 64 << 20  # bytes of source files that are kept
Made = TypeVar("Made")


class CodeGraph:
    """One snapshot of one repository: the working tree, or a revision.

    Everything is loaded when it is asked for; paths are POSIX and relative to `root`."""

    def __init__(self, tree: AnyTree, revision: str | None, snapshot: Snapshot, shelf: Shelf) -> None:
        self.root: Path = tree.root
        self.revision = revision  # the commit, None for the working tree
        self._tree, self._snapshot, self._shelf = tree, snapshot, shelf
        self._finder = Finder(shelf, lambda: self.skipped)
        self._symbols: dict[str, list[Symbol]] = {}
        self._told: dict[str, Places] = {}
        self._sources: dict[str, bytes] = {}  # that were read and are as indexed
        self._room = _SOURCES
        self._worked_out: dict[object, object] = {}

    @cached_property
    def files(self) -> Mapping[str, FileRecord]:
        """Indexed files by path, in order."""
        takes = self.declared.takes
        return {path: record_of(entry, test=entry.test or takes(path)) for path, entry in self._shelf.entries.items()}

    @cached_property
    def declared(self) -> Declared:
        """What the repository's own settings of its runners say of which files are tests."""
        return declared(self._tree)

    @cached_property
    def skipped(self) -> Mapping[str, tuple[str, ...]]:
        """Reason to the paths that are not indexed for it; folders end in a slash."""
        found = {reason: list(paths) for reason, paths in self._tree.discovery.skipped.items()}
        for skip in self._snapshot.skips:
            found.setdefault(skip.reason, []).append(skip.path)
        return {reason: tuple(sorted(found[reason])) for reason in sorted(found)}

    @cached_property
    def freshness(self) -> Freshness:
        """How current this is and how much of the tree it rests on."""
        return freshness_of(self._tree, self._snapshot)

    @property
    def paths(self) -> frozenset[str]:
        """Every path that git would list, indexed or not."""
        return self._tree.paths

    def trim(self) -> None:
        """Let go of what was unpacked beyond what a graph that lives long may hold."""
        trim(self._shelf)
        if len(self._symbols) > _LISTED:
            self._symbols.clear()
        if len(self._told) > _LISTED:
            self._told.clear()

    def close(self) -> None:
        """Let go of the index file; what was not loaded yet cannot be asked for any more."""
        self._shelf.close()

    def once(self, make: Callable[["CodeGraph"], Made]) -> Made:
        """Return what a function makes of this snapshot, made once and kept as long as the graph."""
        if make not in self._worked_out:
            self._worked_out[make] = make(self)
        return cast(Made, self._worked_out[make])

    # --- one file

    def has_facts(self, path: str) -> bool:
        """Tell whether a file's language has symbols; others are only counted."""
        return bool(self._entry(path).facts)

    def facts(self, path: str) -> FileFacts:
        """Return what one file says; UsageError where it is not indexed, Stale where it has just changed."""
        self._entry(path)
        return self._shelf[path]

    def links(self, path: str) -> FileLinks:
        """Return the resolved references of one file; errors as `facts`."""
        self._entry(path)
        return self._shelf.links(path)

    @property
    def at_hand(self) -> bool:
        """Whether what all references lead to is known, or is known soon."""
        return True

    @property
    def linked_nearby(self) -> "CodeGraph | None":
        """A linked graph of nearly the same tree, where this one's links are not at hand."""
        return None

    def asked(self, path: str, wanted: Wanted) -> FileLinks:
        """Return links of one file that hold at least the references that `wanted` says yes to."""
        return self.links(path)

    def symbols(self, path: str) -> list[Symbol]:
        """Return every symbol of a file in source order, the module first."""
        known = self._symbols.get(path)
        if known is None:
            known = self._symbols[path] = self._symbols_of(path)
        return known

    def _symbols_of(self, path: str) -> list[Symbol]:
        facts = self.facts(path)
        ids = symbol_ids(path, facts.symbols)
        lines = memoryview(facts.line_starts).cast("I")
        return [
            Symbol(
                id=ids[index],
                kind=KINDS[fact.kind],
                name=bare(fact.name) or path,
                path=path,
                span=Span(fact.start, fact.end),
                name_span=Span(fact.name_start, fact.name_end),
                line=bisect_right(lines, fact.name_start),
                end_line=line_of(lines, fact.start, fact.end),
                parent=ids[fact.parent] if fact.parent >= 0 else None,
                flags=fact.flags,
                complexity=fact.complexity,
            )
            for index, fact in enumerate(facts.symbols)
        ]

    def read(self, path: str) -> bytes:
        """Return a file's bytes as indexed; Stale where the file on disk differs from them."""
        known = self._sources.get(path)
        if known is not None:
            return known
        entry = self._entry(path)
        try:
            source = self._tree.read(path)
        except OSError as error:
            raise ChangedError(path) from error
        if digest_of(source) != entry.digest:
            raise ChangedError(path)
        if (room := self._room - len(source)) >= 0:
            self._sources[path], self._room = source, room
        return source

    def place(self, path: str, start: int, end: int) -> Place:
        """Return the 1-based line and column (in characters) of a byte span of a file, indexed or left out."""
        source = self.read(path) if path in self._shelf.entries else self._tree.read(path)
        return place_of(path, source, start, end)

    # --- symbols

    def symbol(self, text: str) -> Symbol:
        """Return the symbol of an id, an unambiguous shorter name, or `PATH:LINE:COL` (1-based).

        UsageError with the nearest candidates where it is unknown or ambiguous."""
        path, name = self._finder.resolve(text, self.read)
        wanted = f"{path}::{name}" if name else path
        return next(symbol for symbol in self.symbols(path) if symbol.id == wanted)

    def named(self, text: str) -> list[Symbol]:
        """Return what somebody means by a text as `symbol` takes it: all that have that name in their scope.

        Overloads are several symbols of one name; `NAME#1`, `NAME#2` or a place is one of them. Errors as `symbol`."""
        found = self._finder.alike(text, self.read)
        wanted = {f"{path}::{name}" if name else path for path, name in found}
        return [symbol for symbol in self.symbols(found[0][0]) if symbol.id in wanted]

    def find_symbols(self, text: str, limit: int = 50) -> list[Symbol]:
        """Return symbols whose name resembles `text`, best first (exact, prefix, part, letters in order)."""
        return [self.symbol(found) for found in self._finder.search(text, limit)]

    def symbol_ids(self) -> Iterator[str]:
        """Yield the id of every symbol in the tree, modules included, file by file."""
        return self._finder.ids()

    def defined_names(self, path: str) -> list[str]:
        """Return the dotted names that a file defines, in order; without decoding its facts."""
        return self._finder.names(path)

    # --- edges

    def edges(self, kind: str | None = None) -> Iterator[Edge]:
        """Yield every edge (of one kind of `EDGE_KINDS`), file by file in path order."""
        wanted = codes_of(None if kind is None else (kind,))
        for path, links in self._all_links():
            yield from edges_of(path, self._shelf.decode(path), links, wanted)

    def incoming(self, symbol_id: str, kinds: Collection[str] | None = None) -> list[Reference]:
        """Return who refers to a symbol id or external dotted name, by path and offset.

        `role` of each reference is the edge kind: calls, references, writes, imports, inherits, instantiates."""
        return [
            one
            for path, links in self._leading_to(symbol_id)
            for one in references_of(path, self._places, links, kinds, targets=(links.targets.index(symbol_id),))
        ]

    def incoming_to_file(self, path: str, kinds: Collection[str] | None = None) -> list[Reference]:
        """Return the references in other files to a file or anything in it, by path and offset; roles as `incoming`."""
        self._entry(path)
        found = []
        for other, links in self._all_links(path.encode("utf-8", "surrogateescape")):
            aims = {at for at, target in enumerate(links.targets) if target.partition("::")[0] == path}
            if other != path and aims:
                found += references_of(other, self._places, links, kinds, targets=aims)
        return found

    def outgoing(self, symbol_id: str, kinds: Collection[str] | None = None) -> list[Reference]:
        """Return what stands directly within a symbol and what it refers to, by offset."""
        path = symbol_id.partition("::")[0]
        ids = self._places(path).ids
        if symbol_id not in ids:
            raise UsageError(f"no symbol {symbol_id}", "ask for one by `codeagent query find`")
        return references_of(path, self._places, self.links(path), kinds, within=ids.index(symbol_id))

    def outgoing_of_file(self, path: str, kinds: Collection[str] | None = None) -> list[Reference]:
        """Return everything that a file refers to, by offset."""
        return references_of(path, self._places, self.links(path), kinds)

    def file_edges(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return how many edges of each kind lead from file to file (not within one)."""
        return edges_between(self._all_links(), self._shelf.entries)

    def file_pairs(self) -> Iterator[tuple[str, str]]:
        """Yield which files refer to something of which others."""
        return pairs_between(self._all_links(), self._shelf.entries)

    def sources(self) -> tuple[Shelf, LinkTree]:
        """Return what a resolver of this snapshot reads: its facts, and its tree."""
        return self._shelf, LinkTree(self._tree, self._tree.paths, self._shelf.entries)

    def mentioning(self, names: Iterable[str]) -> set[str]:
        """Return the files in whose facts one of these names occurs."""
        return {path for name in names for path in self._shelf.mentioning(name)}

    def basis(self, *, linked: bool = True) -> tuple[Snapshot, Shelf]:
        """Return what a graph of a changed tree starts from: what is known of this one, with links or without."""
        return self._snapshot, self._shelf

    @property
    def tree(self) -> AnyTree:
        """The files themselves."""
        return self._tree

    def all_links(self) -> Iterator[tuple[str, FileLinks]]:
        """Yield (path, links) of every file with symbols, in path order; faster than one by one."""
        return self._all_links()

    def packed(self, path: str) -> tuple[bytes, FileLinks]:
        """Return the packed facts and the links of a file: equal for equal meaning, byte for byte."""
        self._entry(path)
        return self._shelf.blob(path), self.links(path)

    # --- inside

    def _all_links(self, needle: bytes = b"") -> Iterator[tuple[str, FileLinks]]:
        return self._shelf.every_link(needle)

    def _places(self, path: str) -> Places:
        known = self._told.get(path)
        if known is None:
            known = self._told[path] = places_of(path, self.facts(path))
        return known

    def _leading_to(self, target: str) -> Iterator[tuple[str, FileLinks]]:
        return self._shelf.leading_to(target)

    def _entry(self, path: str) -> Entry:
        entry = self._shelf.entries.get(path)
        if entry is None:
            raise UsageError(f"{path} is not indexed", why_not(path, self._shelf.entries, self.skipped))
        return entry
