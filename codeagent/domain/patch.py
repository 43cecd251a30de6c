"""A change as a value: edits, new files, deletions and moves, applied and shown without touching any disk."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from codeagent.domain.code import Span
from codeagent.domain.errors import Refused
from codeagent.domain.unified import file_diff


class Safety(StrEnum):
    """`safe`: same behaviour, proven by exact references alone; `review`: a person should look."""

    SAFE = "safe"
    REVIEW = "review"


class Conflict(Refused):
    """Two changes touch the same text, so neither order of them is right."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes `start` to `end` of `path` (its name before any move) become `text`."""

    path: str
    start: int
    end: int
    text: bytes

    @property
    def span(self) -> Span:
        """The bytes that are replaced."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of many files. Paths are POSIX, relative to the root.

    `edits` are sorted, do not overlap, and insert at most once at an offset (else Conflict); edits of a file
    that also moves are told in its old path. `base` maps every path that is read, moved or deleted to the hex
    digest (`digest_of`) of the bytes it was computed from; a path in `creates` must not exist."""

    title: str = ""
    edits: tuple[Edit, ...] = ()
    creates: Mapping[str, bytes] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)  # old path -> new path
    base: Mapping[str, str] = field(default_factory=dict)
    safety: Safety = Safety.SAFE

    def __post_init__(self) -> None:
        object.__setattr__(self, "edits", tuple(sorted(set(self.edits))))
        for first, second in zip(self.edits, self.edits[1:], strict=False):
            same_place = (first.start, first.end) == (second.start, second.end)
            if first.path == second.path and (second.start < first.end or same_place):
                raise Conflict(f"two edits of {first.path} overlap at byte {second.start}", "apply one of them first")

    def __bool__(self) -> bool:
        return bool(self.edits or self.creates or self.deletes or self.moves)

    @property
    def touched(self) -> tuple[str, ...]:
        """Every path that is written, deleted or moved, old and new names, sorted."""
        paths = {edit.path for edit in self.edits}.union(self.creates, self.deletes, self.moves, self.moves.values())
        return tuple(sorted(paths))

    def edits_of(self, path: str) -> list[Edit]:
        """Return the edits of one file (its old path), in order."""
        return [edit for edit in self.edits if edit.path == path]

    def apply(self, files: Mapping[str, bytes]) -> dict[str, bytes | None]:
        """Return what becomes of every touched path: its bytes, or None where it is gone.

        `files` must hold every path that is edited or moved."""
        result: dict[str, bytes | None] = dict.fromkeys(self.deletes)
        result.update(dict.fromkeys(self.moves))
        by_path: dict[str, list[Edit]] = {}
        for edit in self.edits:
            by_path.setdefault(edit.path, []).append(edit)
        for path in by_path.keys() | self.moves.keys():
            result[self.moves.get(path, path)] = edited(files[path], by_path.get(path, ()))
        result.update(self.creates)
        return result

    def diff(self, files: Mapping[str, bytes]) -> str:
        """Return a unified diff as git writes and applies it, bytes that are not UTF-8 escaped as surrogates.

        `files` must hold every path that is edited, moved or deleted."""
        after = self.apply(files)
        shown = {old: file_diff(old, new, files[old], after[new]) for old, new in self.moves.items()}
        for path in {edit.path for edit in self.edits}.union(self.deletes) - self.moves.keys():
            stays = path not in self.deletes or path in self.creates
            shown[path] = file_diff(path, path, files[path], after[path] if stays else None)
        for path in self.creates.keys() - set(self.deletes):
            shown[path] = shown.get(path, "") + file_diff(path, path, None, self.creates[path])
        return "".join(shown[path] for path in sorted(shown))


def edited(source: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a file's bytes with sorted, disjoint edits made."""
    parts, at = [], 0
    for edit in edits:
        parts += [source[at : edit.start], edit.text]
        at = edit.end
    parts.append(source[at:])
    return b"".join(parts)


def merge(first: Patch, second: Patch) -> Patch:
    """Return one patch that does both, each computed from the same files; Conflict where they overlap."""
    for path in (first.creates.keys() & second.creates.keys()) | (first.moves.keys() & second.moves.keys()):
        if first.creates.get(path) != second.creates.get(path) or first.moves.get(path) != second.moves.get(path):
            raise Conflict(f"both changes make {path}", "apply one of them first")
    both = first.base.keys() & second.base.keys()
    if any(first.base[path] != second.base[path] for path in both):
        raise Conflict("the two changes were computed from different files", "compute them again")
    return Patch(
        title=first.title or second.title,
        edits=first.edits + second.edits,
        creates={**first.creates, **second.creates},
        deletes=tuple(sorted({*first.deletes, *second.deletes})),
        moves={**first.moves, **second.moves},
        base={**first.base, **second.base},
        safety=Safety.SAFE if first.safety == second.safety == Safety.SAFE else Safety.REVIEW,
    )


def hex_digest(source: bytes) -> str:
    """Return the 32 hex digits that stand for a file's content."""
    return blake2b(source, digest_size=16).hexdigest()


class Shift:
    """Where the bytes of one file are after its edits."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._edits = sorted(edits)
        self._starts = [edit.start for edit in self._edits]
        self._after: list[int] = []  # how far what follows each edit has moved
        moved = 0
        for edit in self._edits:
            moved += len(edit.text) - (edit.end - edit.start)
            self._after.append(moved)

    def new(self, offset: int) -> int | None:
        """Return where a byte is now; None where an edit has replaced it."""
        at = bisect_right(self._starts, offset) - 1
        if at >= 0 and offset < self._edits[at].end:
            return None
        return offset + (self._after[at] if at >= 0 else 0)

    def start_of(self, offset: int) -> int | None:
        """Return where the replacement starts whose replaced bytes started at `offset`; None where none did."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0 or self._edits[at].start != offset:
            return None
        return offset + (self._after[at - 1] if at else 0)
