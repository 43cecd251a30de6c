"""Text search: every hit with the symbol that encloses it."""

from collections.abc import Iterator
from typing import Annotated

from codeagent.domain.code import Symbol
from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.workspace.search import Found, Query
from codeagent.workspace.search import search as search_text


def search(
    graph: CodeGraph,
    pattern: Annotated[str, "A regular expression, as ripgrep reads it."],
    *,
    fixed: Annotated[bool, "The pattern is plain text."] = False,
    ignore_case: Annotated[bool, "Let case not matter."] = False,
    word: Annotated[bool, "Match whole words only."] = False,
    limit: Annotated[int, "At most so many hits."] = 1000,
) -> Answer:
    """Search the text of the indexed files; each hit comes with its line and its enclosing symbol."""
    if limit < 1:
        raise UsageError(f"--limit {limit} makes no sense", "1 is the least")
    found = search_text(graph.tree, Query(pattern, fixed, ignore_case, word), graph.files, most=limit)
    notes = (f"there are more than {limit} hits: raise --limit or narrow the pattern",) if found.cut else ()
    return Answer(_hits(graph, found), f"{pattern!r} matches nothing in {counted(len(graph.files), 'file')}", notes)


def _hits(graph: CodeGraph, found: Found) -> Iterator[Hit]:
    path, symbols = "", []
    for hit in found.hits:
        if hit.path != path:
            path, symbols = hit.path, graph.symbols(hit.path)
        around = _enclosing(symbols, hit.start)
        more = {"text": hit.text}
        yield Hit(hit.path, hit.line, hit.column, hit.line, around.id, around.kind, "", more)


def _enclosing(symbols: list[Symbol], offset: int) -> Symbol:
    inside = [symbol for symbol in symbols if symbol.span.start <= offset < symbol.span.end]
    return min(inside, key=lambda s: s.span.end - s.span.start, default=symbols[0])
