"""The code that a refactoring works on: bytes, syntax trees, and symbols by what people type."""

import re
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from codeagent.domain.code import Symbol
from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.graph.extract import has_facts
from codeagent.graph.finding import APART, absence
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import Naming, key_of
from codeagent.graph.spots import offset_of
from codeagent.languages import BY_NAME, for_path, syntax
from codeagent.languages.syntax import Node
from codeagent.refactorings.heads import closed_up

_RANGE: Final = re.compile(
    r"(?P<path>.+?):(?P<line>\d+)(?::(?P<col>\d+))?-(?P<end>\d+)(?::(?P<endcol>\d+))?\Z", re.DOTALL
)
_APART: Final = frozenset(("python", "javascript", "go", "java", "rust"))  # of others, some do: Kotlin names Java's
_POSITION: Final = re.compile(r"(?P<path>.+):(?P<line>\d+):(?P<col>\d+)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Selection:
    """Bytes `start` to `end` of a file, as a person marked them; `lines`: whole lines were marked."""

    path: str
    start: int
    end: int
    lines: bool = False


class Code:
    """One snapshot of a repository as operations read it; everything is kept once it was asked for."""

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph
        self.naming = graph.once(Naming)  # what the names of its files stand for
        self.naming.trim()
        self._sources: dict[str, bytes] = {}
        self._trees: dict[str, Node] = {}
        self._kept: dict[Hashable, Any] = {}

    def after(self, graph: CodeGraph, changed: Collection[str]) -> "Code":
        """Return the snapshot that a change leads to; what was read of files that did not change is not read again."""
        found = Code(graph)
        found._sources = {path: source for path, source in self._sources.items() if path not in changed}
        found._trees = {path: root for path, root in self._trees.items() if path not in changed}
        return found

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what was made under a key before, or is made now: answers about a snapshot never change."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def read(self, path: str) -> bytes:
        """Return a file's bytes as indexed, or those of a file that is not; Stale where the one on disk differs."""
        source = self._sources.get(path)
        if source is None:
            known = path in self.graph.files or path not in self.graph.paths
            source = self._sources[path] = self.graph.read(path) if known else self.graph.tree.read(path)
        return source

    def tree(self, path: str) -> Node:
        """Return the root of a file's syntax tree."""
        root = self._trees.get(path)
        if root is None:
            root = self._trees[path] = syntax.parse(self.language(path), self.read(path))
        return root

    def language(self, path: str) -> str:
        """Return the name of the language of an indexed file; UsageError where it is not indexed."""
        if path not in self.graph.files:
            self.graph.facts(path)  # says why it is not there
        return self.graph.files[path].language

    def syntax_of(self, path: str) -> str | None:
        """Return the language of a path, indexed or yet to be made, whose syntax can be parsed; None for any other."""
        language = for_path(path) if path not in self.graph.files else BY_NAME[self.graph.files[path].language]
        return language.name if language is not None and has_facts(language) else None

    def require_own(self, path: str) -> None:
        """Raise Refused where a path lies in a submodule or in another repository inside this one."""
        apart = {reason: self.graph.skipped[reason] for reason in APART if reason in self.graph.skipped}
        why = absence(path, apart)
        if why:
            raise Refused(f"{path} lies in another repository", why)

    def strangers(self, path: str, other: str) -> bool:
        """Tell whether two files are of languages whose code never names each other's definitions."""
        files = self.graph.files
        names = [files[one].language if one in files else "" for one in (path, other)]
        families = {(BY_NAME[name].family or name) if name in BY_NAME else "" for name in names}
        return len(families & _APART) == len(names)

    def text(self, node: Node, path: str) -> str:
        """Return the text of a node of a file's tree."""
        return self.read(path)[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")

    def in_docstring(self, path: str, node: Node) -> bool:
        """Tell whether a node lies in a string that is a statement by itself: Python's documentation."""
        string = syntax.enclosing(node, "string", "concatenated_string")
        parent = string.parent if string is not None else None
        return self.language(path) == "python" and parent is not None and parent.type == "expression_statement"

    def callable_around(self, path: str, offset: int) -> str:
        """Return the key of the innermost function or method around a byte; "" for none."""
        inside = [
            symbol
            for symbol in self.graph.symbols(path)
            if symbol.kind in ("function", "method", "constructor") and symbol.span.start <= offset < symbol.span.end
        ]
        return key_of(max(inside, key=lambda symbol: symbol.span.start).id) if inside else ""

    def symbol(self, target: str) -> Symbol:
        """Return the symbol of an id, an unambiguous shorter name, or a place; UsageError otherwise."""
        return self.graph.symbol(target)

    def position(self, target: str) -> tuple[str, int] | None:
        """Return (path, byte offset) of `PATH:LINE:COL`; None where the text is no position of an indexed file."""
        match = _POSITION.match(target)
        path = match["path"].removeprefix("./") if match else ""
        if match is None or path not in self.graph.files:
            return None
        return path, self._offset(path, int(match["line"]), int(match["col"]))

    def selection(self, target: str) -> Selection:
        """Return the selection of `PATH:LINE:COL-LINE:COL` or `PATH:LINE-LINE` (1-based, the end exclusive;
        whole lines with the last included); UsageError where it is none."""
        match = _RANGE.match(target)
        if match is None:
            raise UsageError(f"{target} is no range", "write it as PATH:LINE:COL-LINE:COL, or PATH:LINE-LINE")
        path = match["path"].removeprefix("./")
        source = self.read(path)
        line, last = int(match["line"]), int(match["end"])
        if (match["col"] is None) != (match["endcol"] is None):
            raise UsageError(f"{target}: give a column at both ends, or at neither")
        if match["col"] is None:
            if last < line:
                raise UsageError(f"{target} ends before it starts", "the last line comes after the first")
            start = self._offset(path, line, 1)
            end = offset_of(source, last + 1, 1)
            return Selection(path, start, len(source) if end is None else end, lines=True)
        start, end = self._offset(path, line, int(match["col"])), self._offset(path, last, int(match["endcol"]))
        if end <= start:
            raise UsageError(f"{target} is empty", "the end is exclusive and comes after the start")
        return Selection(path, start, end)

    def _offset(self, path: str, line: int, column: int) -> int:
        offset = offset_of(self.read(path), line, column)
        if offset is None:
            raise UsageError(f"{path} has no line {line}, column {column}", "lines and columns start at 1")
        return offset

    def patch(
        self,
        title: str,
        edits: Iterable[Edit],
        *,
        creates: dict[str, bytes] | None = None,
        deletes: Iterable[str] = (),
        moves: dict[str, str] | None = None,
    ) -> Patch:
        """Return a patch with the digest of everything that it touches."""
        by_path: dict[str, list[Edit]] = {}
        for edit in edits:
            by_path.setdefault(edit.path, []).append(edit)
        wanted = tuple(edit for path, own in by_path.items() for edit in closed_up(self.read(path), own))
        read = by_path.keys() | set(deletes) | (moves or {}).keys()
        base = {path: hex_digest(self.read(path)) for path in sorted(read)}
        return Patch(title, wanted, creates or {}, tuple(sorted(deletes)), moves or {}, base)
