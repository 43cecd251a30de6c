"""The control flow of one Python scope: what it does with its own names, in the order of evaluation.

Reads and writes are nodes of a graph whose edges are what may run next. Exceptions leave from every node that can
raise to the nearest handler; the body of a `finally` stands twice, once for the normal way through and once for all
others. Branches are never judged by the values of their conditions, but for `while True`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

START: Final = 0
RAISED: Final = 1  # an exception leaves the scope
EXIT: Final = 2  # the scope is left by `return`, or by way of END
END: Final = 3  # the last statement is done


class Kind(StrEnum):
    """What a node of the flow does; `touch` may run code of objects (attributes, operators), `call` runs any."""

    MARK = "mark"
    RETURN = "return"
    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    CAPTURE = "capture"  # a function, lambda or generator that reads the name later is made
    TOUCH = "touch"
    CALL = "call"


_RAISING: Final = (Kind.READ, Kind.DELETE, Kind.TOUCH, Kind.CALL)


@dataclass(slots=True)
class Flow:
    """A flow graph; node `i` is `kinds[i]` of `names[i]` at byte `offsets[i]` (-1: nowhere in the text)."""

    kinds: list[Kind] = field(default_factory=lambda: [Kind.MARK] * 4)
    names: list[str] = field(default_factory=lambda: [""] * 4)
    offsets: list[int] = field(default_factory=lambda: [-1] * 4)
    after: list[list[int]] = field(default_factory=lambda: [[], [], [], [EXIT]])
    guards: list[int] = field(default_factory=lambda: [RAISED] * 4)  # where an exception at this node would go

    def add(self, kind: Kind, name: str, offset: int, guard: int) -> int:
        """Return a new node that nothing leads to yet."""
        self.kinds.append(kind)
        self.names.append(name)
        self.offsets.append(offset)
        self.after.append([])
        self.guards.append(guard)
        return len(self.kinds) - 1

    def raises(self, node: int) -> bool:
        """Tell whether an exception may leave from a node."""
        return self.kinds[node] in _RAISING

    def next(self, node: int) -> Iterator[int]:
        """Yield what may run after a node, exceptions included."""
        yield from self.after[node]
        if self.raises(node):
            yield self.guards[node]

    def nodes(self, kind: Kind, name: str) -> list[int]:
        """Return the nodes that do one thing with one name."""
        return [at for at, this in enumerate(self.names) if this == name and self.kinds[at] is kind]
