"""A repository's past as an event log: who touched which file when, and what follows from it."""

import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

import msgspec

HISTORY_VERSION: Final = 1
UNCOUNTED: Final = 0xFFFFFFFF  # in `added` and `deleted`: lines were not counted for this commit, or it is no text
DAY: Final = 86_400  # seconds


class Author(msgspec.Struct, frozen=True, array_like=True):
    """A person as .mailmap spells them."""

    name: str
    email: str


class Share(NamedTuple):
    """What one author did to one file; `added` counts lines only where they were counted."""

    author: Author
    commits: int
    added: int


@dataclass(frozen=True, slots=True)
class Churn:
    """How much one file was changed, under all the names it has had."""

    path: str
    commits: int
    recent: int  # commits in the last year before the newest commit of all
    first: int  # seconds since 1970, UTC
    last: int
    added: int  # lines, only in commits whose lines were counted
    deleted: int
    authors: tuple[Share, ...]  # most lines added first, then most commits


class Pair(NamedTuple):
    """Two files that change together: in `together` commits, of `left_commits` and `right_commits` each."""

    left: str
    right: str
    together: int
    left_commits: int
    right_commits: int


@dataclass(frozen=True, slots=True)
class History:
    """Every commit that is no merge, newest first, and the files it touched (named as they are at `head`).

    `dates` and `authors` have one item a commit; the four arrays after `people` and `paths` one item a touch."""

    head: str
    dates: "array[int]"  # "q": seconds since 1970, UTC
    authors: "array[int]"  # "I": index into people
    people: tuple[Author, ...]
    paths: tuple[str, ...]
    commit: "array[int]"  # "I": index of the commit, rising
    path: "array[int]"  # "I": index into paths
    added: "array[int]"  # "I": lines, or UNCOUNTED
    deleted: "array[int]"
    counted: int  # commits whose lines were counted
    complete: bool  # False: a shallow clone, or more commits than we were ready to read
    spared: tuple[str, ...] = ()  # commits that only reformat, by the repository's own list; not counted as touches

    def churn(self, present: Collection[str]) -> tuple[Churn, ...]:
        """The churn of each path in `present` that has a past, most commits first."""
        return tuple(sorted(_churn(self, frozenset(present)), key=lambda churn: (-churn.commits, churn.path)))

    def coupling(self, present: Collection[str], *, most: int = 30, least: int = 3) -> tuple[Pair, ...]:
        """Pairs of `present` files changed in at least `least` common commits, the closest pairs first.

        Commits that touch more than `most` files say nothing about pairs and are left out."""
        return tuple(sorted(_pairs(self, frozenset(present), most, least), key=_closeness))

    def to_blob(self) -> bytes:
        """A compressed form for a cache; `from_blob` reads it."""
        return zlib.compress(msgspec.msgpack.encode(_Stored.of(self)), 1)

    @staticmethod
    def from_blob(blob: bytes) -> "History | None":
        """What `to_blob` wrote, or None where it is damaged or of another version."""
        try:
            return msgspec.msgpack.decode(zlib.decompress(blob), type=_Stored).history()
        except (zlib.error, msgspec.DecodeError, ValueError):
            return None


class _Stored(msgspec.Struct, array_like=True):
    version: int
    head: str
    people: tuple[Author, ...]
    paths: tuple[str, ...]
    arrays: tuple[bytes, ...]
    counted: int
    complete: bool
    spared: tuple[str, ...]

    @classmethod
    def of(cls, past: History) -> "_Stored":
        arrays = (past.dates, past.authors, past.commit, past.path, past.added, past.deleted)
        packed = tuple(each.tobytes() for each in arrays)
        state = (past.counted, past.complete, past.spared)
        return cls(HISTORY_VERSION, past.head, past.people, past.paths, packed, *state)

    def history(self) -> History:
        if self.version != HISTORY_VERSION or len(self.arrays) != 6:
            raise ValueError("another version")
        dates, *others = self.arrays
        whole = array("q")
        whole.frombytes(dates)
        authors, commit, path, added, deleted = (_integers(each) for each in others)
        return History(
            self.head, whole, authors, self.people, self.paths, commit, path, added, deleted,
            self.counted, self.complete, self.spared,
        )  # fmt: skip


def _integers(packed: bytes) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(packed)
    return numbers


def _churn(past: History, present: frozenset[str]) -> Iterator[Churn]:
    touches: dict[int, list[int]] = {}
    wanted = {index for index, path in enumerate(past.paths) if path in present}
    for position, index in enumerate(past.path):
        if index in wanted:
            touches.setdefault(index, []).append(position)
    year_ago = (past.dates[0] if past.dates else 0) - 365 * DAY
    for index, positions in touches.items():
        dates = [past.dates[past.commit[position]] for position in positions]
        yield Churn(
            path=past.paths[index],
            commits=len(positions),
            recent=sum(date >= year_ago for date in dates),
            first=min(dates),
            last=max(dates),
            added=sum(past.added[position] for position in positions if past.added[position] != UNCOUNTED),
            deleted=sum(past.deleted[position] for position in positions if past.deleted[position] != UNCOUNTED),
            authors=_shares(past, positions),
        )


def _shares(past: History, positions: list[int]) -> tuple[Share, ...]:
    commits: Counter[int] = Counter()
    lines: Counter[int] = Counter()
    for position in positions:
        author = past.authors[past.commit[position]]
        commits[author] += 1
        if past.added[position] != UNCOUNTED:
            lines[author] += past.added[position]
    shares = (Share(past.people[author], count, lines[author]) for author, count in commits.items())
    return tuple(sorted(shares, key=lambda share: (-share.added, -share.commits, share.author.email)))


def _pairs(past: History, present: frozenset[str], most: int, least: int) -> Iterator[Pair]:
    wanted = [path in present for path in past.paths]
    single: Counter[int] = Counter()
    both: Counter[tuple[int, int]] = Counter()
    for touched in _by_commit(past):
        if len(touched) <= most:
            ours = sorted({index for index in touched if wanted[index]})
            single.update(ours)
            both.update(combinations(ours, 2))
    for (left, right), together in both.items():
        if together >= least:
            yield Pair(*_in_order(past.paths, left, right), together, *_in_step(past.paths, single, left, right))


def _by_commit(past: History) -> Iterator[list[int]]:
    touched: list[int] = []
    current = -1
    for commit, index in zip(past.commit, past.path, strict=True):
        if commit != current:
            if touched:
                yield touched
            touched, current = [], commit
        touched.append(index)
    if touched:
        yield touched


def _in_order(paths: tuple[str, ...], left: int, right: int) -> tuple[str, str]:
    return (paths[left], paths[right]) if paths[left] < paths[right] else (paths[right], paths[left])


def _in_step(paths: tuple[str, ...], single: Mapping[int, int], left: int, right: int) -> tuple[int, int]:
    return (single[left], single[right]) if paths[left] < paths[right] else (single[right], single[left])


def _closeness(pair: Pair) -> tuple[float, int, str, str]:
    share = pair.together / (pair.left_commits + pair.right_commits - pair.together)
    return (-share, -pair.together, pair.left, pair.right)
