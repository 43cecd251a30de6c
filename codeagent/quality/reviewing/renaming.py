"""Hunks in which nothing differs but layout, comments, or names that are proven to stand for the same things."""

from collections import defaultdict

from codeagent.quality.reviewing.hunks import Difference, Place
from codeagent.quality.reviewing.sameness import Comparer, Sameness, Stretch
from codeagent.quality.reviewing.sides import Side, Sides


def explain_layout(sides: Sides, comparer: Comparer, difference: Difference) -> None:
    """Explain the hunks that differ in layout alone, or in comments as well, one refactoring a file."""
    for kind, what, comments in (("format", "layout", False), ("comment", "comments", True)):
        found: dict[str, list[Place]] = defaultdict(list)
        for place in difference.places:
            told = difference.is_open(place) and _is_code(sides, place)
            if told and comparer.layout(*_stretches(place), comments=comments):
                found[place.hunk.path].append(place)
        for path, places in found.items():
            difference.explain(kind, f"{what} of {path} alone", path, places[0].hunk.new[0], places)


def explain_renames(sides: Sides, comparer: Comparer, difference: Difference, doubtful: frozenset[str]) -> None:
    """Explain the hunks, or the lines of them, that differ in proven names alone, one refactoring a name."""
    found: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in difference.places:
        if not difference.is_open(place) or not _is_code(sides, place):
            continue
        same = comparer.same(*_stretches(place))
        parts = [(place, same)] if same else [(one, comparer.same(*_stretches(one))) for one in place.lines()]
        for part, told in parts:
            if told is not None and not told.is_plain and not _is_half_done(sides, told, doubtful):
                for pair in _pairs(told):
                    found[pair].append(part)
    for (old, new), places in sorted(found.items()):
        path, line = _home(sides.after, new, places[0])
        difference.explain("rename", f"{_shown(old)} is called {_shown(new)} now", path, line, places)


def _is_half_done(sides: Sides, told: Sameness, doubtful: frozenset[str]) -> bool:
    """Whether a name was left behind somewhere: said in a new error, or by a method of the same family."""
    if any(old.decode("utf-8", "replace") in doubtful for old in told.words):
        return True
    return any(_leaves_family(sides, old, new) for old, new in told.symbols.items() if "." in old.partition("::")[2])


def _leaves_family(sides: Sides, old: str, new: str) -> bool:
    """Whether a class above or below still has the method under its old name."""
    before, after = sides.before.symbol(old), sides.after.symbol(new)
    if before is None or after is None or before.kind != "method" or before.name == after.name:
        return False
    return any(sides.after.symbol(f"{one}.{before.name}") for one in _family(sides.after, after.parent or ""))


def _family(side: Side, owner: str) -> set[str]:
    """The classes that a class inherits from, and those that inherit from it, however far."""
    found: set[str] = set()
    for step in (_bases, _heirs):
        waiting = [owner]
        while waiting:
            fresh = step(side, waiting.pop()) - found - {owner}
            found |= fresh
            waiting += fresh
    return found


def _bases(side: Side, owner: str) -> set[str]:
    known = side.symbol(owner) is not None
    return {one.target for one in side.graph.outgoing(owner, ("inherits",)) if one.target} if known else set()


def _heirs(side: Side, owner: str) -> set[str]:
    return {one.within for one in side.graph.incoming(owner, ("inherits",))}


def _pairs(told: Sameness) -> list[tuple[str, str]]:
    pairs = [*told.symbols.items(), *told.locals.items()]
    aliases = [(old.decode(), new.decode()) for old, new in told.words.items()]
    return [pair for pair in pairs if pair[0] != pair[1]] or aliases


def _home(side: Side, key: str, place: Place) -> tuple[str, int]:
    """Where a name is defined now; the first place that says it where that is not known."""
    symbol = side.symbol(key)
    return (symbol.path, symbol.line) if symbol else (place.hunk.path, place.hunk.new[0])


def _is_code(sides: Sides, place: Place) -> bool:
    return place.hunk.old_path in sides.before.graph.files and place.hunk.path in sides.after.graph.files


def _stretches(place: Place) -> tuple[Stretch, Stretch]:
    return Stretch(place.hunk.old_path, *place.old_span), Stretch(place.hunk.path, *place.new_span)


def _shown(key: str) -> str:
    return key.partition("::")[2] or key
