"""What a change reaches: the symbols and files that lean on it, the tests that would notice, and what none would."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.facts import ABSTRACT
from codeagent.domain.review import Dependent, Explained, Hunk, Impact, SymbolChange, Untested
from codeagent.graph.spots import line_at
from codeagent.quality.gates.change import Change
from codeagent.quality.reviewing.publicity import CALLABLE
from codeagent.retrieval.backwards import nearly_backwards
from codeagent.retrieval.changed import touched
from codeagent.retrieval.reach import Reached, reach, said
from codeagent.retrieval.tested import Tested
from codeagent.workspace.changes import Change as FileChange

NEAR: Final = 3  # steps within which something counts as reached; tests count from any distance
SHOWN: Final = 200
_SILENT: Final = ("format", "comment")  # kinds of refactorings after which nothing runs in another way
_LEFT: Final = frozenset(("removed", "renamed", "moved"))  # by which a name is gone from where it was


class Reach:
    """Asks the graphs of both sides who leans on what changed."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._back = change.after_graph.once(nearly_backwards)

    def impact(self, symbols: Iterable[SymbolChange], explained: Explained) -> Impact:
        """Return the blast radius of what the changed lines belong to, but for layout and comments, and of what is
        gone."""
        silent = explained.of_kinds(_SILENT)
        spoken = [_without(file, silent) for file in self._change.files]
        seeds = touched(self._change.after_graph, spoken, self._before)
        found = reach(self._back, seeds.symbols)
        gone = [one.old for one in symbols if one.old and one.status in _LEFT]
        found += self._left_behind(gone, {one.symbol for one in found} | set(seeds.symbols))
        files = self._change.after_graph.files
        changed = set(self._change.by_path)
        near = [one for one in found if not files[one.path].test and one.distance <= NEAR]
        tests = [one for one in found if files[one.path].test]
        return Impact(
            files=tuple(sorted({one.path for one in near} - changed)),
            symbols=tuple(map(self._told, near[:SHOWN])),
            tests=tuple(map(self._told, tests[:SHOWN])),
            symbol_count=len(near),
            test_count=len(tests),
        )

    def _before(self, path: str) -> bytes:
        return self._change.before.get(path) or b""

    def _left_behind(self, gone: list[str], known: set[str]) -> list[Reached]:
        """What leaned on symbols that are gone, and is there still."""
        if not gone:
            return []
        here = set(self._change.after_graph.files)
        found = reach(self._change.before_graph.once(nearly_backwards), gone, 1)
        return [one for one in found if one.symbol not in known and one.path in here and self._is_there(one)]

    def _is_there(self, one: Reached) -> bool:
        return one.path not in self._change.by_path and self._back.symbol(one.symbol) is not None

    def _told(self, one: Reached) -> Dependent:
        line = line_at(self._change.after_graph.read(one.path), one.start)
        return Dependent(one.symbol, one.path, line, one.distance, said(one.certainty), one.through)

    def untested(self, symbols: Iterable[SymbolChange]) -> tuple[Untested, ...]:
        """Return the changed functions of the product that no test reaches; none where there are no tests at all."""
        files = self._change.after_graph.files
        tests = [path for path, record in files.items() if record.test]
        if not tests:
            return ()
        tested = Tested(self._back, tests)
        return tuple(
            Untested(one.symbol, one.path, one.line, one.complexity)
            for one in self._functions(symbols)
            if not tested.is_reached(one.symbol)
        )

    def _functions(self, symbols: Iterable[SymbolChange]) -> Iterator[SymbolChange]:
        for one in symbols:
            if one.status != "removed" and not one.test and one.kind in CALLABLE:
                symbol = self._back.symbol(one.symbol)
                if symbol is not None and not symbol.flags & ABSTRACT:
                    yield one


def _without(file: FileChange, hunks: Collection[Hunk]) -> FileChange:
    """A changed file without some of its hunks."""
    pairs = zip(file.old_lines, file.new_lines, strict=True)
    left = [(old, new) for old, new in pairs if Hunk(file.path, file.old_path, old, new) not in hunks]
    return replace(file, old_lines=tuple(old for old, _ in left), new_lines=tuple(new for _, new in left))
