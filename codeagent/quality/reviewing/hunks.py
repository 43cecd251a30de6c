"""The stretches of text that a change replaced, in lines and in bytes, and which of their lines are explained."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeagent.domain.review import Explained, Hunk, Lines, Refactoring
from codeagent.quality.gates.change import Change


class Rows:
    """The lines of a text, 1-based, by their bytes; lines end with \\n."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._starts = [0]
        at = source.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = source.find(b"\n", at + 1)

    def span(self, lines: Lines) -> tuple[int, int]:
        """Return the bytes of lines first to last; of (n, n - 1) the place before line n."""
        first, last = lines
        size = len(self.source)
        start = self._starts[first - 1] if first - 1 < len(self._starts) else size
        end = self._starts[last] if last < len(self._starts) else size
        return start, max(start, end)

    def is_blank(self, line: int) -> bool:
        """Tell whether a line holds nothing but space."""
        start, end = self.span((line, line))
        return not self.source[start:end].strip()

    def said(self, lines: Lines) -> set[int]:
        """Return the numbers of the lines among these that are not blank."""
        return {line for line in range(lines[0], lines[1] + 1) if not self.is_blank(line)}

    def of_bytes(self, start: int, end: int) -> Lines:
        """Return the lines that a span touches."""
        first = self.source.count(b"\n", 0, start) + 1
        return first, first + self.source.count(b"\n", start, max(start, end - 1))


@dataclass(frozen=True, slots=True)
class Place:
    """One hunk with the texts of both of its files."""

    hunk: Hunk
    old: Rows
    new: Rows

    @property
    def old_span(self) -> tuple[int, int]:
        """Its bytes in the file before the change."""
        return self.old.span(self.hunk.old)

    @property
    def new_span(self) -> tuple[int, int]:
        """Its bytes in the file after the change."""
        return self.new.span(self.hunk.new)

    def lines(self) -> Iterator["Place"]:
        """Yield the hunk line by line, where it has as many before as after."""
        (a, b), (c, d) = self.hunk.old, self.hunk.new
        if b - a == d - c > 0:
            for n in range(b - a + 1):
                part = Hunk(self.hunk.path, self.hunk.old_path, (a + n, a + n), (c + n, c + n))
                yield Place(part, self.old, self.new)


class Difference:
    """All hunks of a change, and what is proven of their lines."""

    def __init__(self, change: Change) -> None:
        self.places: list[Place] = []
        self.old_rows: dict[str, Rows] = {}
        self.new_rows: dict[str, Rows] = {}
        self._found: list[Refactoring] = []
        self._old: dict[tuple[str, int], set[int]] = {}  # (path, line) to refactorings
        self._new: dict[tuple[str, int], set[int]] = {}
        for file in change.files:
            old, new = Rows(change.source_before(file.path)), Rows(change.source_after(file.path))
            self.old_rows[file.old_path], self.new_rows[file.path] = old, new
            for before, after in zip(file.old_lines, file.new_lines, strict=True):
                self.places.append(Place(Hunk(file.path, file.old_path, before, after), old, new))
        self.old_changed = {(p.hunk.old_path, n) for p in self.places for n in p.old.said(p.hunk.old)}
        self.new_changed = {(p.hunk.path, n) for p in self.places for n in p.new.said(p.hunk.new)}

    def explain(self, kind: str, message: str, path: str, line: int, places: Iterable[Place]) -> None:
        """Note that a refactoring explains every line of some stretches."""
        rows = list(places)
        old = {(p.hunk.old_path, n) for p in rows for n in p.old.said(p.hunk.old)}
        new = {(p.hunk.path, n) for p in rows for n in p.new.said(p.hunk.new)}
        self.explain_lines(kind, message, path, line, old, new)

    def explain_lines(
        self, kind: str, message: str, path: str, line: int, old: set[tuple[str, int]], new: set[tuple[str, int]]
    ) -> None:
        """Note the same of lines, told as (path, line); those that did not change do not count."""
        old, new = old & self.old_changed, new & self.new_changed
        number = len(self._found)
        self._found.append(Refactoring(kind, message, path, line, len(old) + len(new)))
        for known, fresh in ((self._old, old), (self._new, new)):
            for one in fresh:
                known.setdefault(one, set()).add(number)

    def is_known(self, old: set[tuple[str, int]], new: set[tuple[str, int]]) -> bool:
        """Tell whether all lines, told as in `explain_lines`, are explained already."""
        return old & self.old_changed <= self._old.keys() and new & self.new_changed <= self._new.keys()

    def is_open(self, place: Place) -> bool:
        """Tell whether a line of a hunk is not explained yet."""
        return any(not by for by in self._by(place))

    def _by(self, place: Place) -> Iterator[set[int]]:
        """What explains each line of a hunk."""
        hunk = place.hunk
        yield from (self._old.get((hunk.old_path, n), set()) for n in place.old.said(hunk.old))
        yield from (self._new.get((hunk.path, n), set()) for n in place.new.said(hunk.new))

    def explained(self) -> Explained:
        """Sum up what was noted."""
        whole = [
            (place.hunk, tuple(sorted(set().union(*self._by(place)))))
            for place in self.places
            if not self.is_open(place)
        ]
        return Explained(
            refactorings=tuple(self._found),
            hunks=tuple(whole),
            lines=len(self._old) + len(self._new),
            of_lines=len(self.old_changed) + len(self.new_changed),
            of_hunks=len(self.places),
        )
