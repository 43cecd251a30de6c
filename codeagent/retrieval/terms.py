"""How often each word stands in each file, kept in the cache folder by content."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from codeagent.config import Config
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.words import words
from codeagent.workspace.blobs import read_blob, write_blob

BLOB: Final = "terms"
_VERSION: Final = "2"
_LARGEST: Final = 400_000  # bytes of one file that are read for words


class Bag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The words of one file."""

    length: int
    counts: dict[str, int]


class _Kept(msgspec.Struct, array_like=True):
    version: str
    bags: dict[str, Bag]  # by digest


@dataclass(frozen=True, slots=True)
class Terms:
    """The bag of every text file, by path."""

    bags: Mapping[str, Bag]
    average: float

    def frequency(self, word: str) -> int:
        """In how many files a word stands."""
        return sum(1 for bag in self.bags.values() if word in bag.counts)


def terms(graph: CodeGraph, settings: Config) -> Terms:
    """Count the words of every indexed file; only what changed since the last call is read."""
    kept = _load(settings, graph)
    paths = {path: record.digest for path, record in graph.files.items() if record.lines}
    missing = sorted(path for path, digest in paths.items() if digest not in kept)
    for path, data in graph.tree.read_many(missing):
        if data is not None:
            counts = Counter(words(data[:_LARGEST].decode("utf-8", "replace")))
            kept[paths[path]] = Bag(counts.total(), dict(counts))
    bags = {path: kept[digest] for path, digest in paths.items() if digest in kept}
    if missing:
        alive = set(paths.values())
        body = msgspec.msgpack.encode(_Kept(_VERSION, {d: bag for d, bag in kept.items() if d in alive}))
        write_blob(settings.cache_dir, graph.root, BLOB, body)
    lengths = [bag.length for bag in bags.values()]
    return Terms(bags, sum(lengths) / len(lengths) if lengths else 1.0)


def _load(settings: Config, graph: CodeGraph) -> dict[str, Bag]:
    body = read_blob(settings.cache_dir, graph.root, BLOB)
    if body is None:
        return {}
    try:
        kept = msgspec.msgpack.decode(body, type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return kept.bags if kept.version == _VERSION else {}
