"""What others can notice of files that differ, told by comparing what those offer by value, before and now."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from codeagent.graph.earlier import Earlier
from codeagent.graph.flow import Flow
from codeagent.graph.interface import Interface
from codeagent.graph.likeness import Place, Side
from codeagent.graph.linked import LinkTree
from codeagent.graph.offers import Offers
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.renamings import NO_RENAMING, Renaming, exchanged, taken_back
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


def compared(
    base: Snapshot,
    shelf: Shelf,
    tree: LinkTree,
    paths: list[str],
    spread: Spread,
    words: set[str],
    early: float | None,
) -> Noticed:
    """Compare the files of those paths with what they were in `base`; `words` are keys of those that came or went.

    With `early` only they are compared: TooFarError where what cannot be compared reaches so many files by name."""
    before = {entry.path: entry for entry in base.entries}
    was = {path: spread.interfaces.was(before[path]) for path in paths if _has_facts(before.get(path))}
    now = {path: spread.interfaces.now(path) for path in paths if _has_facts(shelf.entries.get(path))}
    if not all(map(_comparable, was.values(), (now.get(path) for path in was))):
        return Noticed()
    earlier = Earlier(shelf, {path: one.facts for path, one in was.items()}, now.keys() - was.keys())
    gone = {(path, one) for path in was for one in _names_of(was, path) - _names_of(now, path)}
    came = {(path, one) for path in now for one in _names_of(now, path) - _names_of(was, path)}
    renaming, asking = _renaming(shelf, was, now)
    if renaming.names:
        now = {path: _taken_back(path, was[path], one, renaming) if path in was else one for path, one in now.items()}
        others = {path: spread.interfaces.now(path) for path in asking}
        was, now = was | others, now | others
    later = Side(shelf, tree, now, _homes(gone, came))
    old_tree = tree if was.keys() == now.keys() else tree.before(_paths(base), before)
    offers = Offers(Side(earlier, old_tree, was), later, spread.interfaces.now, renaming)
    if early is not None:
        spread.run(Seeds(offers.certain() | words), early)
    try:
        seeds = offers.noticed()
    except ChangedError:
        raise
    except Exception:  # the evaluator fails on a file, or too much would be compared: names say enough
        return Noticed()
    ids = frozenset(f"{path}::{name}" if name else path for path, name in gone)
    seeds = seeds._replace(keys=seeds.keys | words)
    is_same = offers.is_same if early is None else None
    return Noticed(seeds, is_same, later.flow, frozenset(_leading_to(ids, before.values(), shelf)) & {*shelf}, ids)


def _leading_to(ids: Iterable[str], entries: Collection[Entry], shelf: Shelf) -> set[str]:
    """The paths of entries of another snapshot whose links may lead to one of some ids."""
    needles = [one.encode("utf-8", "surrogateescape") for one in ids]
    wanted = [entry for entry in entries if entry.links] if needles else []
    blobs = shelf.link_blobs(entry.links for entry in wanted)
    return {one.path for one in wanted if one.links not in blobs or any(n in blobs[one.links] for n in needles)}


def _has_facts(entry: Entry | None) -> bool:
    return entry is not None and entry.facts != 0


def _comparable(was: Interface, now: Interface | None) -> bool:
    return now is None or (was.facts.language, was.facts.package) == (now.facts.language, now.facts.package)


def _names_of(interfaces: Interfaces, path: str) -> set[str]:
    return set(interfaces[path].dotted) if path in interfaces else set()


def _paths(base: Snapshot) -> frozenset[str]:
    return frozenset((*(one.path for one in base.entries), *base.others, *(one.path for one in base.skips)))


def _homes(gone: set[Place], came: set[Place]) -> dict[Place, Place]:
    """Where definitions were that are in another file now: what is alone there in having come, as it is in having gone.

    Whether each is what it was is asked where they are compared."""
    by_name: dict[str, list[Place]] = {}
    for place in gone:
        by_name.setdefault(place[1], []).append(place)
    coming = Counter(name for _, name in came)
    return {place: by_name[place[1]][0] for place in came if len(by_name.get(place[1], ())) == coming[place[1]] == 1}


def _renaming(shelf: Shelf, was: Interfaces, now: Interfaces) -> tuple[Renaming, set[str]]:
    """Which names were exchanged for others, if that is what an edit did; and who else mentions them, if few do."""
    both = [path for path in was if path in now]
    names = exchanged((was[path].facts, now[path].facts) for path in both)
    words = {*names, *names.values()}
    asking = {path for word in words for path in shelf.mentioning(word)} - now.keys()
    return (
        (Renaming(names, {path: now[path] for path in both}), asking)
        if names and len(asking) <= _ASKING
        else (NO_RENAMING, set())
    )


def _taken_back(path: str, was: Interface, now: Interface, renaming: Renaming) -> Interface:
    return Interface(path, taken_back(was.facts, now.facts, renaming.names))
