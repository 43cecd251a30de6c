"""What the graph knows around symbols that are to change: who leans on them, and which tests would notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from codeagent.domain.code import Symbol
from codeagent.domain.patch import Patch
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import Tables, tables
from codeagent.retrieval.backwards import Backwards
from codeagent.retrieval.reach import Reached, reach
from codeagent.survey.test_reach import CALLABLES, reached_by_tests


@dataclass(frozen=True, slots=True)
class Around:
    """`dependents` are product symbols that lean on what changes, `tests` the files of tests that do, nearest first.

    `callables` are the product functions that change, `unseen` those of them that no test reaches."""

    dependents: tuple[str, ...]
    tests: tuple[str, ...]
    callables: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def guarded(self) -> bool:
        """Whether some test would notice: one reaches a function that changes, or, without any, something else."""
        return len(self.unseen) < len(self.callables) if self.callables else bool(self.tests)

    @property
    def seen(self) -> float:
        """The part of the functions that tests reach, 0 to 1."""
        if not self.callables:
            return 1.0 if self.tests else 0.0
        return 1 - len(self.unseen) / len(self.callables)


class Surroundings:
    """Answers from one graph; what is slow to find out is found out once, when it is first asked for."""

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph

    @cached_property
    def tables(self) -> Tables:
        """The graph laid out in numbers."""
        return tables(self.graph)

    @cached_property
    def _reached(self) -> bytearray:
        return reached_by_tests(self.tables)

    @cached_property
    def _back(self) -> Backwards:
        return Backwards(self.graph)

    def product(self, path: str) -> bool:
        """Tell whether a file is code of the product, rather than of its tests."""
        record = self.graph.files.get(path)
        return record is not None and not record.test

    def within(self, path: str) -> list[str]:
        """Return the ids of all symbols of a file of code, the module first; empty for any other."""
        known = path in self.graph.files and self.graph.has_facts(path)
        return [one.id for one in self.graph.symbols(path)] if known else []

    def around(self, symbols: Iterable[str]) -> Around:
        """Return what there is around symbols; those that the graph does not have are passed over."""
        every = [one for one in dict.fromkeys(symbols) if one in self.tables.numbers]
        known = [one for one in every if self.product(one.partition("::")[0])]  # tests that change are tests still
        found = reach(self._back, known)
        callables = [one for one in self._with_members(known) if self._is_product_callable(one)]
        return Around(
            tuple(one.symbol for one in found if self.product(one.path)),
            tuple(dict.fromkeys(one.path for one in _surest(found) if self.graph.files[one.path].test)),
            tuple(callables),
            tuple(one for one in callables if not self._reached[self.tables.numbers[one]]),
        )

    def _with_members(self, symbols: Sequence[str]) -> list[str]:
        """The symbols, and everything that stands in those that are no modules."""
        wanted = dict.fromkeys(symbols)
        for path in dict.fromkeys(one.partition("::")[0] for one in symbols if "::" in one):
            for symbol in self.graph.symbols(path):
                if symbol.parent in wanted and "::" in (symbol.parent or ""):
                    wanted[symbol.id] = None
        return list(wanted)

    def _is_product_callable(self, identity: str) -> bool:
        symbol = self.tables.symbols[self.tables.numbers[identity]]
        return symbol.kind in CALLABLES and symbol.kind != "lambda" and self.product(symbol.path)


def _surest(found: Iterable[Reached]) -> list[Reached]:
    return sorted(found, key=lambda one: (one.certainty, one.distance))


def changed_symbols(graph: CodeGraph, patch: Patch) -> list[str]:
    """Return the innermost symbols that edits stand in, and the modules that go or move, in order."""
    found: dict[str, None] = {}
    for path in sorted({edit.path for edit in patch.edits} | patch.moves.keys() | set(patch.deletes)):
        if path not in graph.files or not graph.has_facts(path):
            continue
        symbols = graph.symbols(path)
        if path in patch.moves or path in patch.deletes:
            found.update(dict.fromkeys(symbol.id for symbol in symbols if symbol.parent in (None, path)))
        for edit in patch.edits_of(path):
            found[_innermost(symbols, edit.start, edit.end)] = None
    return list(found)


def _innermost(symbols: Sequence[Symbol], start: int, end: int) -> str:
    inside = [one for one in symbols if one.span.start <= start and end <= one.span.end]
    return min(inside, key=lambda one: one.span.end - one.span.start, default=symbols[0]).id
