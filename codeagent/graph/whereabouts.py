"""Where the text and the keys of a tree are after a change."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.patch import Edit, Shift
from codeagent.graph.naming import Naming, key_of

_WORD: Final = re.compile(rb"[\w$\x80-\xff]+")
_BLOCK: Final = re.compile(r"@(\d+)")
_COUNTED: Final = frozenset(("javascript", "typescript", "tsx", "rust"))  # blocks are told by their number there
_NAMELESS: Final = "<lambda"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a tree, as far as names are concerned; all paths but the keys of `moves` are old ones.

    `carried` maps spans of old files to where their text is now: (path, start, end, new path, new start)."""

    edits: tuple[Edit, ...]
    moves: Mapping[str, str] = field(default_factory=dict)  # old path -> new path
    renamed: Mapping[str, str] = field(default_factory=dict)  # keys and paths, old -> new
    carried: tuple[tuple[str, int, int, str, int], ...] = ()
    dropped: frozenset[str] = frozenset()  # keys that are no more, and references to them neither
    split: Mapping[str, str] = field(default_factory=dict)  # of definitions that shared a key: old ids to new ones
    touched: frozenset[str] = frozenset()  # new paths that were written


class Places:
    """Where the bytes of old files are now."""

    def __init__(self, change: Change) -> None:
        self._change = change
        by_path: dict[str, list[Edit]] = {}
        for edit in change.edits:
            by_path.setdefault(edit.path, []).append(edit)
        self._replaced = {(edit.path, edit.start): edit.text for edit in change.edits if edit.end > edit.start}
        self._ends = {(edit.path, edit.start): edit.end for edit in change.edits}
        self._shifts = {path: Shift(edits) for path, edits in by_path.items()}
        self._carried: dict[str, list[tuple[int, int, str, int]]] = {}
        for path, start, end, new_path, new_start in change.carried:
            self._carried.setdefault(path, []).append((start, end, new_path, new_start))

    def new_path(self, path: str) -> str:
        return self._change.moves.get(path, path)

    def edited(self, path: str) -> bool:
        """Whether text of a file came or went."""
        return path in self._shifts or path in self._carried

    def replaced(self, path: str, start: int) -> bool:
        """Whether a name was written anew."""
        return (path, start) in self._replaced

    def longer(self, path: str, start: int, end: int) -> bool:
        """Whether a name was replaced as the head of a longer text, such as `a` of `a.b`, which now reads otherwise."""
        return self._ends.get((path, start), end) > end and not self._is_carried(path, start)

    def _is_carried(self, path: str, start: int) -> bool:
        return any(first <= start < last for first, last, _, _ in self._carried.get(path, ()))

    def new(self, path: str, start: int) -> tuple[str, tuple[int, ...]] | None:
        """Where a reference that started on a byte starts now; None where its text is no more.

        Of one that was replaced, every word of the replacement may be it, `self.total` for `total`, and all of it."""
        for first, last, new_path, new_start in self._carried.get(path, ()):
            if first <= start < last:
                return new_path, (new_start + start - first,)
        shift = self._shifts.get(path)
        if shift is None:
            return self.new_path(path), (start,)
        at = shift.new(start)
        if at is not None:
            return self.new_path(path), (at,)
        at, text = shift.start_of(start), self._replaced.get((path, start), b"")
        if at is None or not text:
            return None
        words = tuple(at + word.start() for word in _WORD.finditer(text))
        return self.new_path(path), words if at in words else (*words, at)


def _apart(key: str) -> tuple[str, str]:
    """A key, and the number that a further definition of the name carries: `a.py::f` and `#2`."""
    head, mark, number = key.rpartition("#")
    return (head, f"#{number}") if mark and number.isdigit() else (key, "")


def _dotted(moves: Mapping[str, str], files: Container[str]) -> dict[str, str]:
    """What modules that move may be called by with dots: from any folder on that is no package itself."""
    found: dict[str, str] = {}
    for old, new in moves.items():
        before, after = (path.removesuffix("/__init__.py").removesuffix(".py").split("/") for path in (old, new))
        for at in range(min(len(before), len(after))):
            if at and f"{'/'.join(before[:at])}/__init__.py" in files:
                break
            found[".".join(before[at:])] = ".".join(after[at:])
            if before[at] != after[at]:
                break
    return found


class _Numbers:
    """What goes by a number, which others of its kind before it decide: each is found again by where it stands."""

    def __init__(self, places: Places, before: Naming, after: Naming) -> None:
        self._places, self._before, self._after = places, before, after
        self._old: dict[str, dict[str, str]] = {}
        self._new: dict[str, dict[int, str]] = {}

    def of(self, path: str) -> Mapping[str, str]:
        """The keys of an old file that carry a number, with what they are after the change."""
        if path not in self._old:
            found = self._old[path] = {}
            for start, key in _numbered(self._before, path):
                new_path, starts = self._places.new(path, start) or ("", ())
                now = self._standing(new_path)
                found.update((key, now[at]) for at in starts if at in now)
        return self._old[path]

    def _standing(self, path: str) -> Mapping[int, str]:
        if path not in self._new:
            self._new[path] = dict(_numbered(self._after, path))
        return self._new[path]


def _numbered(naming: Naming, path: str) -> Iterator[tuple[int, str]]:
    """Yield (byte, key) of names of blocks and of functions without a name."""
    if path in naming.graph.files and naming.graph.has_facts(path):
        file = naming.file(path)
        yield from file.numbered()
        for index, symbol in enumerate(file.facts.symbols):
            if symbol.name.startswith(_NAMELESS):
                yield symbol.start, file.view.symbol_id(index)


class Keys:
    """What keys are called after the change."""

    def __init__(self, change: Change, places: Places, before: Naming, after: Naming) -> None:
        self._files = before.graph.files
        self._numbers = _Numbers(places, before, after)
        self._renamed = {**_dotted(change.moves, self._files), **change.moves, **change.renamed}
        self._dropped, self._places = change.dropped, places
        self._split = change.split
        self._anew = {key_of(old): key_of(new) for old, new in change.split.items() if key_of(old) != key_of(new)}
        self._known: dict[str, str] = {}

    def dropped(self, key: str) -> bool:
        return key in self._dropped

    def new(self, key: str, *, written: bool = False) -> str:
        """What a key is after the change; `written`: as the change itself has put it there."""
        if written and key in self._anew:
            return self._anew[key]
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._told(key)
        return known

    def _told(self, key: str) -> str:
        path, mark, name = key.partition("::")
        parts = name.split(".") if mark else []
        for count in range(len(parts) - 1, 0, -1):
            if (inside := self._split.get(f"{path}::{'.'.join(parts[:count])}")) is not None:
                return f"{inside}.{'.'.join(self._blocks(path, parts[count:]))}"
        for count in range(len(parts), 0, -1):  # the longest renamed beginning counts
            head, number = _apart(f"{path}::{'.'.join(parts[:count])}")
            if head in self._renamed:
                new_path, new_mark, new_name = self._renamed[head].partition("::")
                return (
                    new_path
                    + new_mark
                    + ".".join(self._blocks(path, [*f"{new_name}{number}".split("."), *parts[count:]]))
                )
        if not mark:
            return self._renamed.get(path) or self._outside(path)
        if ("@" in name or _NAMELESS in name) and self._places.edited(path):
            numbered = self._numbers.of(path)
            for count in range(len(parts), 0, -1):
                if (told := numbered.get(f"{path}::{'.'.join(parts[:count])}")) is not None:
                    return ".".join((told, *self._blocks(path, parts[count:])))
        return f"{self._path(path, parts)}::{'.'.join(self._blocks(path, parts))}"

    def _path(self, path: str, parts: list[str]) -> str:
        """Where a name is that nothing renamed holds: a comprehension's of a module goes where its text goes."""
        block = None if self._counts(path) else _BLOCK.search(parts[0])
        place = self._places.new(path, int(block[1])) if block else None
        return place[0] if place else self._renamed.get(path, path)

    def _outside(self, dotted: str) -> str:
        """A name that is not in the tree although it begins with a package that is: `shop.missing`."""
        head, rest = dotted, ""
        while "." in head:
            head, _, last = head.rpartition(".")
            rest = f".{last}{rest}"
            if head in self._renamed:
                return self._renamed[head] + rest
        return dotted

    def _blocks(self, path: str, parts: Iterable[str]) -> list[str]:
        """Names of blocks carry an offset, `x@120`, which moves with the text, or a number of the block."""
        if self._counts(path):
            return list(parts)
        return [
            _BLOCK.sub(lambda m: f"@{self._moved(path, int(m[1]))}", part) if "@" in part else part for part in parts
        ]

    def _counts(self, path: str) -> bool:
        return path in self._files and self._files[path].language in _COUNTED

    def _moved(self, path: str, start: int) -> int:
        place = self._places.new(path, start)
        return place[1][0] if place else start
