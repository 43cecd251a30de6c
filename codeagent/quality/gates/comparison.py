"""Every name of a tree before and after a change: which of them do not mean what they did, and which mean nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.patch import Shift
from codeagent.graph.naming import FileNames, key_of
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.edits import WORD, Written, edits_of
from codeagent.quality.gates.elsewhere import elsewhere, rebound_names
from codeagent.quality.gates.matching import Matching
from codeagent.quality.gates.sketching import has_unknown, is_sketch, unknown_names

_PYTHON: Final = "python"


@dataclass(frozen=True, slots=True)
class Difference:
    """A name that does not mean what it did. `start` is a byte of the file after the change; `before` and `after` are
    what it stood and stands for, empty for nothing known; `bare`: a name by itself; `untouched`: in
    text that stayed."""

    path: str
    start: int
    end: int
    before: frozenset[str]
    after: frozenset[str]
    bare: bool
    untouched: bool


class Comparison:
    """The names of both sides of one change. `renamed` maps keys, old to new."""

    def __init__(self, change: Change, matching: Matching) -> None:
        self._change, self._matching = change, matching
        self.renamed = {key_of(old): key_of(new) for old, new in matching.renamed.items()}
        self._blocks: dict[str, Mapping[str, str]] = {}

    def differences(self) -> Iterator[Difference]:
        """Yield what differs, over the whole tree."""
        change = self._change
        before, after = change.before_graph.files, change.after_graph.files
        written = [path for path in change.written() if path in after]
        olds = [old for path in written if (old := change.old_path(path)) in before]
        change.before_names.load(dict.fromkeys([*olds, *(one[0] for one in self._carried())]))
        change.after_names.load(written)
        for path in written:
            met: set[int] = set()
            if change.old_path(path) in before:
                yield from self._stayed(path, met)
            yield from self._moved(path, met)
            if after[path].language == _PYTHON:
                yield from self._fresh(path, met)
        yield from self._elsewhere()

    def new_key(self, key: str) -> str:
        """Return what a key is called after the change."""
        path, mark, name = key.partition("::")
        if "@" in name and (told := self._in_blocks(path).get(key)) is not None:
            return told
        parts = name.split(".") if mark else []
        for count in range(len(parts), 0, -1):
            head = f"{path}::{'.'.join(parts[:count])}"
            if head in self.renamed:
                return ".".join([self.renamed[head], *parts[count:]])
        moved = self._change.moves.get(path, path)
        return f"{moved}::{name}" if mark else moved

    def _in_blocks(self, old_path: str) -> Mapping[str, str]:
        """What the names of blocks are called after the change: each carries the number of its block, or its place,
        and those are others once text before it came or went."""
        if old_path not in self._blocks:
            path = self._change.moves.get(old_path, old_path)
            known = path in self._change.by_path and path in self._change.after_graph.files
            self._blocks[old_path] = dict(self._numbered_anew(path)) if known else {}
        return self._blocks[old_path]

    def _numbered_anew(self, path: str) -> Iterator[tuple[str, str]]:
        shift = Shift(edits_of(self._change, path))
        now = dict(self._change.after_names.file(path).numbered())
        for start, key in self._change.before_names.file(self._change.old_path(path)).numbered():
            if (at := shift.new(start)) in now:
                yield key, now[at]

    def _stayed(self, path: str, met: set[int]) -> Iterator[Difference]:
        """References in text of a written file that nobody touched."""
        edits = edits_of(self._change, path)
        shift, source = Shift(edits), self._change.source_before(path)
        old = self._change.before_names.file(self._change.old_path(path))
        new = self._change.after_names.file(path)
        for start, end in old.spans():
            place = shift.new(start)
            if source[start:end] not in self._spoken and not old.is_bare(start, end):
                continue  # a member by a name that no edit speaks of means what it did
            if place is not None and shift.new(end - 1) == place + end - 1 - start:
                met.add(place)
                yield from self._compared(old, new, start, end, place)

    @cached_property
    def _spoken(self) -> frozenset[bytes]:
        """The words of all text that went or came; where behaviour may change, those that are bound otherwise now: a
        member by any other name is there as it was, whatever it is asked of."""
        names = None if self._change.claims.refactor else rebound_names(self._change)
        if names is not None:
            return frozenset(name.encode("utf-8", "surrogateescape") for name in names.every)
        found: set[bytes] = set()
        for file in self._change.files:
            before = self._change.source_before(file.path)
            for edit in edits_of(self._change, file.path):
                found.update(WORD.findall(before[edit.start : edit.end]), WORD.findall(edit.text))
        return frozenset(found)

    def _moved(self, path: str, met: set[int]) -> Iterator[Difference]:
        """References in definitions that came as they were from another file."""
        new = self._change.after_names.file(path)
        for old_path, first, last, new_path, at in self._carried():
            if new_path == path:
                old = self._change.before_names.file(old_path)
                for start, end in old.spans():
                    if first <= start and end <= last:
                        met.add(at + start - first)
                        yield from self._compared(old, new, start, end, at + start - first)

    def _compared(self, old: FileNames, new: FileNames, start: int, end: int, place: int) -> Iterator[Difference]:
        was, now = old.meaning(start, end), new.meaning(place, place + end - start)
        if was is None or not was.targets or was.certainty is not Certainty.EXACT:
            return
        wanted = frozenset(map(self.new_key, was.targets))
        found = now.targets if now else frozenset()
        if not wanted & found:
            until, bare = place + end - start, old.is_bare(start, end)
            if not found and (not new.refers(place, until) or (bare and not new.is_bare(place, until))):
                return  # the word stayed, in a remark now, or is asked of something that nothing is known of
            same = bare == new.is_bare(place, until)  # else it was written anew, as a member of something or by itself
            yield Difference(new.path, place, until, wanted, found, bare, same or not found)

    def _fresh(self, path: str, met: set[int]) -> Iterator[Difference]:
        """Bare names in new text that stand for nothing."""
        new = self._change.after_names.file(path)
        old_path = self._change.old_path(path)
        unknown = (
            unknown_names(self._change.before_graph, self._change.before_names.file(old_path))
            if (old_path in self._change.before_graph.files)
            else set()
        )
        source = self._change.after_graph.read(path)
        found = [
            Difference(path, start, end, frozenset(), frozenset(), True, False)
            for start, end in new.bare_spans()
            if start not in met and not new.spoken_for(start, end) and source[start:end] not in unknown
        ]
        if found and not is_sketch(self._change, path, partial(has_unknown, self._change)):
            yield from found

    def _elsewhere(self) -> Iterator[Difference]:
        """References in files that were not written, where they surely led to what changed."""
        turned = list(elsewhere(self._change, self.new_key))
        self._change.after_names.load(dict.fromkeys(one.path for one in turned))
        for one in turned:
            names = self._change.after_names.file(one.path)
            span = next((span for span in names.bare_spans() if span[0] == one.start), None)
            end = one.start if span is None else span[1]
            yield Difference(one.path, one.start, end, one.wanted, one.found, span is not None, True)

    def _carried(self) -> Iterator[tuple[str, int, int, str, int]]:
        for old, new in self._matching.renamed.items():
            before, after = self._matching.before[old], self._matching.after[new]
            elsewhere = before.symbol.path not in self._change.moves and before.symbol.path != after.symbol.path
            if elsewhere and before.text == after.text:
                span = before.symbol.span
                yield before.symbol.path, span.start, span.end, after.symbol.path, after.symbol.span.start

    def written(self, path: str) -> Written:
        """Return which bytes of a written file are new."""
        return Written(edits_of(self._change, path))
