"""What another line of work does to the files of a change: to the same lines, or to the same symbols."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.quality.gates.change import Change
from codeagent.workspace import changes
from codeagent.workspace.changes import Lines
from codeagent.workspace.git import Repository
from codeagent.workspace.revisions import Revision

_SMALL: Final = frozenset(("function", "method", "constant", "variable", "field", "attribute", "property"))
_MOST: Final = 500  # paths that git is asked about by name; beyond, about all


@dataclass(frozen=True, slots=True)
class Overlap:
    """One place of the change that another line of work touches too; `line` is of the file after the change.

    `symbol` is the function around it; `same_lines` tells lines that both change from another part of the symbol;
    `alike`: both make them the same."""

    path: str
    line: int
    symbol: str | None
    same_lines: bool
    alike: bool = False


def overlaps(change: Change, repository: Repository, since: str, tip: str) -> list[Overlap]:
    """Return where the commits from `since` to `tip` touch what the change touches; one for each place of it."""
    ours = {file.old_path: file for file in change.files}
    asked = sorted(ours) if len(ours) <= _MOST else ()
    theirs = [one for one in changes.between(repository, f"{since}..{tip}", asked) if one.old_path in ours]
    before = dict(Revision(change.root, since).read_many([one.old_path for one in theirs])) if theirs else {}
    after = dict(Revision(change.root, tip).read_many([one.path for one in theirs])) if theirs else {}
    found: dict[tuple[str, str | int], Overlap] = {}
    for one in theirs:
        for overlap in _in_file(change, ours[one.old_path], one, before[one.old_path], after[one.path]):
            found.setdefault((overlap.path, overlap.symbol or overlap.line), overlap)
    return list(found.values())


def _in_file(
    change: Change, ours: changes.Change, theirs: changes.Change, before: bytes | None, after: bytes | None
) -> Iterator[Overlap]:
    if ours.status == "added" or theirs.status == "added":
        if ours.status == theirs.status == "added":
            yield Overlap(ours.path, 1, None, True, change.after.get(ours.path) == after)
        return
    if not ours.old_lines or not theirs.old_lines:  # no text, or another mode: the file is what both change
        yield Overlap(ours.path, 1, None, True, change.after.get(ours.path) == after)
        return
    hunks = list(_still_open(change.source_before(ours.path), theirs, before or b"", after or b""))
    texts = _texts(change.source_after(ours.path), ours.new_lines)
    mine = _around(change, ours.old_path, ours.old_lines)
    for old, new, text, name in zip(ours.old_lines, ours.new_lines, texts, mine, strict=True):
        hits = [wanted for lines, wanted in hunks if _meet(old, lines)]
        if hits:
            yield Overlap(ours.path, new[0], name, True, text in hits)
    shared = {name for name in _around(change, ours.old_path, [lines for lines, _ in hunks]) if name}
    for name, new in zip(mine, ours.new_lines, strict=True):
        if name in shared:
            yield Overlap(ours.path, new[0], name, False)


def _around(change: Change, path: str, lines: Iterable[Lines]) -> list[str | None]:
    """The innermost function around each span of lines of a file before the change."""
    graph, found = change.before_graph, list[str | None]()
    symbols = [one for one in graph.symbols(path) if one.kind in _SMALL] if path in graph.files else []
    for first, last in lines:
        around = [one for one in symbols if one.line <= max(first, last) and one.end_line >= first]
        found.append(min(around, key=lambda one: one.end_line - one.line).id if around else None)
    return found


def _still_open(
    ours: bytes, theirs: changes.Change, before: bytes, after: bytes
) -> Iterator[tuple[Lines, list[bytes]]]:
    """What they change that is not so in our file yet: its lines there, and the text they put in their place."""
    mapped = _mapping(before.splitlines(), ours.splitlines())
    rows = ours.splitlines()
    for (first, last), text in zip(theirs.old_lines, _texts(after, theirs.new_lines), strict=True):
        there = [mapped[line] for line in range(first, last + 1) if line in mapped]
        if there:
            yield (min(there), max(there)), text
        elif last < first and (spot := mapped.get(first - 1)) is not None and rows[spot : spot + len(text)] != text:
            yield (spot + 1, spot), text


def _mapping(old: list[bytes], new: list[bytes]) -> dict[int, int]:
    """Line to line (1-based) of what is the same in two texts; the place before the first line is one, too."""
    if old == new:
        return {line: line for line in range(len(old) + 1)}
    found = {0: 0}
    for start, end, size in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        found |= {start + at + 1: end + at + 1 for at in range(size)}
    return found


def _texts(source: bytes, spans: Iterable[Lines]) -> list[list[bytes]]:
    rows = source.splitlines()
    return [rows[first - 1 : last] for first, last in spans]


def _meet(first: Lines, second: Lines) -> bool:
    """Whether two spans share a line or touch, which a merge cannot tell apart either."""
    return first[0] - 1 <= second[1] and second[0] - 1 <= first[1]
