"""Which test files a change concerns: the graph walked backwards as far as a test could notice, and further in doubt.

It must hold every test that fails, so it follows what `impact` leaves out: names alone, overrides, whoever builds an
object whose method changed, whoever imports a module that does something when imported, and all that is named by a file
that could not be resolved. A test that starts other programs, imports by name or could not be resolved itself is always
chosen, and so are all where a changed file is no code of the graph."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.links import CALL_EDGE, EDGE_KINDS, IMPORT_EDGE, LIKELY
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import is_parsed
from codeagent.retrieval.backwards import nearly_backwards
from codeagent.retrieval.reach import Reached, is_named

_PROSE: Final = re.compile(
    r"(?:^|/)(?:docs?/|readme|changelog|changes|license|contributing|authors)|\.(?:md|rst)$", re.IGNORECASE
)
_SHARED: Final = re.compile(r"(?:^|/)(?:conftest\.py|__init__\.py|setup\w*\.[jt]s|jest\.setup\.\w+|testutil\w*\.\w+)$")
_CLOSING: Final = ("function", "method", "lambda")
_BLIND: Final = re.compile(
    rb"\bsubprocess\b|\brun_module\b|\bimport_module\b|__import__|\brunpy\b|child_process|\bpexpect\b|os\.system"
    rb"|\bpytester\b|\btestdir\b|exec\.Command|std::process"
)
_BLIND_WORDS: Final = tuple(one.replace(b"\\b", b"").replace(b"\\.", b".") for one in _BLIND.pattern.split(b"|"))

# Product files that hold tests of their own; examples in comments, which are run too, name what they need unseen.
_OWN: Final = re.compile(rb"#\[(?:\w+::)*test\b|#\[cfg\(test\)\]|\bimport\.meta\.vitest\b")
_MIXED: Final = ("rust", "javascript", "typescript", "tsx")
_EXAMPLE: Final = re.compile(rb"^\s*//[/!] ?```", re.MULTILINE)


@dataclass(slots=True)
class Impacted:
    """The chosen test files; `everything` says why all must run."""

    files: set[str] = field(default_factory=set)
    everything: str = ""
    unresolved: tuple[str, ...] = ()  # files whose calls are unknown: all that they name counts


def impacted(graph: CodeGraph, symbols: Iterable[str], paths: Iterable[str]) -> Impacted:
    """Choose the test files of a graph that may notice a change of these symbols, in files at these paths."""
    if graph.declared.unread:
        return Impacted(everything=f"{graph.declared.unread} does not tell which files are tests")
    for path in paths:
        known = graph.files.get(path)
        if (known is None or not is_parsed(known.language)) and not _PROSE.search(path):
            return Impacted(everything=f"{path} is not code that the graph knows")
    walk = _Walk(graph)
    walk.run(symbols)
    found = Impacted(walk.tests, unresolved=walk.unresolved.paths)
    if any(_SHARED.search(path) and "/" not in path for path in walk.tests):
        return Impacted(everything="the change reaches what all tests share")
    found.files |= set(_below_shared(graph, walk.files))
    tests = [path for path, record in graph.files.items() if record.test]
    found.files.update(path for path in walk.unresolved.paths if graph.files[path].test)
    found.files |= {path for path, data in graph.tree.read_many(tests) if data is not None and _is_blind(data)}
    found.files |= set(_holding(graph, walk.files))
    return found


def _holding(graph: CodeGraph, reached: set[str]) -> Iterator[str]:
    """Reached files that hold tests beside what they test; with one of Rust, all whose comments hold examples."""
    known = {path for path in reached if path in graph.files and graph.files[path].language in _MIXED}
    rust = [path for path, one in graph.files.items() if one.language == "rust"]
    exampled = rust if not known.isdisjoint(rust) else []
    for path, data in graph.tree.read_many(sorted({*known, *exampled})):
        if data and ((path in known and _OWN.search(data)) or (path in exampled and _EXAMPLE.search(data))):
            yield path


def _is_blind(source: bytes) -> bool:
    """Whether a test may run what its references do not lead to."""
    return any(word in source for word in _BLIND_WORDS) and _BLIND.search(source) is not None  # words are found faster


def _below_shared(graph: CodeGraph, reached: set[str]) -> Iterator[str]:
    """Test files in and below the folder of a reached conftest or other file that their runner loads for them."""
    tests = [path for path, record in graph.files.items() if record.test]
    holding = {path.rpartition("/")[0] for path in tests}
    shared = {path.rpartition("/")[0] for path in reached if _SHARED.search(path)} & holding
    for path in tests:
        if not shared.isdisjoint(_folders_of(path)):
            yield path


def _folders_of(path: str) -> Iterator[str]:
    """The folders that a file lies in, the innermost first."""
    while path:
        path = path.rpartition("/")[0]
        yield path


class _Walk:
    """Everything that a change of symbols could reach."""

    def __init__(self, graph: CodeGraph) -> None:
        # near links do: what flows otherwise has come from changed code, and whoever runs that is met anyway
        self._graph, self._back = graph, graph.once(nearly_backwards)
        self.unresolved = self._back.unresolved
        self._seen: set[str] = set()
        self._waiting: list[str] = []
        self._importers: dict[str, set[str]] = {}
        for path, links in self._back.links.items():
            for target in links.targets:
                self._importers.setdefault(target.partition("::")[0], set()).add(path)
        self.tests: set[str] = set()
        self.files: set[str] = set()

    def run(self, symbols: Iterable[str]) -> None:
        """Walk until nothing new is met."""
        self._meet(symbols)
        while self._waiting:
            self._meet(self._next(self._waiting.pop()))

    def _meet(self, symbols: Iterable[str]) -> None:
        for one in symbols:
            if one not in self._seen:
                self._seen.add(one)
                self._waiting.append(one)

    def _next(self, identity: str) -> Iterator[str]:
        path, _, name = identity.partition("::")
        self.files.add(path)
        record = self._graph.files.get(path)
        if record is not None and record.test:
            self.tests.add(path)
        if not name:  # what a module does when it is imported concerns whoever imports it
            importers = self._importers.get(path, set()) | self.unresolved.importing(path)
            yield from (other for other in importers if other != path)
            return
        sources = [one for one in self._back.into(identity) if not self._is_closed_over(identity, *one)]
        for source, kind, _, place, _ in sources:
            if kind != IMPORT_EDGE:
                yield source
            elif (known := self._graph.files.get(place)) is not None and known.test:
                self.tests.add(place)
                self.files.add(place)
        symbol = self._back.symbol(identity)
        if symbol is not None and symbol.parent and "::" in symbol.parent:
            yield symbol.parent  # whoever has such an object may call it
        elif not any(kind != IMPORT_EDGE for _, kind, _, _, _ in sources):
            yield path  # nobody names it: it is found some other way, by whoever imports the module

    def _is_closed_over(self, identity: str, source: str, kind: int, certainty: int, path: str, start: int) -> bool:
        """Whether a closure calls what it was made for by another name: who has it, has named the one or the other.

        A decorator's wrapper is such a one: its callers are those of all that is decorated so."""
        if kind != CALL_EDGE or certainty != LIKELY:
            return False
        caller = self._back.symbol(source)
        around = self._back.symbol(caller.parent) if caller is not None and caller.parent else None
        if around is None or around.kind not in _CLOSING:
            return False
        return not is_named(self._back, Reached(source, identity, 1, certainty, EDGE_KINDS[kind], path, start))
