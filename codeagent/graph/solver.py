"""A local fixpoint solver: asks for what it needs, handles cycles, keeps what is final.

The scheme is the classical demand-driven worklist (cf. the top-down solvers of Le Charlier and Van
Hentenryck): a node is computed when first asked for; what read it before it had grown is computed
again. When nothing is left to do the answers are the least solution, so they are final, whatever
the order of the questions; that makes them the same in every process."""

from collections.abc import Callable
from typing import Any, Final

from codeagent.graph.values import NOTHING, Values, union

_DEPTH: Final = 120  # nested demands before the rest is left to the worklist; bounds the Python stack

Node = tuple[Any, ...]


class Solver:
    """Values of nodes under `compute(node)`, which must be monotone in what it reads by `get`."""

    def __init__(self, compute: Callable[[Node], Values]) -> None:
        self._compute = compute
        self.final: dict[Node, Values] = {}
        self._partial: dict[Node, Values] = {}
        self._readers: dict[Node, set[Node]] = {}
        self._pending: dict[Node, None] = {}  # in order, each once
        self._reader: Node | None = None
        self._depth = 0

    def get(self, node: Node) -> Values:
        """The values of a node as far as they are known; the reader is computed again if they grow."""
        values = self.final.get(node)
        if values is not None:
            return values
        if self._reader is None:
            return self._solve(node)
        known = self._partial.get(node)
        if known is None:
            known = self._evaluate(node)
        readers = self._readers.get(node)
        if readers is None:
            self._readers[node] = {self._reader}
        else:
            readers.add(self._reader)
        return known

    def settled(self, node: Node) -> Values:
        """The final values of a node, solved by itself: what stratified questions (class bases) read."""
        values = self.final.get(node)
        if values is not None:
            return values
        saved = (self._partial, self._readers, self._pending, self._reader)
        self._partial, self._readers, self._pending, self._reader = {}, {}, {}, None
        try:
            return self._solve(node)
        finally:
            self._partial, self._readers, self._pending, self._reader = saved

    def _solve(self, node: Node) -> Values:
        self._evaluate(node)
        while self._pending:
            current = next(iter(self._pending))
            del self._pending[current]
            old = self._partial[current]
            outer, self._reader = self._reader, current
            new = union([old, self._compute(current)])
            self._reader = outer
            if new != old:
                self._partial[current] = new
                self._pending.update(dict.fromkeys(self._readers.get(current, ())))
        self.final.update(self._partial)
        values = self._partial[node]
        self._partial, self._readers = {}, {}
        return values

    def _evaluate(self, node: Node) -> Values:
        self._partial[node] = NOTHING
        if self._depth > _DEPTH:
            self._pending[node] = None
            return NOTHING
        outer, self._reader = self._reader, node
        self._depth += 1
        values = self._compute(node)
        self._depth -= 1
        self._reader = outer
        values = union([self._partial[node], values])
        if values:
            self._partial[node] = values
            early = self._readers.get(node)
            if early:
                self._pending.update(dict.fromkeys(early))
        return values
