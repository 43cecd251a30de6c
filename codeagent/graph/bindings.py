"""Binding preservation: whether every reference stands for the same definition before and after a change.

The idea is that of reference-preserving refactoring (Schäfer, Ekman, de Moor: "Sound and Extensible Renaming for
Java", 2008): what a name is bound to is computed before and after, and compared."""

from collections.abc import Iterator
from dataclasses import dataclass

from codeagent.domain.code import Certainty
from codeagent.domain.letters import LATIN
from codeagent.graph.affected import Changed
from codeagent.graph.concerned import concerned
from codeagent.graph.naming import FileNames, Meaning, Naming
from codeagent.graph.whereabouts import Change, Keys, Places


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


def compare(before: Naming, after: Naming, names: Changed, change: Change) -> list[Difference]:
    """Return every reference known exactly that no longer means the same, and every new name that means nothing.

    `names` are those that what changed goes by. As long as all references by such a name mean what they did, what
    flows through the program is the same but for names, and so no other reference can differ."""
    return sorted(set(_Comparison(before, after, names, change).run()), key=lambda d: (d.path, d.start, d.before))


class _Comparison:
    """One comparison of two snapshots."""

    def __init__(self, before: Naming, after: Naming, names: Changed, change: Change) -> None:
        self._old, self._new, self._goes, self._change = before, after, names, change
        self._by = names.bound | names.modules
        self._before, self._after = before.graph, after.graph
        self._places = Places(change)
        self._names = Keys(change, self._places, before, after)
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
