"""Binding preservation: whether every reference stands for the same definition before and after a change.

The idea is that of reference-preserving refactoring (Schäfer, Ekman, de Moor: "Sound and Extensible Renaming for
Java", 2008): what a name is bound to is computed before and after, and compared."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.letters import LATIN
from codeagent.domain.patch import Edit, Shift
from codeagent.graph.affected import Changed
from codeagent.graph.concerned import concerned
from codeagent.graph.naming import FileNames, Meaning, Naming, key_of
from codeagent.graph.records import FileRecord

_WORD: Final = re.compile(rb"[\w$\x80-\xff]+")
_BLOCK: Final = re.compile(r"@(\d+)")
_COUNTED: Final = frozenset(("javascript", "typescript", "tsx", "rust"))  # blocks are told by their number there


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
    split: Mapping[str, str] = field(default_factory=dict)  # of definitions that shared a key: old ids to new ones
    touched: frozenset[str] = frozenset()  # new paths that were written


def compare(before: Naming, after: Naming, names: Changed, change: Change) -> list[Difference]:
    """Return every reference known exactly that no longer means the same, and every new name that means nothing.

    `names` are those that what changed goes by. As long as all references by such a name mean what they did, what
    flows through the program is the same but for names, and so no other reference can differ."""
    return sorted(set(_Comparison(before, after, names, change).run()), key=lambda d: (d.path, d.start, d.before))


class _Places:
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
        if at is None:
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


class _Names:
    """What keys are called after the change."""

    def __init__(self, change: Change, places: _Places, files: Mapping[str, FileRecord]) -> None:
        self._files = files
        self._renamed = {**_dotted(change.moves, files), **change.moves, **change.renamed}
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
        new_path = self._renamed.get(path) or (path if mark else self._outside(path))
        return f"{new_path}::{'.'.join(self._blocks(path, parts))}" if mark else new_path

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
        if path in self._files and self._files[path].language in _COUNTED:
            return list(parts)
        return [
            _BLOCK.sub(lambda m: f"@{self._moved(path, int(m[1]))}", part) if "@" in part else part for part in parts
        ]

    def _moved(self, path: str, start: int) -> int:
        place = self._places.new(path, start)
        return place[1][0] if place else start


class _Comparison:
    """One comparison of two snapshots."""

    def __init__(self, before: Naming, after: Naming, names: Changed, change: Change) -> None:
        self._old, self._new, self._goes, self._change = before, after, names, change
        self._by = names.bound | names.modules
        self._before, self._after = before.graph, after.graph
        self._places = _Places(change)
        self._names = _Names(change, self._places, self._before.files)
        self._met: dict[str, set[int]] = {}  # new path -> starts that stood there before
        self._unknown: dict[str, set[str]] = {}  # new path -> names that meant nothing before

    def run(self) -> Iterator[Difference]:
        new_path, touched = self._places.new_path, self._change.touched
        written = {path for path in self._before.files if new_path(path) in touched and self._before.has_facts(path)}
        paths = sorted(written | concerned(self._before, self._goes))
        self._old.load(paths)
        here = {new_path(path) for path in paths} | touched
        self._new.load(path for path in sorted(here) if self._is_code(path))
        for path in paths:
            yield from self._of_file(path, path in written)
        for path in sorted(touched):
            if self._is_code(path):
                yield from self._nothing(path)

    def _is_code(self, path: str) -> bool:
        return path in self._after.files and self._after.has_facts(path)

    def _of_file(self, path: str, written: bool) -> Iterator[Difference]:
        file, source = self._old.file(path), self._before.read(path)
        for start, end in file.asked(self._by, all_bare=written):
            meaning = file.meaning(start, end)
            place = None if self._places.longer(path, start, end) else self._places.new(path, start)
            if meaning is None or place is None or not self._is_code(place[0]):
                continue
            if not meaning.targets and written:
                self._unknown.setdefault(place[0], set()).add(_text(source, start, end))
            self._met.setdefault(place[0], set()).update(place[1])
            anew = self._places.replaced(path, start)
            yield from self._changed(meaning, self._new.file(place[0]), place[1], anew=anew)

    def _changed(
        self, meaning: Meaning, file: FileNames, starts: tuple[int, ...], *, anew: bool
    ) -> Iterator[Difference]:
        if meaning.certainty is not Certainty.EXACT or not meaning.targets:
            return
        if any(map(self._names.dropped, meaning.targets)):
            return
        wanted = {self._names.new(target, written=anew) for target in meaning.targets}
        now = [here.targets for start in starts if (here := file.at(start)) is not None]
        parts = len(wanted) > 1 and wanted <= self._after.files.keys()  # of what a package is asked for is told apart
        if not any(wanted & targets if parts else wanted <= targets for targets in now):
            found = ", ".join(sorted(now[0])) if now else ""
            yield Difference(file.path, starts[0], ", ".join(sorted(wanted)), found)

    def _nothing(self, path: str) -> Iterator[Difference]:
        """Bare names in new text that stand for nothing."""
        file, source = self._new.file(path), self._after.read(path)
        met, unknown = self._met.get(path, set()), self._unknown.get(path, set())
        for start, end in file.asked((), all_bare=True):
            if start not in met and not file.spoken_for(start, end) and _text(source, start, end) not in unknown:
                yield Difference(path, start, "", "")


def _text(source: bytes, start: int, end: int) -> str:
    return source[start:end].decode("utf-8", LATIN)
