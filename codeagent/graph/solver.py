"""A local fixpoint solver: asks for what it needs, handles cycles, keeps what is final.

The scheme is the classical demand-driven worklist (cf. the top-down solvers of Le Charlier and Van
Hentenryck): a node is computed when first asked for; what read it before it had grown is computed
again. As in Tarjan's algorithm a node that rests on nothing begun before it closes its component as
soon as it is computed: only nodes in cycles are ever computed twice. When nothing is left to do the
answers are the least solution, so they are final, whatever the order of the questions; that makes
them the same in every process."""

import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from codeagent.graph.values import NOTHING, TOO_MANY, Values, union

_DEPTH: Final = 300  # nested demands that one stack has room for
_DEEPEST: Final = 10_000  # nested calls that so many demands may come to: chains are long
SURE: Final = sys.maxsize  # of an answer that rests on no question which is still being answered
_ROUNDS: Final = 4  # in which a cycle is rid of what it no longer rests on

Node = tuple[Any, ...]


class _Open:
    """A node that is not final yet."""

    __slots__ = ("low", "number", "readers", "values", "whole")

    def __init__(self, number: int) -> None:
        self.values = NOTHING
        self.number = number  # its place among those begun
        self.low = number  # the first of those begun that it is known to rest on
        self.readers: set[Node] | None = None
        self.whole = True  # computing it the last time gave all of its values


class Solver:
    """Values of nodes under `compute(node)`, which must be monotone in what it reads by `get`."""

    def __init__(self, compute: Callable[[Node], Values]) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEPEST))
        self._compute = compute
        self.final: dict[Node, Values] = {}
        self._same: dict[Values, Values] = {}  # equal answers are held once: most are, and each takes much room
        self._together: set[Node] = set()  # those of them that were found as part of a cycle
        self._open: dict[Node, _Open] = {}  # in the order in which they were begun
        self._pending: dict[Node, None] = {}  # in order, each once
        self._reader: Node | None = None
        self._low = 0  # what the node being computed is known to rest on, as in `_Open`
        self._depth = 0
        self._rests_on = SURE  # the first question of somebody else that what is computed now had half an answer to
        self._for_now: dict[Node, tuple[Values, int]] = {}  # what rests on such a question, and on which

    def get(self, node: Node) -> Values:
        """The values of a node as far as they are known; the reader is computed again if they grow."""
        values = self.final.get(node)
        if values is not None:
            return values
        known = self._open.get(node)
        if known is None:
            values = self._held(node)
            if values is not None:
                return values
            values = self._evaluate(node)
            known = self._open.get(node)
            if known is None:  # it is final
                return values
        if self._reader is not None:
            if known.readers is None:
                known.readers = {self._reader}
            else:
                known.readers.add(self._reader)
        if known.low < self._low:
            self._low = known.low
        return known.values

    def keep(self, node: Node, values: Values) -> Values:
        """Take values of a node for final, and return them."""
        if self._rests_on != SURE:
            self._for_now[node] = values, self._rests_on
            return values
        values = self.final[node] = self._same.setdefault(values, values)
        return values

    def asked(self) -> int:
        """Begin a question that may be asked again before it is answered. Return what the one who asks rests on."""
        before, self._rests_on = self._rests_on, SURE
        return before

    def half_answered(self, question: int) -> None:
        """Note that what is computed now rests on a question, by its number, that is not answered yet."""
        self._rests_on = min(self._rests_on, question)

    def answered(self, question: int, before: int) -> int:
        """End a question: what rests on it is forgotten. Return on which earlier one the answer rests, or `SURE`."""
        rests_on = self._rests_on if self._rests_on < question else SURE
        if self._for_now and question != SURE:
            self._for_now = {node: held for node, held in self._for_now.items() if held[1] < question}
        self._rests_on = min(before, rests_on)
        return rests_on

    def _held(self, node: Node) -> Values | None:
        values, rests_on = self._for_now.get(node, (None, SURE))
        self._rests_on = min(self._rests_on, rests_on)
        return values

    def forget(self, cheap: Callable[[Node], bool]) -> None:
        """Forget what is cheap to find again; a cycle is not: its parts are only found together."""
        gone = [node for node in self.final if cheap(node) and node not in self._together]
        for node in gone:
            del self.final[node]
        self._same = {values: values for values in self.final.values()}

    def settled(self, node: Node) -> Values:
        """The final values of a node, solved by itself: what stratified questions (class bases) read."""
        values = self.final.get(node)
        if values is None:
            values = self._held(node)
        if values is not None:
            return values
        saved = (self._open, self._pending, self._reader, self._low)
        self._open, self._pending, self._reader, self._low = {}, {}, None, 0
        try:
            return self._evaluate(node)
        finally:
            self._open, self._pending, self._reader, self._low = saved

    def _evaluate(self, node: Node) -> Values:
        """Compute a node for the first time; it is final afterwards, unless it rests on one begun earlier."""
        number = len(self._open)
        one = self._open[node] = _Open(number)
        reader, low = self._reader, self._low
        self._reader, self._low = node, number
        rests_on, self._rests_on = self._rests_on, SURE
        self._depth += 1
        values = self._compute(node) if self._depth % _DEPTH else _on_a_new_stack(self._compute, node)
        self._depth -= 1
        if one.readers is None:
            one.values = values if len(values) < 2 else union([values])
        else:
            self._grow(one, values)
        if self._low == number:
            self._close(node, one)
        self._rests_on = min(self._rests_on, rests_on)
        one.low = self._low
        self._reader = reader
        self._low = min(one.low, low)
        return one.values

    def _grow(self, one: _Open, values: Values) -> None:
        """Add values to a node; what has read less of it is to be computed again."""
        grown = union([one.values, values])
        one.whole = grown == values
        if grown != one.values:
            one.values = grown
            self._pending.update(dict.fromkeys(one.readers or ()))

    def _close(self, node: Node, one: _Open) -> None:
        """Bring a node and those begun after it to their end: final, unless they turn out to rest on more."""
        opened = self._open
        if len(opened) == one.number + 1 and one.readers is None:
            self.keep(node, one.values)
            del opened[node]
            return
        self._work(one)
        if self._low == one.number:  # who asked first has had a say in it: not so the second time
            members = sorted(list(opened)[one.number :], key=_rank)
            for name in members:
                opened[name].values = NOTHING
                self._pending[name] = None
            self._sweep(members)
            self._work(one)
            self._prune(one)
        if self._low < one.number:
            for other in reversed(opened.values()):
                other.low = min(other.low, self._low)
                if other is one:
                    return
        while node in opened:
            last, known = opened.popitem()
            self.keep(last, known.values)
            self._together.add(last)

    def _sweep(self, members: list[Node]) -> None:
        """Compute members of a cycle in one and the same order until none has grown: where a rule does not only add,
        the order tells what comes out, and that of the readers is another in each process."""
        opened, pending = self._open, self._pending
        grown = True
        while grown:
            grown = False
            for name in members:
                if name in pending:
                    del pending[name]
                    self._reader = name
                    self._grow(opened[name], self._compute(name))
                    grown = True

    def _prune(self, one: _Open) -> None:
        """Drop values that only held while others were still unknown; a set that was too large stays so.

        What its last computation gave whole is computed again only where something that it has read is another."""
        opened = self._open
        members = sorted(list(opened)[one.number :], key=_rank)
        doubtful = {name for name in members if not opened[name].whole}
        for _ in range(_ROUNDS):
            changed = False
            for name in members if doubtful else ():
                known = opened[name]
                if name in doubtful and known.values != TOO_MANY:
                    doubtful.discard(name)
                    self._reader = name
                    values = union([self._compute(name)])
                    if values != known.values:
                        changed = True
                        known.values = values
                        doubtful.update(known.readers or ())
            if not changed:
                break
        self._work(one)

    def _work(self, one: _Open) -> None:
        """Compute what is to be computed again, of all that was begun since."""
        opened, pending = self._open, self._pending
        while ready := [node for node in pending if opened[node].number >= one.number]:
            for node in ready:
                if node in pending:  # a cycle inside this one may have been through with it
                    del pending[node]
                    self._reader = node
                    self._grow(opened[node], self._compute(node))


def _on_a_new_stack(compute: Callable[[Node], Values], node: Node) -> Values:
    """Compute a node in a thread of its own, which is waited for: what it rests on may go as deep again."""
    found: list[Values] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(compute(node))
        except BaseException as error:  # it is raised where the answer is waited for
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


def _rank(node: Node) -> tuple[int, Node]:
    """An order of nodes that is the same in every process; what a node holds last may not compare."""
    return len(node), node if len(node) < 4 else (*node[:3], str(node[3]))
