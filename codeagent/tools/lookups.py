"""Looking things up: the definition behind a place, symbols by name, sources and outlines."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from codeagent.domain.code import Symbol
from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.facts import ABSTRACT, ASYNC, DECORATED, EXPORTED, GENERATOR, PROPERTY, STATIC, TEST
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.graph.pointing import definitions_at
from codeagent.graph.spots import place_of
from codeagent.languages import syntax
from codeagent.tools.places import SymbolName, meant, of_symbol, proof, several

_PLACE: Final = re.compile(r"(.+):(\d+):(\d+)\Z", re.DOTALL)
_FLAGS: Final = {
    "exported": EXPORTED,
    "async": ASYNC,
    "generator": GENERATOR,
    "static": STATIC,
    "property": PROPERTY,
    "abstract": ABSTRACT,
    "decorated": DECORATED,
    "test": TEST,
}


def definition(graph: CodeGraph, place: Annotated[str, "PATH:LINE:COL, both from 1."]) -> Answer:
    """Go to the definition of what stands at a place."""
    match = _PLACE.match(place)
    if not match:
        raise UsageError(f"{place} is no place", "write it as PATH:LINE:COL, such as src/shop.py:12:5")
    path, line, column = match[1].removeprefix("./"), int(match[2]), int(match[3])
    hits = []
    for found in definitions_at(graph, path, line, column):
        spot = place_of(found.path, graph.read(found.path), found.start, found.end)
        hits.append(Hit(found.path, spot.line, spot.column, spot.end_line, found.symbol, found.kind, found.certainty))
    return Answer(iter(hits), f"no definition in the tree is known for {place}")


def find(
    graph: CodeGraph,
    text: Annotated[str, "Part of a name; letters in order will do."],
    *,
    limit: Annotated[int, "At most so many."] = 50,
) -> Answer:
    """Find symbols by name, fuzzily: exact first, then prefixes, parts, and letters in order."""
    if limit < 1:
        raise UsageError(f"--limit {limit} makes no sense", "1 is the least")
    hits = (of_symbol(graph, symbol, name=symbol.name) for symbol in graph.find_symbols(text, limit))
    return Answer(hits, f"no symbol resembles {text!r} in {counted(graph.freshness.files, 'file')}")


def source(
    graph: CodeGraph,
    symbol: SymbolName,
    *,
    first: Annotated[int | None, "From this line of the file on."] = None,
    limit: Annotated[int | None, "At most so many lines."] = None,
) -> Answer:
    """Print the source of a symbol, byte for byte, with its line numbers."""
    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit} makes no sense", "1 is the least")
    found = meant(graph, symbol)
    texts = [_Text(one, *_rows(graph, one)) for one in found]
    shown = [one for one in texts if first is None or 0 <= first - one.begins < len(one.rows)]
    if not shown:
        length = sum(len(one.rows) for one in texts)
        raise UsageError("--first names no line of the symbol", f"it has {counted(length, 'line')}; leave --first out")
    hits, notes, room = [], [*several(found)], limit
    for one in shown:
        start = 0 if first is None else first - one.begins
        left = 0 if room is None else max(len(one.rows) - start - room, 0)
        rows = one.rows[start : len(one.rows) - left]
        room = None if room is None else room - len(rows)
        if left:
            notes.append(f"{counted(left, 'more line')}: --first {one.begins + len(one.rows) - left} shows them")
        text = "\n".join(rows)
        if rows:
            hits.append(of_symbol(graph, one.symbol, text=text, first_line=one.begins + start, left_out=left))
    return Answer(iter(hits), notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class _Text:
    """A symbol, the line of its file that its text begins with, and its lines."""

    symbol: Symbol
    begins: int
    rows: list[str]


def _rows(graph: CodeGraph, found: Symbol) -> tuple[int, list[str]]:
    data = graph.read(found.path)
    start = data.rfind(b"\n", 0, found.span.start) + 1
    begins = place_of(found.path, data, start, start + 1).line
    return begins, data[start : _end(graph, found, data)].decode("utf-8", "replace").split("\n")


def _end(graph: CodeGraph, found: Symbol, data: bytes) -> int:
    """Where a symbol's text ends: that of a variable, whose span is its name, with the statement that sets it."""
    if data[found.span.start : found.span.end] != found.name.encode("utf-8", "surrogateescape"):
        return found.span.end
    line = data.rfind(b"\n", 0, found.span.start) + 1
    node = syntax.around(syntax.parse(graph.files[found.path].language, data), found.span.start, found.span.end).parent
    while node is not None and node.start_byte >= line:
        if node.type.endswith(_STATEMENTS):
            return node.end_byte
        node = node.parent
    return found.span.end


_STATEMENTS: Final = ("_statement", "_declaration", "_spec", "_item", "_definition", "property_signature")


def outline(graph: CodeGraph, path: Annotated[str, "A file, relative to the root."]) -> Answer:
    """List what a file defines, in source order."""
    symbols = graph.symbols(path.removeprefix("./"))
    hits = (
        of_symbol(
            graph,
            symbol,
            name=symbol.name,
            depth=symbol.id.partition("::")[2].count("."),
            flags=[name for name, flag in _FLAGS.items() if symbol.flags & flag],
        )
        for symbol in sorted(symbols[1:], key=lambda s: s.span.start)
    )
    return Answer(hits, proof(graph, f"{path} defines nothing: no symbol"))
