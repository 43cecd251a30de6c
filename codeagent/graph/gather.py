"""What each listed file is: read, classified, its language found, its facts extracted; in process or in a pool."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from codeagent.graph.extract import Extracted, digest_of, has_facts, packed
from codeagent.graph.pool import Pool, worker_count
from codeagent.graph.records import Head, Listed
from codeagent.graph.store import FactsRow, words_crc
from codeagent.languages import for_path
from codeagent.workspace.marks import classify

FEW: Final = 150  # below so many files, and so many bytes, one process is done before a second one has begun
_FEW_BYTES: Final = 1_500_000
_CHUNK_BYTES: Final = 200_000
_CHUNK_FILES: Final = 64
_HEAD: Final = 4096

Reader = Callable[[str], bytes]


class Outcome(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What became of one file: facts, or the reason why there are none."""

    item: int
    reason: str  # empty: indexed
    language: str = ""
    row: int = 0  # of the facts store; 0 for a language that is only counted
    known: bool = False  # the store has that row
    extracted: Extracted | None = None


def facts_row(digest: bytes, language: str, stamp: str) -> int:
    """Return the row under which the facts of some content are kept: a positive 63-bit hash."""
    state = blake2b(digest_size=8)
    for part in (digest, language.encode(), stamp.encode()):
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return int.from_bytes(state.digest(), "little") >> 1


def facts_row_of(outcome: Outcome) -> FactsRow:
    """Return what the store keeps of a file that was extracted."""
    extracted = outcome.extracted
    assert extracted is not None
    head = msgspec.msgpack.encode(Head(extracted.lines, extracted.code_lines, extracted.errors, extracted.package))
    crc = words_crc(head, extracted.defined, extracted.names)
    return FactsRow(outcome.row, head, crc, extracted.crc, extracted.defined, extracted.names, extracted.blob)


class Gatherer:
    """Turns files into outcomes. `known` are the rows that need no extraction."""

    def __init__(self, read: Reader, known: frozenset[int] | set[int], stamp: str) -> None:
        self._read, self._known, self._stamp = read, known, stamp

    def gather(self, files: Sequence[Listed], workers: int | None = None) -> Iterator[tuple[str, Outcome]]:
        """Yield (path, outcome) of each file, as they are done."""
        paths = [file.path for file in files]
        workers = worker_count() if workers is None else workers
        if workers < 2 or (len(files) < FEW and sum(file.size for file in files) < _FEW_BYTES):
            for item in range(len(files)):
                yield paths[item], self._outcome(item, paths[item])
            return
        chunks = chunked([file.size for file in files], _CHUNK_BYTES, _CHUNK_FILES)
        encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(list[Outcome]).decode

        def job(items: Sequence[int]) -> bytes:
            return encode([self._outcome(item, paths[item]) for item in items])

        for items, answer in Pool(job, chunks, workers).run():
            if answer is None:
                yield from ((paths[item], Outcome(item, "extraction-failed")) for item in items)
            else:
                yield from ((paths[outcome.item], outcome) for outcome in decode(answer))

    def _outcome(self, item: int, path: str) -> Outcome:
        try:
            source = self._read(path)
        except FileNotFoundError:
            return Outcome(item, "missing")
        except OSError:
            return Outcome(item, "unreadable")
        reason = classify(path, source)
        if reason:
            return Outcome(item, reason)
        language = for_path(path, source[:_HEAD])
        if language is None:
            return Outcome(item, "unknown-language")
        digest = digest_of(source)
        row = facts_row(digest, language.name, self._stamp) if has_facts(language) else 0
        if row in self._known:
            return Outcome(item, "", language.name, row, True, Extracted(item, digest, len(source)))
        extracted = packed(item, language, source)
        return Outcome(item, "extraction-failed" if extracted.problem else "", language.name, row, False, extracted)


def chunked(sizes: Sequence[int], most_bytes: int, most_files: int) -> list[list[int]]:
    """Group items into chunks of like size, the largest items first."""
    chunks: list[list[int]] = []
    room = files = 0
    for item in sorted(range(len(sizes)), key=lambda item: -sizes[item]):
        if room < sizes[item] or files == 0:
            chunks.append([])
            room, files = most_bytes, most_files
        chunks[-1].append(item)
        room -= sizes[item]
        files -= 1
    return chunks


def read_from(contents: Mapping[str, bytes | None]) -> Reader:
    """Return a reader of contents that are in memory."""

    def read(path: str) -> bytes:
        content = contents.get(path)
        if content is None:
            raise FileNotFoundError(path)
        return content

    return read
