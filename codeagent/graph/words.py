"""The names that the files of a snapshot define and mention: which files a name occurs in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from codeagent.domain.facts import FileFacts
from codeagent.graph.names import defined_names, framed, last_names, mentioned_names, pack
from codeagent.graph.records import Entry
from codeagent.graph.store import StoreError

_DEFINED: Final = 0
_MENTIONED: Final = 1
_SEARCHES: Final = 24  # names looked for, which takes as long as an index of them all

Entries = Callable[[], Mapping[str, Entry]]  # in path order, once the snapshot is whole
Stored = Callable[[Iterable[int]], Iterator[tuple[int, bytes, bytes]]]  # (row, defined, mentioned) names, packed


class Words:
    """The names of the files of one snapshot, packed; `stored` tells them, `decode` is for what the store has lost."""

    def __init__(self, entries: Entries, stored: Stored, decode: Callable[[str], FileFacts]) -> None:
        self._entries, self._stored, self._decode = entries, stored, decode
        self._lender: Words | None = None  # of a tree that most files of this one are the same as in
        self._lent: Callable[[str], bool] = lambda path: False
        self._words: dict[str, tuple[bytes, bytes]] | None = None
        self._own: tuple[str, ...] = ()  # paths whose words are not borrowed
        self._index: tuple[_Index, _Index] | None = None  # defined, mentioned
        self._asked: dict[tuple[int, str], list[str]] = {}

    def borrow(self, lender: "Words", lent: Callable[[str], bool]) -> None:
        """Take from another snapshot the names of those files that are the same there."""
        self._lender, self._lent = lender, lent

    def mentioning(self, name: str) -> Iterable[str]:
        """Return the paths of the files in whose facts a name occurs, in path order."""
        return self._having(_MENTIONED, name)

    def defining(self, name: str) -> Iterable[str]:
        """Return the paths of the files with a definition whose dotted name ends in that name, in path order."""
        return self._having(_DEFINED, name)

    def _having(self, column: int, name: str) -> Iterable[str]:
        if self._lender is not None:
            known = self._asked.get((column, name))
            if known is None:
                known = self._asked[column, name] = self._borrowed(self._lender, column, name)
            return known
        if self._index is not None:
            return self._index[column].paths(name)
        known = self._asked.get((column, name))
        if known is None:
            needles = _needles(column, name)
            known = [path for path, words in self.all().items() if _holds(words[column], needles)]
            self._asked[column, name] = known
            if len(self._asked) > _SEARCHES:
                self.index()
        return known

    def _borrowed(self, lender: "Words", column: int, name: str) -> list[str]:
        """What the lender knows of files that are the same, and what stands in the others."""
        words, needles = self.all(), _needles(column, name)
        found = [path for path in lender._having(column, name) if path in words and self._lent(path)]
        own = [path for path in self._own if _holds(words[path][column], needles)]
        return sorted([*found, *own]) if own else found

    def index(self) -> None:
        """Arrange the names for many questions; a few are answered faster by searching."""
        if self._lender is not None:
            return  # it arranges its own
        defining, mentioning = _Index(), _Index()
        for path, (defined, names) in self.all().items():
            defining.add(last_names(defined), path)
            mentioning.add(names[1:-1].decode("utf-8", "surrogateescape").split("\n"), path)
        self._index = defining, mentioning
        self._words = None

    def all(self) -> Mapping[str, tuple[bytes, bytes]]:
        """Return (defined, mentioned) names of every file with facts, packed, in path order."""
        if self._words is None:
            deep = [entry for entry in self._entries().values() if entry.facts]
            lent = self._lender.all() if self._lender is not None else {}
            known = {entry.path: lent[entry.path] for entry in deep if self._lent(entry.path)}
            rows: dict[int, tuple[bytes, bytes]] = {}
            with suppress(StoreError):  # damage: what is missing is made again below
                for row, defined, names in self._stored(entry.facts for entry in deep if entry.path not in known):
                    rows[row] = defined, names
            self._words = {
                entry.path: known.get(entry.path) or rows.get(entry.facts) or self._again(entry.path) for entry in deep
            }
            self._own = tuple(path for path in self._words if path not in known)
        return self._words

    def _again(self, path: str) -> tuple[bytes, bytes]:
        facts = self._decode(path)
        return defined_names(facts), pack(mentioned_names(facts))


class _Index:
    """Names to paths; most names are those of one file, and need no list."""

    def __init__(self) -> None:
        self._alone: dict[str, str] = {}
        self._several: dict[str, list[str]] = {}

    def add(self, names: Iterable[str], path: str) -> None:
        alone, several = self._alone, self._several
        for name in names:
            first = alone.setdefault(name, path)
            if first is not path:
                several.setdefault(name, [first]).append(path)

    def paths(self, name: str) -> Iterable[str]:
        several = self._several.get(name)
        return several or ((self._alone[name],) if name in self._alone else ())


def _needles(column: int, name: str) -> tuple[bytes, ...]:
    alone = framed(name)
    return (alone, b"." + alone[1:]) if column == _DEFINED else (alone,)


def _holds(blob: bytes, needles: tuple[bytes, ...]) -> bool:
    return any(needle in blob for needle in needles)
