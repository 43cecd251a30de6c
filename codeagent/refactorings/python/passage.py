"""What passes in and out of a region of a flow: names that are needed, given, kept alive, and seen on the way.

Every question is a search along the edges of the flow, stopped by what binds the name (the textbook's live
variables, reaching definitions and definite assignment, asked for one name at a time).
"""

from collections.abc import Callable, Collection, Iterable

from codeagent.refactorings.python.flow import END, EXIT, RAISED, START, Flow, Kind

_NEEDS = (Kind.READ, Kind.DELETE, Kind.CAPTURE)
_RUNS = (Kind.TOUCH, Kind.CALL)


class Passage:
    """The region of bytes `start` to `end`; `falls` are the nodes outside it that follow when it ends normally."""

    def __init__(self, flow: Flow, start: int, end: int, *, exports: bool) -> None:
        self.flow, self.exports = flow, exports
        self.inside = {node for node, at in enumerate(flow.offsets) if start <= at < end}
        self._before: list[list[int]] = [[] for _ in flow.kinds]
        for node in range(len(flow.kinds)):
            for other in flow.next(node):
                self._before[other].append(node)
        self._entries = {one for one in self.inside if any(back not in self.inside for back in self._before[one])}
        goes_on = [one for one in self.inside if flow.kinds[one] is not Kind.RETURN]
        self._sources = {one for one in goes_on if any(to not in self.inside for to in flow.after[one])}
        self.falls = {to for one in self._sources for to in flow.after[one]} - self.inside - {EXIT}
        self.returns = len(goes_on) < len(self.inside)

    @property
    def reached(self) -> bool:
        """Whether the region is ever entered."""
        return START in self._back(self._entries, lambda node: False)

    # --- into the region ----------------------------------------------------------------------------

    def exposed(self, name: str) -> bool:
        """Tell whether the region may need the value that a name had before it."""
        return self._meets(self._entries, name, _NEEDS, within=self.inside)

    def bound_before(self, name: str) -> bool:
        """Tell whether a name is bound whenever the region is entered."""
        return self._bound(self._outside(self._entries), name)

    def ever_bound_before(self, name: str) -> bool:
        """Tell whether some way into the region binds a name."""
        seen = self._back(self._outside(self._entries), lambda node: False)
        return any(node in seen for node in self.flow.nodes(Kind.WRITE, name))

    def read_first(self, name: str) -> bool:
        """Tell whether the region reads a name before it does anything that can be noticed."""
        return self._reads_at_once(self._entries, self._entries, name)

    # --- out of the region --------------------------------------------------------------------------

    def live_after(self, name: str) -> bool:
        """Tell whether a value that a name has when the region ends may be asked for."""
        return self._meets(self.falls, name, _NEEDS)

    def certain(self, name: str) -> bool:
        """Tell whether the region binds a name on every way through."""
        seen = self._forward(self._entries, lambda node: self._writes(node, name), within=self.inside)
        return not any(one in seen and not self._writes(one, name) for one in self._sources)

    def bound_after(self, name: str) -> bool:
        """Tell whether a name is bound whenever the region ends normally."""
        return self._bound([one for one in self._sources if self._falls_from(one)], name)

    def read_next(self, name: str) -> bool:
        """Tell whether a name is read after the region before anything else can be noticed."""
        sources = [one for one in self._sources if self._falls_from(one)]
        return self._reads_at_once(self.falls, sources, name)

    def rebound_after(self, name: str) -> bool:
        """Tell whether a name may be bound again after the region, in a later round of a loop included."""
        seen = self._forward(self.falls, lambda node: False)
        return any(node in seen for node in self.flow.nodes(Kind.WRITE, name))

    def seen_by_handler(self, name: str) -> bool:
        """Tell whether an exception in the region may show what it has bound so far to a handler outside."""
        handlers = {
            self.flow.guards[node]
            for node in self._after_writes(name)
            if self.flow.raises(node) and self.flow.guards[node] not in self.inside
        }
        return self._meets(handlers - {RAISED}, name, _NEEDS)

    # --- within it ----------------------------------------------------------------------------------

    def runs_code(self) -> bool:
        """Tell whether the region may run code that stands elsewhere."""
        return any(self.flow.kinds[node] in _RUNS for node in self.inside)

    def runs_code_after(self, name: str) -> bool:
        """Tell whether the region may run code that stands elsewhere after it has bound a name."""
        return any(self.flow.kinds[node] in _RUNS for node in self._after_writes(name))

    def captures(self, name: str, *, inside: bool) -> bool:
        """Tell whether a function that uses a name later is made in the region, or outside it."""
        return any((node in self.inside) is inside for node in self.flow.nodes(Kind.CAPTURE, name))

    # --- searches -----------------------------------------------------------------------------------

    def _writes(self, node: int, name: str) -> bool:
        return self.flow.names[node] == name and self.flow.kinds[node] is Kind.WRITE

    def _falls_from(self, node: int) -> bool:
        return any(to in self.falls for to in self.flow.after[node])

    def _outside(self, nodes: Iterable[int]) -> list[int]:
        return [back for one in nodes for back in self._before[one] if back not in self.inside]

    def _after_writes(self, name: str) -> set[int]:
        starts = [
            to for node in self.flow.nodes(Kind.WRITE, name) if node in self.inside for to in self.flow.after[node]
        ]
        return self._forward([one for one in starts if one in self.inside], lambda node: False, within=self.inside)

    def _meets(
        self, starts: Iterable[int], name: str, kinds: tuple[Kind, ...], within: Collection[int] | None = None
    ) -> bool:
        seen = self._forward(starts, lambda node: self._writes(node, name), within)
        if self.exports and within is None and (END in seen or EXIT in seen):
            return True
        return any(self.flow.names[node] == name and self.flow.kinds[node] in kinds for node in seen)

    def _bound(self, starts: Iterable[int], name: str) -> bool:
        seen = self._back(starts, lambda node: self._writes(node, name))
        return START not in seen and not any(node in seen for node in self.flow.nodes(Kind.DELETE, name))

    def _reads_at_once(self, starts: Iterable[int], like: Iterable[int], name: str) -> bool:
        """Whether a name is read from `starts` on before anything else, under the handlers that guard `like`."""
        guards = {self.flow.guards[one] for one in like}
        pending, seen = list(starts), set[int]()
        while pending:
            node = pending.pop()
            kind = self.flow.kinds[node]
            if node in seen:
                continue
            seen.add(node)
            if kind is Kind.READ and self.flow.names[node] == name:
                if guards != {self.flow.guards[node]}:
                    return False
            elif kind in (Kind.MARK, Kind.READ) and self.flow.after[node]:
                pending += self.flow.after[node]
            else:
                return False
        return True

    def _forward(
        self, starts: Iterable[int], stops: Callable[[int], bool], within: Collection[int] | None = None
    ) -> set[int]:
        pending, seen = list(starts), set[int]()
        while pending:
            node = pending.pop()
            if node in seen or (within is not None and node not in within):
                continue
            seen.add(node)
            if not stops(node):
                pending += self.flow.next(node)
        return seen

    def _back(self, starts: Iterable[int], stops: Callable[[int], bool]) -> set[int]:
        pending, seen = list(starts), set[int]()
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                if not stops(node):
                    pending += self._before[node]
        return seen
