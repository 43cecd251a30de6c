"""References of files that a change does not write, as far as the change can make them mean something else.

Where both graphs have their links, all are compared. Where linking one would take long, only those are asked for that
led to what is gone, and those that are spelled like what is bound otherwise now."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from codeagent.domain.links import EXACT, FileLinks
from codeagent.graph.naming import key_of
from codeagent.graph.rebound import Rebound, rebound
from codeagent.graph.spelling import StartingOn
from codeagent.graph.turning import Turning
from codeagent.quality.gates.change import Change

Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Turned:
    """A reference in untouched text that leads to nothing of what it surely led to; `wanted`: as that is called now."""

    path: str
    start: int
    wanted: Keys
    found: Keys


def elsewhere(change: Change, new_key: Callable[[str], str]) -> Iterator[Turned]:
    """Yield the references that turned, in files that were not written."""
    before, after = change.before_graph, change.after_graph
    at_hand = before.at_hand and after.at_hand
    names = None if at_hand or change.claims.refactor else rebound_names(change)
    pairs = _all(change) if names is None else _Suspects(change, names, new_key).pairs()
    for path, old, new in pairs:
        was, now = targets_of(old, sure=True), targets_of(new, sure=False)
        for start, targets in was.items():
            wanted = frozenset(map(new_key, targets))
            found = now.get(start, frozenset())
            if not wanted & found:
                yield Turned(path, start, wanted, found)


def rebound_names(change: Change) -> Rebound | None:
    """Return the names that a change binds otherwise; None where that cannot be told."""
    return rebound(change.before_graph, change.after_graph, {file.path: file.old_path for file in change.files})


def _all(change: Change) -> Iterator[tuple[str, FileLinks, FileLinks]]:
    """What leads elsewhere now; equal links share a row."""
    before, after = change.before_graph, change.after_graph
    rows = {entry.path: entry.links for entry in after.basis()[0].entries if entry.facts}
    for entry in before.basis()[0].entries:
        path = entry.path
        if entry.facts and path not in change.by_path and rows.get(path, entry.links) != entry.links:
            yield path, before.links(path), after.links(path)


class _Suspects:
    """The references of untouched files that may have turned; each is looked up on both sides."""

    def __init__(self, change: Change, names: Rebound, new_key: Callable[[str], str]) -> None:
        self._before, self._after = change.before_graph, change.after_graph
        self._written = set(change.by_path)
        self._touched = set(change.touched)
        self._names, self._new_key = names, new_key
        self._there: dict[str, Keys] = {}
        self._turning = Turning(change.before_graph, change.after_graph, names)

    def pairs(self) -> Iterator[tuple[str, FileLinks, FileLinks]]:
        """Yield (path, links before, links after), which hold the suspects at least."""
        for path, starts in sorted(self._suspects()):
            wanted = StartingOn(starts)
            old, new = self._before.asked(path, wanted), self._after.asked(path, wanted)
            yield path, _only(old, starts), _only(new, starts)

    def _suspects(self) -> Iterator[tuple[str, set[int]]]:
        spelled_so = self._before.mentioning(self._names.every if not self._before.at_hand else self._names.outer)
        if self._before.at_hand:
            for path, links in self._before.all_links():
                if self._is_untouched(path):
                    starts = self._leading_away(links)
                    if path in spelled_so:
                        starts |= self._turning.starts(path, gone=False)
                    if starts:
                        yield path, starts
        else:
            for path in spelled_so:
                if self._is_untouched(path) and (starts := self._turning.starts(path, gone=True)):
                    yield path, starts

    def _is_untouched(self, path: str) -> bool:
        return path not in self._written and path in self._after.files and path in self._before.files

    def _leading_away(self, links: FileLinks) -> set[int]:
        """Where a reference starts that surely led to something, and some of that is gone or called otherwise."""
        if not any(self._is_gone(target) for target in links.targets):
            return set()
        return {start for start, keys in targets_of(links, sure=True).items() if any(map(self._is_gone, keys))}

    def _is_gone(self, target: str) -> bool:
        path, mark, _ = target.partition("::")
        if path not in self._touched:
            return False
        key = key_of(target)
        if self._new_key(key) != key or path not in self._after.files:
            return True
        return bool(mark) and key not in self._keys(path)

    def _keys(self, path: str) -> Keys:
        if path not in self._there:
            self._there[path] = frozenset(key_of(one.id) for one in self._after.symbols(path))
        return self._there[path]


def _only(links: FileLinks, starts: Collection[int]) -> FileLinks:
    edges = links.edges
    kept = tuple(part for at in range(0, len(edges), 5) if edges[at] in starts for part in edges[at : at + 5])
    return FileLinks(links.targets, kept, links.calls, links.unknown_calls)


def targets_of(links: FileLinks, *, sure: bool) -> dict[int, Keys]:
    """Return what each reference leads to, by its offset; with `sure` only what is certain."""
    found: dict[int, Keys] = {}
    edges = links.edges
    for at in range(0, len(edges), 5):
        start, _, _, target, certainty = edges[at : at + 5]
        if not sure or certainty == EXACT:
            found[start] = found.get(start, frozenset()) | {key_of(links.targets[target])}
    return found
