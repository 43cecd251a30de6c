"""What past commits said and which files they touched: an inverted index of their messages, kept by commit."""

import zlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

import msgspec

from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.retrieval.terms import count_words
from codeagent.workspace.blobs import read_blob, write_blob
from codeagent.workspace.git import Repository
from codeagent.workspace.telling import Told, is_before, tell

BLOB: Final = "messages"
_VERSION: Final = "1"
MOST_COMMITS: Final = 15_000  # read when nothing is known yet, the newest ones
SWEEPING: Final = 25  # files: a commit that touches more says nothing of any
_ID: Final = 20
_LONGEST: Final = 4_000  # characters of one message


class _Kept(msgspec.Struct, array_like=True):
    version: str
    head: str
    commits: bytes
    starts: bytes
    touched: bytes
    sizes: bytes
    paths: list[str]
    aliases: dict[str, int]
    words: dict[str, bytes]


@dataclass(slots=True)
class Messages:
    """Commits numbered from the oldest; a renamed file counts under its newest name."""

    head: str = ""
    commits: bytearray = field(default_factory=bytearray)  # the first 20 bytes of each id
    starts: "array[int]" = field(default_factory=lambda: array("I", [0]))  # into touched, one more than commits
    touched: "array[int]" = field(default_factory=lambda: array("I"))  # indexes into paths
    sizes: "array[int]" = field(default_factory=lambda: array("I"))  # different words of each message
    paths: list[str] = field(default_factory=list)
    aliases: dict[str, int] = field(default_factory=dict)  # every name a file has had, to its index
    words: dict[str, bytes] = field(default_factory=dict)  # "I": the commits in whose message a word stands
    added: "dict[str, array[int]]" = field(default_factory=dict)  # the same for commits added since

    def __len__(self) -> int:
        return len(self.sizes)

    def files(self, commit: int) -> "array[int]":
        """Return the files that a commit touched, as indexes into paths."""
        return self.touched[self.starts[commit] : self.starts[commit + 1]]

    def commit(self, number: int) -> str:
        """Return the id of a commit, at most 40 hex digits."""
        return self.commits[_ID * number : _ID * (number + 1)].hex()

    def saying(self, word: str, before: int) -> "memoryview[int]":
        """Return the commits older than number `before` in whose message a word stands, oldest first."""
        rows = self.words.get(word, b"") + (self.added[word].tobytes() if word in self.added else b"")
        found = memoryview(rows).cast("I")
        return found[: bisect_left(found, before)]

    def add(self, one: Told) -> None:
        """Append a commit that is newer than all known."""
        number = len(self)
        self.commits += bytes.fromhex(one.commit)[:_ID]
        for status, old, new in one.touches:
            self.touched.append(self._index(status, old, new))
        self.starts.append(len(self.touched))
        said = count_words(one.message[:_LONGEST]) if len(one.touches) <= SWEEPING else {}
        self.sizes.append(len(said))
        for word in said:
            self.added.setdefault(word, array("I")).append(number)

    def _index(self, status: str, old: str, new: str) -> int:
        known = self.aliases.get(old)
        if known is None or (status == "A" and self.paths[known] != new):
            known = len(self.paths)
            self.paths.append(new)
        elif status == "R":
            self.paths[known] = new
        self.aliases[new] = known
        return known


def messages(repository: Repository | None, head: str | None, settings: Config) -> Messages:
    """Return what the commits up to `head` say; only what is new since the last call is read.

    Empty where there is no repository, no commit, or git cannot read its history."""
    if repository is None or head is None:
        return Messages()
    known = _load(settings, repository)
    if known.head == head:
        return known
    try:
        if known.head and not is_before(repository, known.head, head):
            known = Messages()
        for one in tell(repository, head, known.head, MOST_COMMITS):
            known.add(one)
    except UsageError:
        return Messages()
    known.head = head
    write_blob(settings.cache_dir, repository.root, BLOB, zlib.compress(msgspec.msgpack.encode(_kept(known)), 1))
    return known


def _kept(known: Messages) -> _Kept:
    words = dict(known.words)
    for word, row in known.added.items():
        words[word] = words.get(word, b"") + row.tobytes()
    arrays = (known.starts.tobytes(), known.touched.tobytes(), known.sizes.tobytes())
    return _Kept(_VERSION, known.head, bytes(known.commits), *arrays, known.paths, known.aliases, words)


def _load(settings: Config, repository: Repository) -> Messages:
    body = read_blob(settings.cache_dir, repository.root, BLOB)
    if body is None:
        return Messages()
    try:
        kept = msgspec.msgpack.decode(zlib.decompress(body), type=_Kept)
        starts, touched, sizes = map(_integers, (kept.starts, kept.touched, kept.sizes))
    except (zlib.error, msgspec.DecodeError, ValueError):
        return Messages()
    whole = len(starts) == len(sizes) + 1 and starts[-1] == len(touched) and len(kept.commits) == _ID * len(sizes)
    if kept.version != _VERSION or not whole or any(len(row) % 4 for row in kept.words.values()):
        return Messages()
    return Messages(kept.head, bytearray(kept.commits), starts, touched, sizes, kept.paths, kept.aliases, kept.words)


def _integers(packed: bytes) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(packed)
    return numbers
