"""A skeleton of what matters most, within a token budget."""

from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.domain.tokens import tokens_of
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.skeleton import render, skeleton
from codeagent.tools.places import meant


def map_(
    graph: CodeGraph,
    *,
    tokens: Annotated[int, "The budget; tokens are estimated as bytes over 3.5."] = 2000,
    focus: Annotated[list[str] | None, "A file, folder or symbol to look from; repeatable."] = None,
    query: Annotated[str, "Words to look for."] = "",
) -> Answer:
    """Draw a skeleton of what matters most: the definitions that others lean on, ranked by PageRank."""
    if tokens < 1:
        raise UsageError(f"--tokens {tokens} makes no sense", "a budget of some hundreds shows something")
    looked = [found for one in focus or () for found in _looked(graph, one)]
    groups = skeleton(graph, tokens, looked, query)
    hits = []
    for group in groups:
        for one in group:
            place = graph.place(one.symbol.path, one.symbol.name_span.start, one.symbol.name_span.end)
            more = {"rank": round(one.rank, 8), "text": one.text, "first_line": one.line}
            hits.append(
                Hit(
                    one.symbol.path,
                    place.line,
                    place.column,
                    one.symbol.end_line,
                    one.symbol.id,
                    one.symbol.kind,
                    more=more,
                )
            )
    used = tokens_of(render(groups))
    nothing = "nothing fits the budget" if graph.freshness.files else "there is no file"
    return Answer(iter(hits), nothing, (f"about {used} of {tokens} tokens (bytes / 3.5)",))


def _looked(graph: CodeGraph, focus: str) -> list[str]:
    """A path of a file or folder as it is, else the ids of what has a name."""
    path = focus.removeprefix("./").rstrip("/")
    if path in graph.files or any(other.startswith(f"{path}/") for other in graph.files):
        return [path]
    return [one.id for one in meant(graph, focus)]
