"""What may break when symbols change: the graph walked backwards, the surest and shortest way to each symbol."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.links import (
    CALL_EDGE,
    CERTAINTIES,
    EDGE_KINDS,
    IMPORT_EDGE,
    LIKELY,
    NAME_ONLY,
)
from codeagent.retrieval.backwards import Backwards
from codeagent.retrieval.surrounding import surrounded

FAR: Final = 12  # steps after which nothing is said any more
OVERRIDES: Final = "overrides"
OVERRIDDEN: Final = "overridden"
RUNS_WITH: Final = "runs with"


@dataclass(frozen=True, slots=True)
class Reached:
    """A symbol that depends on a changed one; it stands at byte `start` of `path` where it leans on `through`."""

    symbol: str
    through: str
    distance: int
    certainty: int  # of CERTAINTIES: the weakest on the way
    why: (
        str  # kind of edge, OVERRIDES (a subclass's own member), OVERRIDDEN (a base's member it may run for), RUNS_WITH
    )
    path: str
    start: int


def with_members(back: Backwards, symbols: Iterable[str]) -> list[str]:
    """The symbols and everything defined inside them."""
    wanted = set(symbols)
    for path in {one.partition("::")[0] for one in wanted}:
        for identity, symbol in back.symbols(path).items():
            if symbol.parent in wanted:  # parents come before their members
                wanted.add(identity)
    return sorted(wanted)


def reach(back: Backwards, changed: Iterable[str], depth: int = FAR) -> list[Reached]:
    """Everything that leads to a changed symbol, nearest first, each once, the surest way first.

    What a name alone suggests is told and not followed further; neither is a module that imports, nor an override."""
    start = sorted(set(changed))
    best: dict[str, Reached] = {}
    done = set(start)
    waiting: list[tuple[int, int, str]] = []

    def meet(found: Iterator[Reached]) -> None:
        for one in found:
            known = best.get(one.symbol)
            if one.symbol not in done and (
                known is None or (one.certainty, one.distance) < (known.certainty, known.distance)
            ):
                best[one.symbol] = one
                heapq.heappush(waiting, (one.certainty, one.distance, one.symbol))

    for identity in start:
        meet(_dependents(back, identity, 1, 0))
        meet(_relatives(back, identity))
    while waiting:
        certainty, distance, identity = heapq.heappop(waiting)
        if identity not in done:
            done.add(identity)
            one = best[identity]
            if distance < depth and "::" in identity and _leads_on(back, one):
                meet(_dependents(back, identity, distance + 1, certainty))
    return sorted(best.values(), key=lambda one: (one.distance, one.certainty, one.path, one.start, one.symbol))


def _leads_on(back: Backwards, one: Reached) -> bool:
    """Whether what leans on a symbol is at risk as well.

    A wrapper that may call the symbol as a value, under another name, says nothing of the wrapper's other callers;
    those who hand the value over refer to the symbol themselves."""
    if one.certainty == NAME_ONLY or one.why == OVERRIDES:
        return False
    return one.certainty != LIKELY or one.why != EDGE_KINDS[CALL_EDGE] or is_named(back, one)


def is_named(back: Backwards, one: Reached) -> bool:
    """Tell whether a reference spells the name of what it leads to, or of its class where that is special."""
    *_, owner, name = ["", *one.through.rpartition("::")[2].split(".")]
    wanted = (name, owner) if name.startswith("__") else (name,)
    source = back.graph.read(one.path)
    return any(source.startswith(said.partition("#")[0].encode(), one.start) for said in wanted if said)


def _dependents(back: Backwards, identity: str, distance: int, doubt: int) -> Iterator[Reached]:
    for source, kind, certainty, path, start in sorted(
        back.into(identity), key=lambda edge: (edge[2], edge[1] == IMPORT_EDGE, edge[4])
    ):
        yield Reached(source, identity, distance, max(doubt, certainty), EDGE_KINDS[kind], path, start)
    for one in surrounded(back, identity):
        yield Reached(one.id, identity, distance, doubt, RUNS_WITH, one.path, one.name_span.start)


def _relatives(back: Backwards, identity: str) -> Iterator[Reached]:
    """The same member of subclasses, which may rely on it, and of bases, through which it may be called."""
    symbol = back.symbol(identity)
    if symbol is None or symbol.parent is None or "::" not in symbol.parent:
        return
    for owner, certainty in _family(back, symbol.parent, symbol.name, down=True):
        yield _related(back, f"{owner}.{symbol.name}", identity, certainty, OVERRIDES)
    for owner, certainty in _family(back, symbol.parent, symbol.name, down=False):
        yield _related(back, f"{owner}.{symbol.name}", identity, max(certainty, LIKELY), OVERRIDDEN)


def _related(back: Backwards, member: str, identity: str, certainty: int, why: str) -> Reached:
    symbol = back.symbol(member)
    assert symbol is not None
    return Reached(member, identity, 1, certainty, why, symbol.path, symbol.name_span.start)


def _family(back: Backwards, owner: str, name: str, *, down: bool) -> Iterator[tuple[str, int]]:
    """The nearest classes below (or above) that have a member of this name, through those that have none."""
    waiting, seen = [(owner, 0)], {owner}
    while waiting:
        current, doubt = waiting.pop()
        for other, certainty in back.heirs(current) if down else back.bases(current):
            if other in seen:
                continue
            seen.add(other)
            found = (other, max(doubt, certainty))
            if back.symbol(f"{other}.{name}") is None:
                waiting.append(found)
            else:
                yield found
                if down:
                    waiting.append(found)


def said(certainty: int) -> str:
    """The name of a certainty."""
    return CERTAINTIES[certainty]
