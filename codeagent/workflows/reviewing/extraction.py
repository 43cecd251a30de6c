"""Functions taken out of others, or put back into them: proven by doing it again, with our own refactoring.

A new function that was taken out gives, inlined by our own proven `inline`, the code that was there before; a function
that is gone and was put into its callers gives, inlined before the change, the code that is there now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.patch import Edit, Patch
from codeagent.graph.deferred import deferred_graph
from codeagent.graph.graph import CodeGraph
from codeagent.quality.gates.change import Change, Contents
from codeagent.quality.gates.matching import Definition
from codeagent.quality.reviewing.hunks import Difference, Rows
from codeagent.quality.reviewing.sameness import Comparer
from codeagent.quality.reviewing.sides import Side, Sides
from codeagent.retrieval.backwards import nearly_backwards
from codeagent.workflows.refactor import refactor
from codeagent.workflows.reviewing.coalescing import coalesced

MOST: Final = 6  # functions that are tried; each costs a refactoring and a graph
_FUNCTIONS: Final = ("function", "method")


def explain_extractions(sides: Sides, difference: Difference) -> None:
    """Explain the lines of functions that were taken out or put in, and of those they came from or went into."""
    tries = [(one, True) for one in _candidates(sides.after, sides.change.matching.fresh)]
    tries += [(one, False) for one in _candidates(sides.before, sides.change.matching.gone)]
    for symbol, taken_out in tries[:MOST]:
        trial = _Trial(sides, difference, symbol, taken_out)
        if trial.is_open() and trial.holds():
            trial.explain()


def _candidates(side: Side, definitions: list[Definition]) -> Iterator[Symbol]:
    """Python functions that are no tests."""
    for one in definitions:
        symbol = one.symbol
        record = side.graph.files[symbol.path]
        if symbol.kind in _FUNCTIONS and record.language == "python" and not record.test and "#" not in symbol.id:
            yield symbol


@dataclass(frozen=True, slots=True)
class _Trial:
    """One function, inlined on the side that has it, and compared with the other side."""

    sides: Sides
    difference: Difference
    symbol: Symbol
    taken_out: bool

    @property
    def _side(self) -> Side:
        return self.sides.after if self.taken_out else self.sides.before

    def _rows(self, path: str, *, old: bool) -> Rows | None:
        return (self.difference.old_rows if old else self.difference.new_rows).get(path)

    def is_open(self) -> bool:
        """Tell whether it is worth a try: its lines are not explained, and a changed function calls it."""
        old, new = self._own_lines()
        return bool(old or new) and not self.difference.is_known(old, new) and bool(self.callers())

    def _own_lines(self) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        lines = _lines(self.symbol, self._rows(self.symbol.path, old=not self.taken_out))
        return (set(), lines) if self.taken_out else (lines, set())

    def callers(self) -> dict[str, str]:
        """Return the functions that use it, old id to new id; empty where one of them is not on both sides."""
        pairs = self.sides.change.matching.pairs
        partners: Mapping[str, str] = {new: old for old, new in pairs.items()} if self.taken_out else pairs
        found: dict[str, str] = {}
        for user, _, _, _, _ in self._side.graph.once(nearly_backwards).into(self.symbol.id):
            partner = partners.get(user)
            if partner is None:
                return {}
            old, new = (partner, user) if self.taken_out else (user, partner)
            found[old] = new
        return found

    def holds(self) -> bool:
        """Tell whether inlining it gives the other side: each caller is the same but for names, which mean the same."""
        try:
            done = refactor(self._side.graph, "inline", {"target": self.symbol.id})
        except CodeAgentError:
            return False
        contents = done.proposal.patch.apply(done.files)
        graph = deferred_graph(self._side.graph, contents)
        if self._is_other_side(graph, contents):
            return True
        joined = self._joined(graph, contents)
        return joined != contents and self._is_other_side(deferred_graph(self._side.graph, joined), joined)

    def _joined(self, graph: CodeGraph, contents: Contents) -> dict[str, bytes | None]:
        """The contents without the variables that inlining made only to hand values on."""
        edits: list[Edit] = []
        for pair in self.callers().items():
            path, wanted = pair[self.taken_out].partition("::")[0], pair[self.taken_out]
            symbol = next((one for one in graph.symbols(path) if one.id == wanted), None)
            if symbol is not None:
                edits += coalesced(path, graph.read(path), symbol.span.start, symbol.span.end)
        return {**contents, **Patch(edits=tuple(edits)).apply({edit.path: graph.read(edit.path) for edit in edits})}

    def _is_other_side(self, graph: CodeGraph, contents: Contents) -> bool:
        """Whether each caller in a graph of this side is the same as on the other side."""
        sides = Sides(self._with(graph, contents))
        comparer = Comparer(sides)
        for old, new in self.callers().items():
            before, after = sides.before.symbol(old), sides.after.symbol(new)
            if before is None or after is None:
                return False
            rows = comparer.whole(sides.before, before), comparer.whole(sides.after, after)
            if comparer.same(*rows, moved=True) is None:
                return False
        return True

    def _with(self, graph: CodeGraph, contents: Contents) -> Change:
        """The change with the function inlined on its side."""
        change = self.sides.change
        before = change.before if self.taken_out else {**change.before, **contents}
        after = {**change.after, **contents} if self.taken_out else change.after
        made = Change(change.root, change.base, change.files, before, after, config=change.config)
        graphs = (change.before_graph, graph) if self.taken_out else (graph, change.after_graph)
        vars(made).update(before_graph=graphs[0], after_graph=graphs[1], matching=change.matching)
        return made

    def explain(self) -> None:
        """Note what was proven."""
        old, new = self._own_lines()
        names = []
        for was, now in self.callers().items():
            before, after = self.sides.before.symbol(was), self.sides.after.symbol(now)
            if before is not None and after is not None:
                old |= _lines(before, self._rows(before.path, old=True))
                new |= _lines(after, self._rows(after.path, old=False))
                names.append(after.id.partition("::")[2])
        name, others = self.symbol.id.partition("::")[2], ", ".join(sorted(names))
        kind, said = ("extract", "was taken out of") if self.taken_out else ("inline", "was put into")
        line = self.symbol.line if self.taken_out else 1
        self.difference.explain_lines(kind, f"{name} {said} {others}", self.symbol.path, line, old, new)


def _lines(symbol: Symbol, rows: Rows | None) -> set[tuple[str, int]]:
    if rows is None:
        return set()
    return {(symbol.path, n) for n in rows.said(rows.of_bytes(symbol.span.start, symbol.span.end))}
