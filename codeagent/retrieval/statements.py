"""Changed lines of a Python module by its statements: blank lines and comments between them concern nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from codeagent.graph.graph import CodeGraph
from codeagent.languages import syntax
from codeagent.workspace.changes import Lines

_LANGUAGE: Final = "python"
_FUTURE: Final = "future_import_statement"
_IMPORTS: Final = frozenset((_FUTURE, "import_statement", "import_from_statement"))


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of one statement at the margin, or of several that share a line; `imports`: it does nothing else."""

    lines: Lines
    imports: bool


class Statements:
    """The statements that one file consists of.

    Of a file that is `new`, nobody can have read what it says of itself."""

    def __init__(self, graph: CodeGraph, path: str, *, new: bool = False) -> None:
        record = graph.files.get(path)
        self._known = record is not None and record.language == _LANGUAGE and not record.errors
        self._source = graph.read(path) if self._known else b""
        self._root = syntax.parse(_LANGUAGE, self._source)
        self._all = _joined(_statements(self._root, new))

    def pieces(self, lines: Lines) -> list[Piece]:
        """Return what of changed lines stands in statements, comments apart; all where the file has no such to tell.

        A place where something went is left out where it is between two statements: the other side tells what it was.
        """
        first, last = lines
        if not self._known:
            return [Piece(lines, imports=False)]
        if last < first:
            return [Piece(lines, one.imports) for one in self._all if one.lines[0] < first <= one.lines[1]]
        inside = (one for one in self._all if one.lines[0] <= last and one.lines[1] >= first)
        pieces = (Piece((max(first, one.lines[0]), min(last, one.lines[1])), one.imports) for one in inside)
        return [one for one in pieces if not all(map(self._is_silent, range(one.lines[0], one.lines[1] + 1)))]

    def _is_silent(self, line: int) -> bool:
        """Whether a line holds a comment alone, or nothing, and is no part of a text."""
        here = self._starts[line - 1]
        text = self._source[here : self._starts[line] if line < len(self._starts) else None]
        at = here + len(text) - len(text.lstrip())
        found = syntax.around(self._root, at, at)
        return found.type == "comment" or (not text.strip() and not syntax.in_text(found))

    @cached_property
    def _starts(self) -> list[int]:
        """The byte that each line starts on."""
        return [0, *(match.end() for match in re.finditer(b"\n", self._source))]


def _statements(root: syntax.Node, new: bool) -> Iterator[Piece]:
    for number, node in enumerate(root.named_children):
        unread = new and (node.type == _FUTURE or (not number and _is_docstring(node)))
        if node.type != "comment" and not unread:
            star = any(one.type == "wildcard_import" for one in node.named_children)
            lines = node.start_point.row + 1, node.end_point.row + 1
            yield Piece(lines, node.type in _IMPORTS and not star)


def _joined(statements: Iterator[Piece]) -> list[Piece]:
    """The statements, those that share a line as one."""
    found: list[Piece] = []
    for one in statements:
        if found and one.lines[0] <= found[-1].lines[1]:
            was = found.pop()
            one = Piece((was.lines[0], max(was.lines[1], one.lines[1])), was.imports and one.imports)
        found.append(one)
    return found


def _is_docstring(node: syntax.Node) -> bool:
    return node.type == "expression_statement" and [one.type for one in node.named_children] == ["string"]
