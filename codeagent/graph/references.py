"""From the packed links of one file to references with names, places and certainty."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Certainty, Edge, Reference, Span
from codeagent.domain.errors import UsageError
from codeagent.domain.facts import FileFacts
from codeagent.domain.links import CERTAINTIES, EDGE_KINDS, FileLinks
from codeagent.graph.ids import symbol_ids

_EXACT_NAMES: Final = tuple(Certainty(name) for name in CERTAINTIES)


@dataclass(frozen=True, slots=True)
class Places:
    """What the places of references in one file are told by: ids of symbols, starts of lines, ends by starts."""

    ids: list[str]
    lines: "memoryview[int]"
    ends: dict[int, int]


def places_of(path: str, facts: FileFacts) -> Places:
    """Return what the places of references in a file are told by."""
    lines = memoryview(facts.line_starts).cast("I")
    rows = facts.references.tolist()
    longest = sorted(zip(rows[0::5], rows[1::5], strict=True))  # what is not written out ends where it starts
    return Places(symbol_ids(path, facts.symbols), lines, dict(longest))


def references_of(
    path: str,
    places: Callable[[str], Places],
    links: FileLinks,
    kinds: Collection[str] | None,
    *,
    targets: Collection[int] | None = None,
    within: int | None = None,
) -> list[Reference]:
    """Return the references of a file by offset; of some kinds, to some of its targets, or within one symbol only."""
    wanted, edges = codes_of(kinds), links.edges
    hits = [
        (at, *edges[at * 5 : at * 5 + 5])
        for at in _leading(edges[3::5], targets)
        if (within is None or edges[at * 5 + 2] == within) and (wanted is None or edges[at * 5 + 1] in wanted)
    ]
    if not hits:
        return []
    heirs, here = heirs_of(links), places(path)
    return [
        Reference(
            path=path,
            span=Span(start, here.ends.get(start, start)),
            line=bisect_right(here.lines, start),
            name=_last_name(links.targets[aim]),
            role=EDGE_KINDS[code],
            within=heirs.get(at) or here.ids[inside],
            target=links.targets[aim],
            certainty=_EXACT_NAMES[certainty],
        )
        for at, start, code, inside, aim, certainty in hits
    ]


def _leading(aims: Sequence[int], targets: Collection[int] | None) -> Iterable[int]:
    """The numbers of the edges that lead to some targets, in order."""
    if targets is None:
        return range(len(aims))
    if len(targets) > 1:
        return [at for at, aim in enumerate(aims) if aim in targets]
    found, at = [], -1
    for target in targets:
        with suppress(ValueError):
            while True:
                found.append(at := aims.index(target, at + 1))
    return found


def edges_of(path: str, facts: FileFacts, links: FileLinks, wanted: Collection[int] | None) -> Iterator[Edge]:
    """Yield the edges that lead from a file, in order; of some kinds by their codes, None for all."""
    ids, heirs = symbol_ids(path, facts.symbols), heirs_of(links, outside=True)
    lines = memoryview(facts.line_starts).cast("I")
    edges, targets = links.edges, links.targets
    for at in range(0, len(edges), 5):
        start, code, within, target, certainty = edges[at : at + 5]
        if wanted is None or code in wanted:
            source = heirs.get(at // 5) or ids[within]
            line = bisect_right(lines, start)
            yield Edge(source, targets[target], EDGE_KINDS[code], CERTAINTIES[certainty], path, line)


def heirs_of(links: FileLinks, *, outside: bool = False) -> dict[int, str]:
    """Return by number of an edge the type of another file that it leads from; with `outside` outside ones, too."""
    named = ((at, links.targets[heir]) for at, heir in zip(links.heirs[0::2], links.heirs[1::2], strict=True))
    return {at: heir for at, heir in named if outside or "::" in heir}


def codes_of(kinds: Collection[str] | None) -> Collection[int] | None:
    """Return kinds of edges as links hold them, None for all; UsageError for a kind that there is not."""
    if kinds is None:
        return None
    unknown = [kind for kind in kinds if kind not in EDGE_KINDS]
    if unknown:
        raise UsageError(f"no such kind of edge: {unknown[0]}", f"one of: {', '.join(EDGE_KINDS)}")
    return {EDGE_KINDS.index(kind) for kind in kinds}


def _last_name(target: str) -> str:
    """The name a target goes by: `Cart.total` of `a.py::Cart.total` is `total`."""
    inside = target.partition("::")[2] or target
    return inside if inside == target and "/" in target else inside.rpartition(".")[2]
