"""What others can notice of files that differ, told by comparing what those offer by value, before and now."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from codeagent.graph.earlier import Earlier
from codeagent.graph.flow import Flow
from codeagent.graph.interface import Interface
from codeagent.graph.likeness import Side
from codeagent.graph.linking import LinkTree
from codeagent.graph.offers import Offers
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.renamings import NO_RENAMING, Renaming, exchanged, ids_gone, taken_back
from codeagent.graph.seeds import Seeds
from codeagent.graph.shelf import ChangedError, Shelf
from codeagent.graph.spreading import Judge, Spread

_ASKING: Final = 60  # files that mention a name which goes by another now, and are asked what they make of it
Interfaces = Mapping[str, Interface]


class Noticed(NamedTuple):
    """What an update of links begins with; no seeds where names alone tell what is noticed."""

    seeds: Seeds | None = None
    is_same: Judge | None = None  # tells of an item anywhere whether it offers what it did
    flow: Flow | None = None  # what is known of values now
    leading: frozenset[str] = frozenset()  # files whose links lead to what goes by another name
    gone: frozenset[str] = frozenset()  # ids that what goes by another name had


def compared(base: Snapshot, shelf: Shelf, tree: LinkTree, paths: list[str], spread: Spread, limit: float) -> Noticed:
    """Compare the files of those paths with what they were in `base`.

    Raises TooFarError where what cannot be compared reaches more files than `limit` already."""
    before = {entry.path: entry for entry in base.entries}
    changed = [path for path in paths if _has_facts(before.get(path)) or _has_facts(shelf.entries.get(path))]
    if not all(_comparable(before.get(path), shelf.entries.get(path)) for path in changed):
        return Noticed()
    now = {path: spread.interfaces.now(path) for path in changed}
    was = {path: spread.interfaces.was(before[path]) for path in changed}
    if any(was[path].facts.package != now[path].facts.package for path in changed):
        return Noticed()
    earlier = Earlier(shelf, {path: one.facts for path, one in was.items()})
    renaming, asking = _renaming(shelf, was, now)
    gone = frozenset(one for path in renaming.real for one in ids_gone(path, was[path].facts, now[path].facts))
    if renaming.names:
        now = {path: _taken_back(path, was[path], one, renaming) for path, one in now.items()}
        others = {path: spread.interfaces.now(path) for path in asking}
        was, now = was | others, now | others
    later = Side(shelf, tree, now)
    offers = Offers(Side(earlier, tree, was), later, renaming)
    spread.run(Seeds(offers.certain()), limit)
    try:
        seeds = offers.noticed()
    except ChangedError:
        raise
    except Exception:  # the evaluator fails on a file, or too much would be compared: names say enough
        return Noticed()
    return Noticed(seeds, offers.is_same, later.flow, frozenset(shelf.leading_to(gone, base.entries)), gone)


def _has_facts(entry: Entry | None) -> bool:
    return entry is not None and entry.facts != 0


def _comparable(old: Entry | None, now: Entry | None) -> bool:
    return old is not None and now is not None and old.facts != 0 and old.language == now.language


def _renaming(shelf: Shelf, was: Interfaces, now: Interfaces) -> tuple[Renaming, set[str]]:
    """Which names were exchanged for others, if that is what an edit did; and who else mentions them, if few do."""
    names = exchanged((was[path].facts, now[path].facts) for path in was)
    words = {*names, *names.values()}
    asking = {path for word in words for path in shelf.mentioning(word)} - now.keys()
    return (Renaming(names, now), asking) if names and len(asking) <= _ASKING else (NO_RENAMING, set())


def _taken_back(path: str, was: Interface, now: Interface, renaming: Renaming) -> Interface:
    return Interface(path, taken_back(was.facts, now.facts, renaming.names))
