"""The two sides of a change with their syntax trees, each parsed once."""

from collections.abc import Mapping
from functools import cache, cached_property

from codeagent.domain.code import Symbol
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import FileNames, Naming
from codeagent.languages import BY_NAME, syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.change import Change, language_of


class Side:
    """One side of a change: its graph, the names of its files, their trees."""

    def __init__(self, graph: CodeGraph, names: Naming) -> None:
        self.graph, self._names = graph, names
        self.tree = cache(self._tree)
        self.symbols = cache(self._symbols)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; empty where it is not indexed."""
        return self.graph.read(path) if path in self.graph.files else b""

    def language(self, path: str) -> str:
        """Return the language of a file, "" for one that is not indexed."""
        return self.graph.files[path].language if path in self.graph.files else ""

    def names(self, path: str) -> FileNames:
        """Return what the names of an indexed file stand for."""
        return self._names.file(path)

    def load(self, paths: list[str]) -> None:
        """Make the names of many files ready at once; those that are not indexed are passed over."""
        self._names.load([path for path in paths if path in self.graph.files])

    def _tree(self, path: str) -> Node:
        return syntax.parse(self.graph.files[path].language, self.graph.read(path))

    def _symbols(self, path: str) -> Mapping[str, Symbol]:
        return {one.id: one for one in self.graph.symbols(path)} if path in self.graph.files else {}

    def symbol(self, identity: str) -> Symbol | None:
        """Return the symbol of an id, None where there is none."""
        return self.symbols(identity.partition("::")[0]).get(identity)


class Sides:
    """Both sides, and the change they are of."""

    def __init__(self, change: Change) -> None:
        self.change = change

    @cached_property
    def before(self) -> Side:
        """The side before the change."""
        return Side(self.change.before_graph, self.change.before_names)

    @cached_property
    def after(self) -> Side:
        """The side after the change."""
        return Side(self.change.after_graph, self.change.after_names)


def is_parsed(path: str) -> bool:
    """Tell whether files of this name have a grammar."""
    language = language_of(path)
    return bool(language and BY_NAME[language].grammar)
