"""Which objects of Python the tree hands to code from outside, that may read whatever they hold."""

import re
from bisect import bisect_left
from typing import Final

from codeagent.domain.links import INSTANTIATE_EDGE
from codeagent.graph.tables import Tables

_BOUND: Final = re.compile(rb"(\w+)[ \t]*(?::[^=\n]*)?=[ \t]*[\w.]*$")
_CALLED: Final = re.compile(rb"\w+\s*\(")
_FURTHEST: Final = 2_000  # bytes of arguments that are looked through


class Escaping:
    """Asks of classes whether an object of them is an argument of a call that leads out of the tree."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._made: dict[int, list[tuple[str, int]]] | None = None
        self._outside: dict[str, list[int]] = {}

    def handed_out(self, number: int) -> bool:
        """Tell whether an object of that class is handed out, where it is made or by the name it gets there."""
        if self._made is None:
            self._made = self._find()
        return any(self._leaves(path, start) for path, start in self._made.get(number, ()))

    def _find(self) -> dict[int, list[tuple[str, int]]]:
        """Return where each class is made, and note for each file where it refers to the outside."""
        tables, owner, edges = self._tables, self._tables.owners(), self._tables.edges
        made: dict[int, list[tuple[str, int]]] = {}
        for source, target, kind, start in zip(edges.sources, edges.targets, edges.kinds, edges.starts, strict=True):
            if kind == INSTANTIATE_EDGE:
                made.setdefault(target, []).append((tables.paths[owner[source]], start))
        for name, places in tables.external.items():
            for path, start in places if not name.startswith("<builtin>.") else ():
                self._outside.setdefault(path, []).append(start)
        for found in self._outside.values():
            found.sort()
        return made

    def _leaves(self, path: str, start: int) -> bool:
        source = self._tables.graph.read(path)
        bound = _BOUND.search(source, max(0, source.rfind(b"\n", 0, start)), start)
        name = re.compile(rb"\b" + bound[1] + rb"\b") if bound else None
        outside = self._outside.get(path, [])
        first = 0 if name else bisect_left(outside, start - _FURTHEST)
        for at in outside[first:]:
            opened = _CALLED.match(source, at)
            if opened is None:
                continue
            end = _closing(source, opened.end())
            if opened.end() <= start < end or (name and name.search(source, opened.end(), end)):
                return True
        return False


def _closing(source: bytes, start: int) -> int:
    """Return where the parenthesis that was opened before `start` closes, by counting alone."""
    depth = 1
    for at in range(start, min(len(source), start + _FURTHEST)):
        depth += (source[at] == 40) - (source[at] == 41)
        if not depth:
            return at
    return start
