"""The whole graph as integer tables, for questions that touch every symbol at once."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.links import EXACT
from codeagent.graph.graph import CodeGraph
from codeagent.graph.records import FileRecord
from codeagent.languages import BY_NAME


@dataclass(frozen=True, slots=True)
class Edges:
    """References between symbols of the tree, one per position; all arrays have the same length."""

    sources: "array[int]"  # symbol numbers
    targets: "array[int]"
    kinds: "array[int]"  # of EDGE_KINDS
    certainties: "array[int]"  # of CERTAINTIES
    starts: "array[int]"  # byte offset in the source's file


@dataclass(frozen=True, slots=True)
class Tables:
    """Symbols numbered file by file in path order, the module of each file first.

    `external` maps a dotted name outside the tree to the (path, byte offset) of each reference to it."""

    graph: CodeGraph
    paths: tuple[str, ...]  # files of languages that are parsed
    first: "array[int]"  # per file: the number of its module
    symbols: list[Symbol]
    numbers: Mapping[str, int]  # symbol id to number
    parents: "array[int]"  # -1 for modules
    edges: Edges
    external: Mapping[str, list[tuple[str, int]]]
    calls: int
    unknown_calls: int

    def file_of(self, number: int) -> int:
        """Return the position in `paths` of a symbol's file."""
        return bisect_right(self.first, number) - 1

    def of_file(self, file: int) -> range:
        """Return the numbers of a file's symbols, the module first."""
        end = self.first[file + 1] if file + 1 < len(self.first) else len(self.symbols)
        return range(self.first[file], end)

    def owners(self) -> list[int]:
        """Return the file of every symbol, as positions in `paths`."""
        return [file for file in range(len(self.paths)) for _ in self.of_file(file)]

    def record(self, number: int) -> FileRecord:
        """Return the record of a symbol's file."""
        return self.graph.files[self.symbols[number].path]

    def line(self, number: int, start: int) -> int:
        """Return the 1-based line of a byte offset in a symbol's file."""
        return self.graph.place(self.symbols[number].path, start, start).line

    def exact(self) -> Iterator[tuple[int, int, int]]:
        """Yield (source, target, kind) of the references that are certain."""
        edges = self.edges
        for source, target, kind, certainty in zip(
            edges.sources, edges.targets, edges.kinds, edges.certainties, strict=True
        ):
            if certainty == EXACT:
                yield source, target, kind


DATA: Final = frozenset((
    "json", "yaml", "toml", "csv", "markdown", "restructuredtext", "text", "xml", "svg", "ini", "gettext", "html",
    "css",
    "plain text", "json lines", "asciidoc", "mdx", "org", "less", "scss", "typst", "latex",
    "ignore list", "license text", "dotenv", "go module", "xcode project", "roff", "stylus",
))  # fmt: skip


def is_code(language: str) -> bool:
    """Tell whether a language is programmed in, rather than data, markup or prose."""
    return language.lower() not in DATA


def is_parsed(language: str) -> bool:
    """Tell whether files of a language have definitions and references, rather than lines only."""
    known = BY_NAME.get(language)
    return known is not None and bool(known.lower or known.query) and is_code(language)


def tables(graph: CodeGraph) -> Tables:
    """Lay out a graph; reads every file's symbols and links once."""
    symbols: list[Symbol] = []
    first, parents = array("l"), array("l")
    paths = []
    for path in sorted(graph.files):
        if is_parsed(graph.files[path].language):
            paths.append(path)
            first.append(len(symbols))
            symbols += graph.symbols(path)
    numbers = {symbol.id: number for number, symbol in enumerate(symbols)}
    for symbol in symbols:
        parents.append(-1 if symbol.parent is None else numbers.get(symbol.parent, -1))
    edges = Edges(array("l"), array("l"), array("b"), array("b"), array("l"))
    external: dict[str, list[tuple[str, int]]] = {}
    calls = unknown = 0
    for path, base in zip(paths, first, strict=True):
        links = graph.links(path)
        calls += links.calls
        unknown += links.unknown_calls
        inside = [numbers.get(target, -1) for target in links.targets]
        flat, heirs = links.edges, dict(zip(links.heirs[0::2], links.heirs[1::2], strict=True))
        for at, (start, kind, within, target, certainty) in enumerate(
            zip(flat[0::5], flat[1::5], flat[2::5], flat[3::5], flat[4::5], strict=True)
        ):
            number = inside[target]
            if number < 0:
                external.setdefault(links.targets[target], []).append((path, start))
                continue
            heir = inside[heirs[at]] if at in heirs else -1
            edges.sources.append(heir if heir >= 0 else base + within)
            edges.targets.append(number)
            edges.kinds.append(kind)
            edges.certainties.append(certainty)
            edges.starts.append(start)
    return Tables(graph, tuple(paths), first, symbols, numbers, parents, edges, external, calls, unknown)
