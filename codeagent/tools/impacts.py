"""What a change may break, by distance and certainty, and the tests that reach it."""

from collections.abc import Callable, Iterator
from typing import Annotated

from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.links import NAME_ONLY
from codeagent.domain.tool import Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.backwards import Backwards
from codeagent.retrieval.changed import Touched, still_said, touched
from codeagent.retrieval.reach import Reached, reach, said, with_members
from codeagent.retrieval.unresolved import in_doubt
from codeagent.tools.places import meant, proof, several
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
    limit: Annotated[int, "At most so many dependents, and so many tests; 0 means all."] = 500,
) -> Answer:
    """Say what may break when symbols change, nearest first, and which tests reach them."""
    if sum((bool(symbols), diff is not None, staged)) != 1:
        raise UsageError("say what changes: SYMBOL…, --diff BASE..HEAD, or --staged", "exactly one of the three")
    if depth < 1 or limit < 0:
        raise UsageError(
            f"--depth {depth} --limit {limit} makes no sense", "--depth 1 means what depends on it directly"
        )
    named = [meant(graph, one) for one in symbols or ()]
    ids = dict.fromkeys(one.id for alike in named for one in alike)
    what = Touched(tuple(ids), ()) if symbols else _difference(graph, diff)
    back = graph.once(Backwards)
    found = reach(back, with_members(back, what.symbols) if symbols else what.symbols)
    known = {*what.symbols, *(one.symbol for one in found)}
    found += [
        Reached(symbol, lost, 1, NAME_ONLY, "still names", path, start)
        for symbol, path, start, lost in still_said(graph, what.gone)
        if symbol not in known
    ]
    near = [one for one in found if not graph.files[one.path].test and one.distance <= depth]
    tests = [one for one in found if graph.files[one.path].test]
    tests.sort(key=lambda one: (one.certainty, one.distance))  # stable: else as found
    shown = [*near[: limit or None], *tests[: limit or None]]
    hits = [*_seeds(graph, what), *(_hit(graph, back, one) for one in shown)]
    notes = (
        tuple(note for alike in named for note in several(alike))
        + _notes(near, tests, shown)
        + in_doubt(back.unresolved.paths)
        + (_elsewhere(graph, diff) if diff is not None else ())
    )
    nothing = "nothing is staged" if staged else f"{diff} changes nothing"
    return Answer(iter(hits), nothing if not symbols else proof(graph, "nothing that depends on it was found"), notes)


def _notes(near: list[Reached], tests: list[Reached], shown: list[Reached]) -> tuple[str, ...]:
    notes = []
    left = len(near) + len(tests) - len(shown)
    if left:
        notes.append(
            f"{counted(len(near), 'dependent')} and {len(tests)} in tests; {left} are left out: --limit 0 lists all"
        )
    guessed = sum(1 for one in shown if said(one.certainty) == "name-only")
    if guessed:
        notes.append(f"{guessed} of these rest on a name alone: they may be others of that name")
    return tuple(notes)


def _difference(graph: CodeGraph, diff: str | None) -> Touched:
    repository = enclosing(graph.root)
    if repository is None:
        raise UsageError(f"{graph.root} is not in a git repository", "name the symbols that are to change instead")
    found = changes.between(repository, diff) if diff is not None else changes.staged(repository)
    return touched(graph, found, _before(graph, repository, _base(repository, diff or "HEAD")))


def _base(repository: Repository, diff: str) -> str:
    """The revision that a range starts from; with three dots that is where its ends parted."""
    base, _, tip = diff.partition("..")
    if not tip.startswith("."):
        return base or "HEAD"
    ends = [resolve_revision(repository, one or "HEAD") for one in (base, tip[1:])]
    return repository.run("merge-base", *ends).decode("ascii").split()[0]


def _elsewhere(graph: CodeGraph, diff: str) -> tuple[str, ...]:
    """Say so where the lines of a range are those of another state of the files than the one looked at."""
    repository = enclosing(graph.root)
    tip = diff.rpartition("..")[2] or "HEAD" if ".." in diff else ""
    fresh = graph.freshness
    if repository is None or not tip or (resolve_revision(repository, tip) == fresh.revision and not fresh.dirty):
        return ()
    return (f"its lines are those of {tip}, looked up in the files as they are here: --rev {tip} looks there",)


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
    for one in sorted(what.symbols, key=lambda one: "::" not in one):  # whole files, such as prose, last
        symbol = graph.symbol(one)
        spot = graph.place(symbol.path, symbol.name_span.start, symbol.name_span.end)
        more = {"distance": 0, "why": "changed", "test": graph.files[symbol.path].test}
        yield Hit(symbol.path, spot.line, spot.column, symbol.end_line, symbol.id, symbol.kind, "exact", more)
    for one in what.gone:
        yield Hit(symbol=one, kind="gone", certainty="exact", more={"distance": 0, "why": "removed", "test": False})


def _hit(graph: CodeGraph, back: Backwards, one: Reached) -> Hit:
    """A symbol that depends on the change stands where it refers to what it leans on."""
    symbol = back.symbol(one.symbol)
    spot = graph.place(one.path, one.start, one.start)
    more = {
        "distance": one.distance,
        "why": one.why,
        "through": one.through,
        "test": graph.files[one.path].test,
    }
    kind = symbol.kind if symbol else ""
    return Hit(one.path, spot.line, spot.column, spot.line, one.symbol, kind, said(one.certainty), more)
