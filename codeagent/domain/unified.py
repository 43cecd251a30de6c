"""Writing a unified diff as git writes it, so that `git apply` makes of the one side exactly the other."""

import hashlib
import re
import zlib
from base64 import b85encode
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

_CONTEXT: Final = 3  # lines
_MOST: Final = 400  # changed lines between fixed points that a least difference is looked for
_SPECIAL: Final = re.compile(r'[\x00-\x1f"\\\x7f]')
_LETTERS: Final = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}

Block = tuple[int, int, int, int]  # old lines from, to, and the new ones from, to, that stand in their place


def file_diff(old_path: str, new_path: str, old: bytes | None, new: bytes | None, *, executable: bool = False) -> str:
    """Return the diff of one file; None stands for a file that is not there. Bytes that are no UTF-8 are surrogates."""
    mode = "100755" if executable else "100644"
    head = [f"diff --git {_quoted('a/' + old_path)} {_quoted('b/' + new_path)}"]
    if old is None:
        head.append(f"new file mode {mode}")
    elif new is None:
        head.append(f"deleted file mode {mode}")
    elif old_path != new_path:
        head += [f"rename from {_quoted(old_path)}", f"rename to {_quoted(new_path)}"]
    before, after = old or b"", new or b""
    if before == after:
        return "\n".join(head) + "\n" if len(head) > 1 else ""
    if b"\0" in before or b"\0" in after:
        head += [f"index {_blob_id(old)}..{_blob_id(new)}", "GIT binary patch", _literal(after), _literal(before)]
        return "\n".join(head) + "\n"
    head.append("--- " + ("/dev/null" if old is None else _named("a/" + old_path)))
    head.append("+++ " + ("/dev/null" if new is None else _named("b/" + new_path)))
    return "\n".join(head) + "\n" + "".join(_hunks(lines_of(before), lines_of(after)))


def changed_blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Return the blocks that differ, in order, by patience diff: lines that both sides have once are the fixed points.

    Source: B. Cohen's patience diff. Stretches without fixed points get the least difference, or are replaced whole
    where it is large; so n lines take O(n log n) and those stretches a bounded number of passes."""
    blocks = []
    open_blocks = [(0, len(old), 0, len(new))]
    while open_blocks:
        block = _trimmed(old, new, open_blocks.pop())
        i1, i2, j1, j2 = block
        if i1 == i2 or j1 == j2:
            blocks += [block] if i1 < i2 or j1 < j2 else []
        elif points := _fixed_points(old, new, block):
            ends = [(i1 - 1, j1 - 1), *points, (i2, j2)]
            open_blocks += [(i + 1, next_i, j + 1, next_j) for (i, j), (next_i, next_j) in pairwise(ends)]
        else:
            blocks += _least_blocks(old, new, block)
    return sorted(blocks)


def _trimmed(old: Sequence[str], new: Sequence[str], block: Block) -> Block:
    """Without the lines at either end that are the same."""
    i1, i2, j1, j2 = block
    while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    return i1, i2, j1, j2


def _fixed_points(old: Sequence[str], new: Sequence[str], block: Block) -> list[tuple[int, int]]:
    """Pairs of places of lines that stand once on each side: the longest rising sequence of them."""
    i1, i2, j1, j2 = block
    once = {line for line, count in Counter(old[i1:i2]).items() if count == 1}
    twice = {line for line, count in Counter(new[j1:j2]).items() if count > 1}
    places = {new[j]: j for j in range(j1, j2) if new[j] in once and new[j] not in twice}
    pairs = [(i, places[old[i]]) for i in range(i1, i2) if old[i] in places]
    tails: list[int] = []  # the smallest new place in which a rising sequence of each length ends
    ends: list[int] = []  # which pair that is
    before: list[int] = []  # the pair in front of each pair
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [number]
    found, at = [], ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _least_blocks(old: Sequence[str], new: Sequence[str], block: Block) -> list[Block]:
    """The blocks of a shortest edit script, or the whole where more than `_MOST` lines differ.

    Source: E. Myers, An O(ND) difference algorithm and its variations (1986), the greedy one."""
    i1, i2, j1, j2 = block
    furthest = {1: 0}  # old lines behind us, by diagonal (old minus new)
    trail = []
    for differences in range(_MOST + 1):
        trail.append(furthest.copy())
        for diagonal in range(-differences, differences + 1, 2):
            x, _ = _step(furthest, diagonal, differences)
            while x < i2 - i1 and x - diagonal < j2 - j1 and old[i1 + x] == new[j1 + x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= i2 - i1 and x - diagonal >= j2 - j1:
                return _walked_back(trail, block)
    return [block]


def _step(furthest: dict[int, int], diagonal: int, differences: int) -> tuple[int, bool]:
    """Where a diagonal is entered (old lines behind us), and whether by a line of the new side, else of the old."""
    if diagonal == -differences or (diagonal != differences and furthest[diagonal - 1] < furthest[diagonal + 1]):
        return furthest[diagonal + 1], True
    return furthest[diagonal - 1] + 1, False


def _walked_back(trail: Sequence[dict[int, int]], block: Block) -> list[Block]:
    """One block for each run of lines that were left out or put in, from the end of the trail to its start."""
    i1, x, j1, y = block[0], block[1] - block[0], block[2], block[3] - block[2]
    blocks: list[Block] = []
    for differences in range(len(trail) - 1, 0, -1):
        furthest, diagonal = trail[differences], x - y
        x, is_new = _step(furthest, diagonal, differences)
        y = x - diagonal
        end = (i1 + x, j1 + y)
        x, y = (x, y - 1) if is_new else (x - 1, y)
        start = (i1 + x, j1 + y)
        if blocks and (blocks[-1][0], blocks[-1][2]) == end:
            blocks[-1] = (start[0], blocks[-1][1], start[1], blocks[-1][3])
        else:
            blocks.append((start[0], end[0], start[1], end[1]))
    return blocks


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    group: list[Block] = []
    for block in changed_blocks(old, new):
        if group and block[0] - group[-1][1] > 2 * _CONTEXT:
            yield from _hunk(old, new, group)
            group = []
        group.append(block)
    if group:
        yield from _hunk(old, new, group)


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[Block]) -> Iterator[str]:
    lead = min(_CONTEXT, group[0][0])
    rest = min(_CONTEXT, len(old) - group[-1][1])
    at = group[0][0] - lead
    yield f"@@ -{_range(at, group[-1][1] + rest)} +{_range(group[0][2] - lead, group[-1][3] + rest)} @@\n"
    for i1, i2, j1, j2 in group:
        yield from (_row(" ", line) for line in old[at:i1])
        yield from (_row("-", line) for line in old[i1:i2])
        yield from (_row("+", line) for line in new[j1:j2])
        at = i2
    yield from (_row(" ", line) for line in old[at : at + rest])


def _range(start: int, end: int) -> str:
    if end - start == 1:
        return str(end)
    return f"{start + 1 if end > start else start},{end - start}"


def _row(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def lines_of(source: bytes) -> list[str]:
    """Lines end with \\n alone, as for git."""
    rows = source.decode("utf-8", "surrogateescape").split("\n")
    return [row + "\n" for row in rows[:-1]] + ([rows[-1]] if rows[-1] else [])


def _quoted(name: str) -> str:
    """A name as git quotes it where it must."""
    if not _SPECIAL.search(name):
        return name
    letter = {c: "\\" + _LETTERS[c] if c in _LETTERS else f"\\{ord(c):03o}" for c in set(_SPECIAL.findall(name))}
    return '"' + "".join(letter.get(c, c) for c in name) + '"'


def _named(name: str) -> str:
    """A name in a `---` or `+++` line: a tab ends one that holds a space."""
    quoted = _quoted(name)
    return quoted + "\t" if " " in quoted and quoted == name else quoted


def _blob_id(data: bytes | None) -> str:
    """The name that git gives to contents (SHA-1)."""
    if data is None:
        return "0" * 40
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _literal(data: bytes) -> str:
    """Contents as a binary patch spells them: deflated, 52 bytes a line, each line led by its length."""
    packed = zlib.compress(data)
    rows = [f"literal {len(data)}"]
    for at in range(0, len(packed), 52):
        part = packed[at : at + 52]
        length = chr(len(part) + (64 if len(part) <= 26 else 70))
        rows.append(length + b85encode(part, pad=True).decode("ascii"))
    return "\n".join([*rows, ""])
