"""How files begin: with no blank line where what stood first goes."""

from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import replace

from codeagent.domain.patch import Edit


def closed_up(source: bytes, edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits of one file, of which those that take its first lines away take the blank lines behind as well,
    unless something comes there."""
    found, begin = list(edits), len(BOM_UTF8) if source.startswith(BOM_UTF8) else 0
    end, last = begin, None
    for edit in sorted(found):
        if edit.text or edit.start > end:
            break
        end, last = max(end, edit.end), edit
    stop = _past_blank_lines(source, end)
    taken = any(end <= edit.start < stop or edit.start == end for edit in found)
    if last is None or stop == end or taken or source[end - 1 : end] != b"\n":
        return found
    return [replace(edit, end=stop) if edit == last else edit for edit in found]


def _past_blank_lines(source: bytes, at: int) -> int:
    while (end := source.find(b"\n", at)) >= 0 and not source[at:end].strip():
        at = end + 1
    return at
