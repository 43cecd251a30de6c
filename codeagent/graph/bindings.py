"""Binding preservation: whether every reference stands for the same definition before and after a change.

The idea is that of reference-preserving refactoring (Schäfer, Ekman, de Moor: "Sound and Extensible Renaming for
Java", 2008): what a name is bound to is computed before and after, and compared."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import FileFacts
from codeagent.domain.links import EXACT, FileLinks
from codeagent.domain.patch import Edit, Shift
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import FileNames, Meaning, Naming, key_of

_BLOCK: Final = re.compile(r"@(\d+)")


@dataclass(frozen=True, slots=True)
class Difference:
    """A reference that does not mean what it did; `start` is a byte of the file after the change."""

    path: str
    start: int
    before: str  # what it stood for, "" for nothing known
    after: str

    @property
    def text(self) -> str:
        """What happened, in words."""
        if not self.after:
            return f"no longer finds {self.before}" if self.before else "stands for nothing"
        if not self.before:
            return f"now stands for {self.after}"
        return f"would stand for {self.after} instead of {self.before}"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a tree, as far as names are concerned; all paths but the keys of `moves` are old ones.

    `carried` maps spans of old files to where their text is now: (path, start, end, new path, new start)."""

    edits: tuple[Edit, ...]
    moves: Mapping[str, str] = field(default_factory=dict)  # old path -> new path
    renamed: Mapping[str, str] = field(default_factory=dict)  # keys and paths, old -> new
    carried: tuple[tuple[str, int, int, str, int], ...] = ()
    dropped: frozenset[str] = frozenset()  # keys that are no more, and references to them neither
    touched: frozenset[str] = frozenset()  # new paths that were written


def compare(before: CodeGraph, after: CodeGraph, change: Change) -> list[Difference]:
    """Return every reference known exactly that no longer means the same, and every new name that means nothing."""
    places = _Places(change)
    names = _Names(change, places)
    found = list(_edges(before, after, change, places, names))
    found += _locals(before, after, change, places, names)
    return sorted(set(found), key=lambda d: (d.path, d.start, d.before, d.after))


class _Places:
    """Where the bytes of old files are now."""

    def __init__(self, change: Change) -> None:
        self._change = change
        by_path: dict[str, list[Edit]] = {}
        for edit in change.edits:
            by_path.setdefault(edit.path, []).append(edit)
        self._shifts = {path: Shift(edits) for path, edits in by_path.items()}
        self._carried: dict[str, list[tuple[int, int, str, int]]] = {}
        for path, start, end, new_path, new_start in change.carried:
            self._carried.setdefault(path, []).append((start, end, new_path, new_start))

    def new_path(self, path: str) -> str:
        return self._change.moves.get(path, path)

    def new(self, path: str, start: int) -> tuple[str, int] | None:
        """Where a reference that started on a byte starts now; None where its text is no more."""
        for first, last, new_path, new_start in self._carried.get(path, ()):
            if first <= start < last:
                return new_path, new_start + start - first
        shift = self._shifts.get(path)
        if shift is None:
            return self.new_path(path), start
        at = shift.new(start)
        at = shift.start_of(start) if at is None else at
        return None if at is None else (self.new_path(path), at)


class _Names:
    """What keys are called after the change."""

    def __init__(self, change: Change, places: _Places) -> None:
        self._renamed = {**change.moves, **change.renamed}
        self._dropped, self._places = change.dropped, places
        self._known: dict[str, str] = {}

    def dropped(self, key: str) -> bool:
        return key in self._dropped

    def new(self, key: str) -> str:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._told(key)
        return known

    def _told(self, key: str) -> str:
        path, mark, name = key.partition("::")
        parts = name.split(".") if mark else []
        for count in range(len(parts), 0, -1):  # the longest renamed beginning counts
            head = f"{path}::{'.'.join(parts[:count])}"
            if head in self._renamed:
                return ".".join([self._renamed[head], *self._blocks(path, parts[count:])])
        new_path = self._renamed.get(path, path)
        return f"{new_path}::{'.'.join(self._blocks(path, parts))}" if mark else new_path

    def _blocks(self, path: str, parts: Iterable[str]) -> list[str]:
        """Names of blocks carry an offset, `x@120`, which moves with the text."""
        return [
            _BLOCK.sub(lambda m: f"@{self._moved(path, int(m[1]))}", part) if "@" in part else part for part in parts
        ]

    def _moved(self, path: str, start: int) -> int:
        place = self._places.new(path, start)
        return place[1] if place else start


# --- over the whole tree -------------------------------------------------------------------------------------------


def _edges(before: CodeGraph, after: CodeGraph, change: Change, places: _Places, names: _Names) -> Iterator[Difference]:
    relinked = {places.new_path(path) for path in before.files} & _differing(before, after, places)
    for path in before.files:
        new_path = places.new_path(path)
        if new_path in relinked and new_path in after.files:
            yield from _of_file(before, after, path, change, places, names)


def _differing(before: CodeGraph, after: CodeGraph, places: _Places) -> set[str]:
    """The new paths of files whose facts or links are not what they were."""
    new = after.rows()
    return {places.new_path(path) for path, row in before.rows().items() if new.get(places.new_path(path)) != row}


def _of_file(
    before: CodeGraph, after: CodeGraph, path: str, change: Change, places: _Places, names: _Names
) -> Iterator[Difference]:
    was = _exact(before.facts(path), before.links(path))
    elsewhere: dict[str, dict[int, set[str]]] = {}
    for start, targets in was.items():
        place = places.new(path, start)
        if place is None or place[0] not in after.files or any(names.dropped(target) for target in targets):
            continue
        new_path, new_start = place
        if new_path not in elsewhere:
            elsewhere[new_path] = _all(after.facts(new_path), after.links(new_path))
        now = elsewhere[new_path].get(new_start, set())
        for target in targets:
            wanted = names.new(target)
            if wanted not in now:
                yield Difference(new_path, new_start, wanted, ", ".join(sorted(now)))


def _exact(facts: FileFacts, links: FileLinks) -> dict[int, set[str]]:
    """What each reference surely leads to, by its offset."""
    return _targets(links, lambda kind, certainty: certainty == EXACT)


def _all(facts: FileFacts, links: FileLinks) -> dict[int, set[str]]:
    return _targets(links, lambda kind, certainty: True)


def _targets(links: FileLinks, wanted: Callable[[int, int], bool]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    edges = links.edges
    for at in range(0, len(edges), 5):
        start, kind, _, target, certainty = edges[at : at + 5]
        if wanted(kind, certainty):
            found.setdefault(start, set()).add(key_of(links.targets[target]))
    return found


# --- in the files that were written, names of functions' own too ---------------------------------------------------


def _locals(
    before: CodeGraph, after: CodeGraph, change: Change, places: _Places, names: _Names
) -> Iterator[Difference]:
    written = [path for path in before.files if places.new_path(path) in change.touched]
    old, new = Naming(before), Naming(after)
    old.load(written)
    new.load(path for path in change.touched if path in after.files)
    met: dict[str, set[int]] = {}
    unknown: dict[str, set[str]] = {}
    for path in written:
        source, file = before.read(path), old.file(path)
        for start, end in file.spans():
            meaning = file.meaning(start, end)
            if meaning is None:
                continue
            if not meaning.targets:
                unknown.setdefault(places.new_path(path), set()).add(_text(source, start, end))
            place = places.new(path, start)
            if place is None or place[0] not in after.files:
                continue
            met.setdefault(place[0], set()).add(place[1])
            yield from _changed(meaning, new.file(place[0]), place[1], end - start, names)
    for path in sorted(change.touched):
        if path in after.files:
            yield from _nothing(after.read(path), new.file(path), met.get(path, set()), unknown.get(path, set()))


def _changed(meaning: Meaning, file: FileNames, start: int, size: int, names: _Names) -> Iterator[Difference]:
    if meaning.certainty is not Certainty.EXACT or not meaning.targets or any(map(names.dropped, meaning.targets)):
        return
    wanted = {names.new(target) for target in meaning.targets}
    now = file.at(start)
    if now is None or not wanted <= now.targets:
        found = ", ".join(sorted(now.targets)) if now else ""
        yield Difference(file.path, start, ", ".join(sorted(wanted)), found)


def _nothing(source: bytes, file: FileNames, met: set[int], unknown: set[str]) -> Iterator[Difference]:
    """Bare names in new text that stand for nothing."""
    for start, end in file.bare_spans():
        if start not in met and not file.spoken_for(start, end) and _text(source, start, end) not in unknown:
            yield Difference(file.path, start, "", "")


def _text(source: bytes, start: int, end: int) -> str:
    return source[start:end].decode("utf-8", "surrogateescape")
