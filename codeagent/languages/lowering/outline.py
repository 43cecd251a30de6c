"""Definitions as nested spans: which symbol a position belongs to."""

from bisect import bisect_right
from collections.abc import Iterable


class Spans:
    """Properly nested half-open spans with an owner each; `at` finds the innermost owner of a position."""

    __slots__ = ("_bounds", "_owners")

    def __init__(self, spans: Iterable[tuple[int, int, int]]) -> None:
        """Take (start, end, owner); position 0 onwards belongs to owner 0 until a span says otherwise."""
        bounds, owners = [0], [0]
        stack: list[tuple[int, int]] = [(1 << 62, 0)]
        for start, end, owner in sorted(spans, key=lambda span: (span[0], -span[1])):
            while stack[-1][0] <= start:
                bounds.append(stack.pop()[0])
                owners.append(stack[-1][1])
            bounds.append(start)
            owners.append(owner)
            stack.append((min(end, stack[-1][0]), owner))
        while len(stack) > 1:
            bounds.append(stack.pop()[0])
            owners.append(stack[-1][1])
        self._bounds = bounds
        self._owners = owners

    def at(self, position: int) -> int:
        """Return the owner of a byte offset."""
        return self._owners[bisect_right(self._bounds, position) - 1]
