"""What was edited, in bytes: the lines that differ, narrowed down to the words in them."""

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from codeagent.domain.patch import Edit, Shift
from codeagent.quality.gates.change import Change

WORD: Final = re.compile(rb"[A-Za-z0-9_\x80-\xff]+|\s+|.", re.DOTALL)
_MANY: Final = 2000  # words of one hunk that are compared word by word


def edits_of(change: Change, path: str) -> list[Edit]:
    """Return the edits of a file (by its name after the change), told in its old bytes and under its old path."""
    before, after = change.source_before(path), change.source_after(path)
    file = change.by_path[path]
    old, new = _starts(before), _starts(after)
    edits: list[Edit] = []
    for first, second in zip(file.old_lines, file.new_lines, strict=True):
        start, end = _bytes(old, first, len(before))
        new_start, new_end = _bytes(new, second, len(after))
        edits += _narrowed(file.old_path, before[start:end], after[new_start:new_end], start)
    return edits


class Written:
    """Which bytes of a file after the change are new text."""

    def __init__(self, edits: list[Edit]) -> None:
        self._spans: list[tuple[int, int]] = []
        moved = 0
        for edit in sorted(edits):
            start = edit.start + moved
            self._spans.append((start, start + len(edit.text)))
            moved += len(edit.text) - (edit.end - edit.start)
        self._starts = [start for start, _ in self._spans]

    def __contains__(self, offset: object) -> bool:
        assert isinstance(offset, int)
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset < self._spans[at][1]

    def within(self, start: int, end: int) -> bool:
        """Tell whether any new text, or a place where text was taken out, lies in a span."""
        return any(first < end and start <= last for first, last in self._spans)


def shift_of(change: Change, path: str) -> Shift:
    """Return where the old bytes of a file are now."""
    return Shift(edits_of(change, path)) if path in change.by_path else Shift(())


def _narrowed(path: str, before: bytes, after: bytes, offset: int) -> Iterator[Edit]:
    """Edits of the words that differ; the whole text where there are too many."""
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) * len(new) > _MANY * _MANY or not old or not new:
        if before != after:
            yield Edit(path, offset, offset + len(before), after)
        return
    places = [0]
    for word in old:
        places.append(places[-1] + len(word))
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(path, offset + places[a], offset + places[b], b"".join(new[c:d]))


def _starts(source: bytes) -> list[int]:
    """Where each line starts; one more entry for the end."""
    starts, at = [0], source.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = source.find(b"\n", at + 1)
    return starts


def _bytes(starts: list[int], lines: tuple[int, int], size: int) -> tuple[int, int]:
    """The bytes of lines `first` to `last`, both included; (n, n - 1) is the place before line n."""
    first, last = lines
    start = starts[first - 1] if first - 1 < len(starts) else size
    end = starts[last] if last < len(starts) else size
    return start, max(start, end)
