"""What a change may break, by distance and certainty, and the tests that reach it."""

from collections.abc import Callable, Iterator
from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import Tables
from codeagent.graph.tables import tables as tables_of
from codeagent.retrieval.changed import Touched, touched
from codeagent.retrieval.reach import FAR, Reached, reach, said, with_members
from codeagent.tools.places import proof
from codeagent.workspace import changes
from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.refs import resolve_revision
from codeagent.workspace.revisions import Revision


def impact(
    graph: CodeGraph,
    symbols: Annotated[list[str] | None, "Symbols that are to change."] = None,
    *,
    diff: Annotated[str | None, "Instead: what this range of commits changes, BASE..HEAD."] = None,
    staged: Annotated[bool, "Instead: what is staged."] = False,
    depth: Annotated[int, "How many steps away something still counts (tests count from any distance)."] = 3,
) -> Answer:
    """Say what may break when symbols change, nearest first, and which tests reach them."""
    if sum((bool(symbols), diff is not None, staged)) != 1:
        raise UsageError("say what changes: SYMBOL…, --diff BASE..HEAD, or --staged", "exactly one of the three")
    if depth < 1:
        raise UsageError(f"--depth {depth} makes no sense", "1 means what depends on it directly")
    what = Touched(tuple(graph.symbol(one).id for one in symbols), ()) if symbols else _difference(graph, diff)
    tables = tables_of(graph)
    start = [tables.numbers[one] for one in what.symbols if one in tables.numbers]
    if symbols:
        start = with_members(tables, start)
    found = reach(tables, start, FAR)
    near = [one for one in found if not _is_test(graph, tables, one) and one.distance <= depth]
    tests = [one for one in found if _is_test(graph, tables, one)]
    hits = [*_seeds(graph, what), *(_hit(graph, tables, one) for one in (*near, *tests))]
    guessed = sum(1 for one in (*near, *tests) if said(one.certainty) == "name-only")
    notes = (f"{guessed} of these rest on a name alone: they may be others of that name",) if guessed else ()
    return Answer(iter(hits), proof(graph, "nothing that depends on it was found"), notes)


def _difference(graph: CodeGraph, diff: str | None) -> Touched:
    repository = enclosing(graph.root)
    if repository is None:
        raise UsageError(f"{graph.root} is not in a git repository", "name the symbols that are to change instead")
    found = changes.between(repository, diff) if diff is not None else changes.staged(repository)
    base = (diff or "HEAD").partition("..")[0] or "HEAD"
    return touched(graph, found, _before(graph, repository, base))


def _before(graph: CodeGraph, repository: Repository, base: str) -> Callable[[str], bytes]:
    """Files as they were at the base; before the first commit there was nothing."""
    try:
        tree = Revision(graph.root, resolve_revision(repository, base))
    except UsageError:
        return lambda path: b""

    def read(path: str) -> bytes:
        try:
            return tree.read(path)
        except OSError:
            return b""

    return read


def _seeds(graph: CodeGraph, what: Touched) -> Iterator[Hit]:
    """What is changed itself: distance 0; what is gone has no place any more."""
    for one in what.symbols:
        symbol = graph.symbol(one)
        spot = graph.place(symbol.path, symbol.name_span.start, symbol.name_span.end)
        more = {"distance": 0, "why": "changed", "test": graph.files[symbol.path].test}
        yield Hit(symbol.path, spot.line, spot.column, symbol.end_line, symbol.id, symbol.kind, "exact", more)
    for one in what.gone:
        yield Hit(symbol=one, kind="gone", certainty="exact", more={"distance": 0, "why": "removed", "test": False})


def _is_test(graph: CodeGraph, tables: Tables, one: Reached) -> bool:
    return graph.files[tables.symbols[one.symbol].path].test


def _hit(graph: CodeGraph, tables: Tables, one: Reached) -> Hit:
    """A symbol that depends on the change stands where it refers to what it leans on."""
    symbol = tables.symbols[one.symbol]
    start = symbol.name_span.start if one.why == "overrides" else tables.edges.starts[one.edge]
    spot = graph.place(symbol.path, start, start)
    more = {
        "distance": one.distance,
        "why": one.why,
        "through": tables.symbols[one.through].id,
        "test": _is_test(graph, tables, one),
    }
    return Hit(symbol.path, spot.line, spot.column, spot.line, symbol.id, symbol.kind, said(one.certainty), more)
