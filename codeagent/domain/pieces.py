"""A change taken apart into files and hunks, so that somebody may take a part of it and leave the rest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from codeagent.domain.unified import Block, changed_blocks, file_diff, lines_of

NEAR: Final = 6  # lines between two blocks that are still shown, and taken, as one hunk
Hunk = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """What becomes of one file; None stands for a file that is not there."""

    old_path: str
    path: str
    before: bytes | None
    after: bytes | None

    @property
    def whole(self) -> bool:
        """Whether it is taken whole or not at all: a file that is made, deleted, moved, or holds no lines."""
        before, after = self.before, self.after
        return before is None or after is None or self.old_path != self.path or b"\0" in before or b"\0" in after

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The blocks that differ, those beside each other as one."""
        if self.whole:
            return (((0, 0, 0, 0),),)
        blocks = changed_blocks(lines_of(self.before or b""), lines_of(self.after or b""))
        starts = [at for at, (one, two) in enumerate(pairwise(blocks), 1) if two[0] - one[1] > NEAR]
        return tuple(tuple(blocks[a:b]) for a, b in pairwise([0, *starts, len(blocks)]))

    def taking(self, blocks: Collection[Block]) -> "Piece":
        """Return the change with these blocks of its hunks alone."""
        if self.whole:
            return self if blocks else Piece(self.old_path, self.old_path, self.before, self.before)
        old, new = lines_of(self.before or b""), lines_of(self.after or b"")
        rows, at = list[str](), 0
        for i1, i2, j1, j2 in sorted(blocks):
            rows += [*old[at:i1], *new[j1:j2]]
            at = i2
        return replace(self, after="".join([*rows, *old[at:]]).encode("utf-8", "surrogateescape"))

    def __bool__(self) -> bool:
        return self.before != self.after or self.old_path != self.path

    @property
    def diff(self) -> str:
        """The change as git would show it."""
        return file_diff(self.old_path, self.path, self.before, self.after)


def split(hunk: Hunk) -> tuple[Hunk, ...]:
    """Return the blocks of a hunk, each as a hunk of its own."""
    return tuple((block,) for block in hunk)


def pieces_of(
    after: Mapping[str, bytes | None], moves: Mapping[str, str], before: Mapping[str, bytes | None]
) -> list[Piece]:
    """Return a change file by file: contents by path (None: gone), old to new path of moves, and what was there."""
    sources = {new: old for old, new in moves.items()}
    found = []
    for path, data in sorted(after.items()):
        if path in moves and data is None:
            continue
        old = sources.get(path, path)
        found.append(Piece(old, path, None if path in moves and path not in sources else before.get(old), data))
    return [one for one in found if one]


def put_together(changes: Iterable[Piece]) -> tuple[dict[str, bytes | None], dict[str, str]]:
    """Return what files become, by path (None: gone), and the moves: the reverse of `pieces_of`."""
    kept: Sequence[Piece] = [one for one in changes if one]
    moves = {one.old_path: one.path for one in kept if one.old_path != one.path}
    return {**dict.fromkeys(moves), **{one.path: one.after for one in kept}}, moves
