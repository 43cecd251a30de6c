"""From what the graph answers to hits: places with lines and columns."""

import re
from importlib import import_module
from typing import Annotated, Final

from codeagent.domain.code import Reference, Symbol
from codeagent.domain.counting import counted
from codeagent.domain.tool import Hit
from codeagent.graph.finding import unnumbered
from codeagent.graph.graph import CodeGraph
from codeagent.graph.spots import place_of

SymbolName = Annotated[
    str,
    "A symbol id, an unambiguous shorter name (of several overloads all), or PATH:LINE:COL of a definition or a use.",
]
_LINES: Final = 8  # of definitions of one name are told
_PLACE: Final = re.compile(r"(?P<path>.+):(?P<line>\d+):(?P<column>\d+)\Z", re.DOTALL)


def of_symbol(graph: CodeGraph, symbol: Symbol, certainty: str = "", **more: object) -> Hit:
    """The hit of a definition: it stands at its name and ends with its body."""
    place = place_of(symbol.path, graph.read(symbol.path), symbol.name_span.start, symbol.name_span.end)
    return Hit(symbol.path, place.line, place.column, symbol.end_line, symbol.id, symbol.kind, certainty, more)


def of_reference(graph: CodeGraph, reference: Reference, **more: object) -> Hit:
    """The hit of a reference: `symbol` is the symbol around it, `kind` the kind of edge."""
    place = place_of(reference.path, graph.read(reference.path), reference.span.start, reference.span.end)
    return Hit(
        reference.path,
        place.line,
        place.column,
        place.end_line,
        reference.within,
        reference.role,
        str(reference.certainty),
        more,
    )


def proof(graph: CodeGraph, what: str) -> str:
    """What an empty answer proves: how much of the tree was read and parsed, and how many calls were resolved."""
    fresh = graph.freshness
    unparsed = f", {counted(fresh.parse_errors, 'file')} with parse errors" if fresh.parse_errors else ""
    closed = len(graph.skipped.get("unreadable", ()))
    unread = f", {counted(closed, 'path')} that may not be read" if closed else ""
    calls = counted(fresh.calls, "call")
    return f"{what} in {counted(fresh.files, 'file')} ({fresh.resolved} % of {calls} resolved{unparsed}{unread})"


def meant(graph: CodeGraph, text: str) -> list[Symbol]:
    """Return the symbols that a text means; a place on a name means what is named there, any other what is around it.

    UsageError as `CodeGraph.named`."""
    place = _PLACE.match(text.removeprefix("./"))
    if place is not None and place["path"] in graph.files and graph.has_facts(place["path"]):
        pointing = import_module("codeagent.graph.pointing")  # here, as names are told without an evaluator
        found = pointing.definitions_at(graph, place["path"], int(place["line"]), int(place["column"]))
        own = graph.named(text)
        if found and all(one.symbol for one in found) and {one.symbol for one in found} != {own[0].id}:
            return [graph.symbol(one) for one in dict.fromkeys(one.symbol for one in found)]
        return own
    return graph.named(text)


def several(symbols: list[Symbol]) -> tuple[str, ...]:
    """Say so where a name is that of several definitions, and how one of them is named."""
    if len(symbols) < 2:
        return ()
    if len({unnumbered(one.id) for one in symbols}) > 1:
        shown = ", ".join(one.id for one in symbols[:_LINES]) + (", …" if len(symbols) > _LINES else "")
        return (f"what is named there may be any of {len(symbols)}: this is about all of them: {shown}",)
    lines = ", ".join(str(one.line) for one in symbols[:_LINES]) + (", …" if len(symbols) > _LINES else "")
    what = f"{len(symbols)} definitions have the name {unnumbered(symbols[0].id)} (lines {lines})"
    return (f"{what}: this is about all of them; PATH:LINE:COL means one, as does {symbols[-1].id}",)
