"""Relations between symbols and files: references, callers, callees, imports, and every edge."""

from collections.abc import Callable, Iterator
from typing import Annotated, Final

from codeagent.domain.code import Certainty, Reference, Symbol
from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.facts import ABSTRACT
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.graph.project_wide import project_wide
from codeagent.retrieval.overridden import overridden
from codeagent.tools.places import SymbolName, meant, of_reference, proof, several

_CALLS: Final = ("calls", "instantiates")
_RUN: Final = ("function", "method")
_KINDS: Final = ("calls", "imports", "inherits", "references", "writes", "instantiates")
_BASES: Final = 3  # overridden members that are named
_SURE: Final = list(Certainty)
Depth = Annotated[int, "How many calls away."]


def references(graph: CodeGraph, symbol: SymbolName) -> Answer:
    """List every reference to a symbol: calls, reads, writes, imports, inheritance."""
    found = meant(graph, symbol)
    coming = [one for each in found for one in graph.incoming(each.id)]
    if len(found) > 1:
        coming.sort(key=lambda one: (one.path, one.span.start, _SURE.index(one.certainty)))
    hits = (of_reference(graph, one, target=one.target) for one in _once(coming))
    return Answer(hits, proof(graph, f"no reference to {found[0].id} was found"), several(found))


def callers(graph: CodeGraph, symbol: SymbolName, *, depth: Depth = 1) -> Answer:
    """List who calls a symbol; for a class, who constructs it; for a declaration without body, who names it."""
    found = meant(graph, symbol)
    declared = {one.id for one in found if one.flags & ABSTRACT}
    coming = {one.id: graph.incoming(one.id, (*_CALLS, "references")) for one in found}

    def incoming(name: str) -> list[Reference]:
        known = coming[name] if name in coming else graph.incoming(name, _CALLS)
        return [one for one in known if name in declared or one.role in _CALLS]

    hits = _walk(graph, found, depth, incoming, lambda one: one.within)
    notes = (*several(found), *_through_bases(graph, found), *_handed_on(found, coming))
    return Answer(hits, proof(graph, f"no caller of {found[0].id} was found"), notes)


def _through_bases(graph: CodeGraph, found: list[Symbol]) -> tuple[str, ...]:
    """Say by what else a method may be called: a call of what it overrides leads to that."""
    through = list(dict.fromkeys(base for one in found for base in overridden(graph, one)))
    if not through:
        return ()
    shown = ", ".join(through[:_BASES]) + (", …" if len(through) > _BASES else "")
    return (f"{found[0].id} overrides {shown}: what calls that may run it as well",)


def _handed_on(found: list[Symbol], coming: dict[str, list[Reference]]) -> tuple[str, ...]:
    """Say where functions are named without being called: whoever has them as a value may call them."""
    ids = [one.id for one in found if one.kind in _RUN and not one.flags & ABSTRACT]
    told = [one for each in ids for one in coming[each]]
    called = {(one.path, one.span.start) for one in told if one.role in _CALLS}
    named = {(one.path, one.span.start) for one in told} - called
    if not named:
        return ()
    places = counted(len(named), "place")
    return (f"{ids[0]} is named in {places} without a call, so others may call it: codeagent query references",)


def callees(graph: CodeGraph, symbol: SymbolName, *, depth: Depth = 1) -> Answer:
    """List what a symbol calls, in the tree and outside it."""
    found = meant(graph, symbol)
    inside = {one.id for path in {one.path for one in found} for one in graph.symbols(path)}

    def outgoing(name: str) -> list[Reference]:
        home = name.partition("::")[0]
        return graph.outgoing(name, _CALLS) if name in inside or home in graph.files else []

    hits = _walk(graph, found, depth, outgoing, lambda one: one.target or "")
    return Answer(hits, proof(graph, f"{found[0].id} calls nothing that was found"), several(found))


def _walk(
    graph: CodeGraph,
    start: list[Symbol],
    depth: int,
    edges: Callable[[str], list[Reference]],
    beyond: Callable[[Reference], str],
) -> Iterator[Hit]:
    """Breadth first from symbols; each symbol is entered once, each site reported once."""
    if depth < 1:
        raise UsageError(f"--depth {depth} makes no sense", "1 means direct ones only")
    level = [one.id for one in start]
    seen, told = set(level), set()
    for distance in range(1, depth + 1):
        further: list[str] = []
        for name in level:
            for one in edges(name):
                site = (one.path, one.span.start, one.target)
                if site not in told:
                    told.add(site)
                    yield of_reference(graph, one, target=one.target, depth=distance)
                if beyond(one) not in seen:
                    seen.add(beyond(one))
                    further.append(beyond(one))
        level = further


def _once(found: list[Reference]) -> Iterator[Reference]:
    """One reference a place: a construction is both a call and an instantiation."""
    told = set()
    for one in found:
        if (one.path, one.span.start) not in told:
            told.add((one.path, one.span.start))
            yield one


def imports(graph: CodeGraph, path: Annotated[str, "A file, relative to the root."]) -> Answer:
    """List what a file imports, and which files import it (or something in it).

    What another file imports for all of a project (`global using`) is listed where the file makes use of it."""
    name = path.removeprefix("./")
    going = [*_imported(graph, name), *project_wide(graph, name)]
    hits = [of_reference(graph, one, target=one.target, direction="out") for one in going]
    coming = graph.incoming_to_file(name, ("imports",))
    hits += [of_reference(graph, one, target=one.target, direction="in") for one in coming]
    return Answer(iter(hits), proof(graph, f"{name} imports nothing and nothing imports it, as far as is known,"))


def _imported(graph: CodeGraph, path: str) -> list[Reference]:
    """What a file imports, symbol by symbol: what its module imports first."""
    order = {symbol.id: number for number, symbol in enumerate(graph.symbols(path))}
    return sorted(graph.outgoing_of_file(path, ("imports",)), key=lambda one: order[one.within])


def edges(
    graph: CodeGraph,
    *,
    kind: Annotated[str | None, "One of calls, imports, inherits, references, writes, instantiates."] = None,
) -> Answer:
    """List the whole graph, edge by edge, in path order."""
    if kind is not None and kind not in _KINDS:
        raise UsageError(f"no such kind of edge: {kind}", f"one of: {', '.join(_KINDS)}")
    hits = (
        Hit(
            path=edge.path,
            line=edge.line,
            kind=edge.kind,
            certainty=edge.certainty,
            more={"source": edge.source, "target": edge.target},
        )
        for edge in graph.edges(kind)
    )
    return Answer(hits, proof(graph, "no edge"))
