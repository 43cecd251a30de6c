"""What parameters of anonymous functions stand for: elements of what the called method iterates over."""

from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node

from codeagent.languages.lowering.given import Given
from codeagent.languages.lowering.outline import Spans
from codeagent.languages.lowering.patterns import Pattern
from codeagent.languages.lowering.shapes import Captures, Shapes


class _Block(NamedTuple):
    """An anonymous function: what its names stand for, None for what nobody knows."""

    start: int
    end: int
    names: dict[str, Given | None]
    implied: Node | None  # the receiver that it runs on, whose members its names may be


class Handing:
    """The anonymous functions of one file, each with the names that it is handed values by."""

    def __init__(self, shapes: Shapes, found: Iterable[tuple[Pattern, Captures]]) -> None:
        best: dict[int, tuple[Pattern, Captures]] = {}
        for pattern, got in found:
            key = got["block"][0].id
            if key not in best or len(best[key][1]) < len(got):
                best[key] = (pattern, got)
        self._blocks = [_block(shapes, pattern, got) for pattern, got in best.values()]
        self._blocks.sort(key=lambda block: (block.start, -block.end))
        self._spans = Spans([(block.start, block.end, index) for index, block in enumerate(self._blocks, 1)])
        self._around = self._parents()
        self.implies = any(block.implied is not None for block in self._blocks)

    def _parents(self) -> list[int]:
        around, stack = [0], [0]
        for index, block in enumerate(self._blocks, 1):
            while stack[-1] and self._blocks[stack[-1] - 1].end <= block.start:
                stack.pop()
            around.append(stack[-1])
            stack.append(index)
        return around

    def at(self, position: int, name: str) -> Given | None:
        """Return what a name stands for at a position, None where no anonymous function tells."""
        block = self._spans.at(position)
        while block:
            names = self._blocks[block - 1].names
            if name in names:
                return names[name]
            block = self._around[block]
        return None

    def receivers(self, position: int, name: str) -> list[Node]:
        """Return the receivers that a name at a position may be a member of, outermost first."""
        found: list[Node] = []
        block = self._spans.at(position)
        while block and name not in self._blocks[block - 1].names:
            implied = self._blocks[block - 1].implied
            found += [] if implied is None else [implied]
            block = self._around[block]
        return found[::-1]


def _block(shapes: Shapes, pattern: Pattern, got: Captures) -> _Block:
    node, settings = got["block"][0], pattern.settings
    named = [shapes.word(one) for one in sorted(got.get("given", ()), key=_start)]
    names = named or settings.get("implicit", "").split()
    method = shapes.word(got["name"][0]) if "name" in got else ""
    receiver = got["receiver"][0] if "receiver" in got else None
    given: dict[str, Given | None] = {}
    for place, name in enumerate(names):
        wanted = method in settings.get("all", "").split() or place == int(method in settings.get("second", "").split())
        itself = method in settings.get("itself", "").split()
        given[name] = Given(receiver, itself) if receiver is not None and wanted else None
    implied = receiver if method in settings.get("within", "").split() else None
    return _Block(node.start_byte, node.end_byte, given, implied)


def _start(node: Node) -> int:
    return node.start_byte
