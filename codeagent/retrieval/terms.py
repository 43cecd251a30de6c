"""Which words stand in which files, and how often: an inverted index in the cache folder, kept by content."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from codeagent.config import Config
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.words import identifier_words
from codeagent.workspace.blobs import read_blob, write_blob

BLOB: Final = "terms"
_VERSION: Final = "3"
_LARGEST: Final = 400_000  # bytes of one file that are read for words
_MOST_SEGMENTS: Final = 8  # after so many small additions everything is counted anew
_COUNT_BITS: Final = 8
_MOST: Final = (1 << _COUNT_BITS) - 1
_NO_PROSE: Final = frozenset(("gettext", "csv", "svg", "xml", "json lines"))  # nobody asks for these by their words
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*")


class Segment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The words of some contents. A posting is one unsigned int: number of the content, then a count of 8 bits."""

    digests: tuple[str, ...]
    lengths: bytes  # "I": words of each content
    text: dict[str, bytes]  # word to postings
    names: dict[str, bytes]  # the same for the names that a file defines


class _Kept(msgspec.Struct, array_like=True):
    version: str
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of every text file of one snapshot."""

    segments: tuple[Segment, ...]
    homes: Mapping[str, tuple[str, ...]]  # digest to the paths that have this content
    lengths: Mapping[str, int]  # words of each path
    average: float

    def text(self, word: str) -> list[tuple[str, int]]:
        """Return the files that a word stands in and how often, at most 255."""
        return [found for one in self.segments for found in self._found(one, one.text.get(word))]

    def names(self, word: str) -> list[tuple[str, int]]:
        """Return the files that define a name with this word in it, and how many names."""
        return [found for one in self.segments for found in self._found(one, one.names.get(word))]

    def _found(self, segment: Segment, body: bytes | None) -> Iterator[tuple[str, int]]:
        if body is None:
            return
        for posting in memoryview(body).cast("I"):
            for path in self.homes.get(segment.digests[posting >> _COUNT_BITS], ()):
                yield path, posting & _MOST


def terms(graph: CodeGraph, settings: Config) -> Terms:
    """Count the words of every indexed file; only what changed since the last call is read."""
    segments = _load(settings, graph)
    digests = {
        path: record.digest for path, record in graph.files.items() if record.lines and record.language not in _NO_PROSE
    }
    known = {digest for one in segments for digest in one.digests}
    missing = {digest: path for path, digest in digests.items() if digest not in known}
    if missing:
        stale = len(known - set(digests.values())) * 2 > len(known)
        if len(segments) >= _MOST_SEGMENTS or stale:
            segments, missing = [], {digest: path for path, digest in digests.items()}
        segments.append(_counted(graph, missing))
        write_blob(settings.cache_dir, graph.root, BLOB, msgspec.msgpack.encode(_Kept(_VERSION, segments)))
    return _terms(segments, digests)


def _terms(segments: list[Segment], digests: Mapping[str, str]) -> Terms:
    homes: dict[str, tuple[str, ...]] = {}
    for path, digest in digests.items():
        homes[digest] = (*homes.get(digest, ()), path)
    lengths: dict[str, int] = {}
    used = []
    for one in segments:
        for digest, length in zip(one.digests, memoryview(one.lengths).cast("I"), strict=True):
            for path in homes.get(digest, ()):
                lengths[path] = length
        used.append(one)
    return Terms(tuple(used), homes, lengths, sum(lengths.values()) / len(lengths) if lengths else 1.0)


def _counted(graph: CodeGraph, wanted: Mapping[str, str]) -> Segment:
    """Read one path of each digest that is wanted."""
    by_path = {path: digest for digest, path in wanted.items()}
    digests: list[str] = []
    lengths = array("I")
    text: dict[str, array[int]] = {}
    names: dict[str, array[int]] = {}
    for path, data in graph.tree.read_many(sorted(by_path)):
        counts = count_words(data[:_LARGEST].decode("utf-8", "replace")) if data is not None else Counter()
        _post(text, len(digests), counts)
        _post(names, len(digests), _named(graph.defined_names(path)))
        digests.append(by_path[path])
        lengths.append(counts.total())
    return Segment(tuple(digests), lengths.tobytes(), _packed(text), _packed(names))


def count_words(text: str) -> Counter[str]:
    """Count the normalised words of a text."""
    found: dict[str, int] = {}
    for identifier, times in Counter(_IDENTIFIER.findall(text)).items():
        for word in identifier_words(identifier):
            found[word] = found.get(word, 0) + times
    return Counter(found)


def _named(names: Iterable[str]) -> Counter[str]:
    return Counter(word for name in names for word in identifier_words(name.rpartition(".")[2]))


def _post(postings: "dict[str, array[int]]", number: int, counts: Mapping[str, int]) -> None:
    for word, count in counts.items():
        row = postings.get(word)
        if row is None:
            row = postings[word] = array("I")
        row.append(number << _COUNT_BITS | min(count, _MOST))


def _packed(postings: "Mapping[str, array[int]]") -> dict[str, bytes]:
    return {word: row.tobytes() for word, row in postings.items()}


def _load(settings: Config, graph: CodeGraph) -> list[Segment]:
    body = read_blob(settings.cache_dir, graph.root, BLOB)
    if body is None:
        return []
    try:
        kept = msgspec.msgpack.decode(body, type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    return kept.segments if kept.version == _VERSION and all(map(_sound, kept.segments)) else []


def _sound(segment: Segment) -> bool:
    return len(segment.lengths) == 4 * len(segment.digests)
