"""What a model is shown of the code: spans of files, byte for byte with their line numbers, within a token budget."""

from collections.abc import Iterable
from dataclasses import dataclass

from codeagent.domain.tokens import tokens_of


@dataclass(frozen=True, slots=True)
class Slice:
    """Whole lines of a file from `first` (1-based) on, exactly as they are; `why` says why they are shown."""

    path: str
    first: int
    text: str
    why: str = ""

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.first + self.text.count("\n")

    def covers(self, path: str, first: int, last: int) -> bool:
        """Whether these lines of that file are shown."""
        return self.path == path and self.first <= first and last <= self.last


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what a model is shown; one that `must` be there is never left out."""

    text: str
    must: bool = False
    shows: tuple[Slice, ...] = ()


def slice_of(path: str, data: bytes, first: int, last: int, why: str = "") -> Slice:
    """Cut lines `first` to `last` out of a file's bytes; their line ends stay as they are."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")[first - 1 : last]
    return Slice(path, first, "\n".join(lines), why)


def show(one: Slice) -> Piece:
    """Draw a slice: a heading with its place, then each line behind its number."""
    width = len(str(one.last))
    why = f"  {one.why}" if one.why else ""
    rows = (f"{one.first + at:>{width}}  {row}" for at, row in enumerate(one.text.split("\n")))
    return Piece("\n".join([f"{one.path}:{one.first}-{one.last}{why}", *rows]), shows=(one,))


def within(pieces: Iterable[Piece], tokens: int) -> list[Piece]:
    """Keep, in order, what must be there and as much of the rest as the budget has room for, the first first."""
    offered = list(pieces)
    room = tokens - sum(tokens_of(one.text) for one in offered if one.must)
    kept = []
    for one in offered:
        if not one.must:
            if tokens_of(one.text) > room:
                continue
            room -= tokens_of(one.text)
        kept.append(one)
    return kept
