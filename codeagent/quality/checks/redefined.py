"""Definitions of Python that the next one of the same name in the same scope replaces before anything can use them."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import CONDITIONAL, DECORATED
from codeagent.quality.checks.pieces import pieces_of
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.subject import Subject

_KINDS: Final = ("function", "method", "class")
_MARK: Final = "#"  # begins the number of a second definition of one name


def redefined(subject: Subject) -> Iterator[tuple[Symbol, Symbol]]:
    """Yield each such definition with the one that replaces it."""
    graph = subject.tables.graph
    paths = {one.path for one in subject.tables.symbols if _MARK in one.id.partition("::")[2]}
    for path in sorted(paths - subject.aside):
        if graph.files[path].language == "python" and path.endswith(".py"):
            yield from _of_file(graph.symbols(path), graph.read(path))


def _of_file(symbols: list[Symbol], source: bytes) -> Iterator[tuple[Symbol, Symbol]]:
    last: dict[tuple[str | None, str], Symbol] = {}
    for symbol in symbols[1:]:
        before = last.get((symbol.parent, symbol.name))
        if before and _is_plain(before) and _is_plain(symbol) and before.span.end <= symbol.span.start:
            line = source[before.span.start : source.find(b"\n", before.name_span.end)]
            between = pieces_of(source[before.span.end : symbol.span.start])
            if not between.means(symbol.name) and not kept(line, before.kind):
                yield before, symbol
        last[symbol.parent, symbol.name] = symbol


def _is_plain(symbol: Symbol) -> bool:
    return symbol.kind in _KINDS and not symbol.flags & (CONDITIONAL | DECORATED) and bool(symbol.name.strip("_"))
