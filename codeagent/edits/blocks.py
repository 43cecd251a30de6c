"""SEARCH/REPLACE blocks as models write them: a file name, the text that is there, what it becomes.

    src/shop.py
    <<<<<<< SEARCH
    :start_line:12
    -------
    what is there
    =======
    what it becomes
    >>>>>>> REPLACE

The two lines after the first marker are Roo-Code's and may be missing. Marks that belong to the text are written with
a backslash before them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from codeagent.edits.naming import name_before
from codeagent.edits.request import EditRequest, Malformed, TextEdit

_HEAD: Final = re.compile(r"([ \t]*)(<{5,9}) ?(?:SEARCH|ORIGINAL)>?[ \t]*")
_DIVIDER: Final = re.compile(r"([ \t]*)(={5,9})[ \t]*")
_TAIL: Final = re.compile(r"([ \t]*)(>{5,9}) ?(?:REPLACE|UPDATED)[ \t]*")
_STRAY: Final = re.compile(r"[ \t]*(?:<{7}|>{7})(?: .*)?")
_LINE_MARK: Final = re.compile(r"[ \t]*:(start|end)_line:[ \t]*(\d*)[ \t]*")
_ESCAPED: Final = re.compile(r"\\(?=<{7}|={7}|>{7}|-{7}|:start_line:|:end_line:)")
_NUMBERED: Final = re.compile(r"[ \t]*(\d+)[ \t]+\|(?!\|)[ ]?(.*)")
_FORM: Final = "<<<<<<< SEARCH, the text that is there, =======, what it becomes, >>>>>>> REPLACE, each on its own line"
_ESCAPE: Final = "a mark that belongs to the text is written with a backslash before it"


def parse_blocks(text: str, *, path: str = "", known: Collection[str] = ()) -> list[EditRequest]:
    """Return the edits of every block. Raises Malformed.

    A block without a file name belongs to the file of the block before it, or to `path`; `known` are the names of
    files, which may then hold anything, such as spaces."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    edits: list[EditRequest] = []
    at = since = 0
    while at < len(lines):
        head = _HEAD.fullmatch(lines[at])
        if head is None:
            if edits and (_TAIL.fullmatch(lines[at]) or _DIVIDER.fullmatch(lines[at])) and _in_doubt(lines, at):
                raise Malformed(f"line {at + 1}: {lines[at].strip()} belongs to no block", _ESCAPE)
            at += 1
            continue
        path = name_before(lines[since:at], known) or path
        if not path:
            raise Malformed(f"line {at + 1}: no file name stands before the block", "write it on the line before")
        block = _block(lines, at, head[1], len(head[2]))
        edits.append(block.edit(path))
        at = since = block.end
    if not edits:
        stray = next((row for row, line in enumerate(lines) if _TAIL.fullmatch(line)), None)
        if stray is not None:
            raise Malformed(f"line {stray + 1}: {lines[stray].strip()} without <<<<<<< SEARCH before it", _FORM)
        raise Malformed("there is no SEARCH/REPLACE block", _FORM)
    return edits


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one block, and the first line after it."""

    first: int
    search: list[str]
    replace: list[str]
    end: int

    def edit(self, path: str) -> TextEdit:
        """The edit it asks for."""
        search, near = _marked(self.search)
        for row, line in enumerate(self.replace):
            mark = _LINE_MARK.fullmatch(line)
            if mark:
                at = self.first + len(self.search) + row + 3
                raise Malformed(f"line {at}: :{mark[1]}_line: stands in the new text", _ESCAPE)
        search, first = _without_numbers(search, near)
        replace, _ = _without_numbers(self.replace, None)
        return TextEdit(path, _text(search), _text(replace), near or first)


def _block(lines: list[str], first: int, indent: str, width: int) -> _Block:
    """Read one block from its head on."""
    end = first + 1
    while end < len(lines) and not _TAIL.fullmatch(lines[end]):
        if _HEAD.fullmatch(lines[end]):
            raise Malformed(f"line {end + 1}: a block begins, and that of line {first + 1} has not ended", _FORM)
        end += 1
    body = lines[first + 1 : end]
    dividers = [row for row, line in enumerate(body) if _is_divider(line, indent, width)]
    if end == len(lines):
        missing = "no >>>>>>> REPLACE" if dividers else "neither ======= nor >>>>>>> REPLACE"
        raise Malformed(f"line {first + 1}: the block does not end: {missing} after it", _FORM)
    dividers = dividers or [row for row, line in enumerate(body) if _DIVIDER.fullmatch(line)]
    if len(dividers) != 1:
        row = first + 2 + dividers[1] if dividers else end + 1
        what = "a second =======" if dividers else ">>>>>>> REPLACE without ======= before it"
        raise Malformed(f"line {row}: {what} in the block of line {first + 1}", _ESCAPE if dividers else _FORM)
    for row, line in enumerate(body):
        if _STRAY.fullmatch(line):
            raise Malformed(f"line {first + 2 + row}: {line.strip()} stands in the block of line {first + 1}", _ESCAPE)
    return _Block(first, body[: dividers[0]], body[dividers[0] + 1 :], end + 1)


def _is_divider(line: str, indent: str, width: int) -> bool:
    found = _DIVIDER.fullmatch(line)
    return found is not None and found[1] == indent and len(found[2]) == width


def _in_doubt(lines: list[str], at: int) -> bool:
    """Whether a mark outside of blocks may be the rest of one: no blank line parts it from a block's end."""
    while at > 0 and lines[at - 1].strip():
        at -= 1
        if _TAIL.fullmatch(lines[at]):
            return True
    return False


def _marked(search: list[str]) -> tuple[list[str], int | None]:
    """A search without Roo-Code's head, and the line that it names."""
    near, at = None, 0
    while at < len(search) and (mark := _LINE_MARK.fullmatch(search[at])):
        near = int(mark[2]) if mark[1] == "start" and mark[2] else near
        at += 1
    if at < len(search) and re.fullmatch(r"[ \t]*-{7}[ \t]*", search[at]):
        at += 1
    return search[at:], near or None


def _without_numbers(lines: list[str], near: int | None) -> tuple[list[str], int | None]:
    """Lines without the numbers that a view of the file put before them, where all have one, each the next."""
    found = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(one[1]) for one in found if one]
    counted = numbers == list(range(numbers[0], numbers[0] + len(lines))) if numbers else False
    if not counted or (len(lines) == 1 and near not in (None, numbers[0])):
        return lines, None
    return [one[2] for one in found if one], numbers[0]


def _text(lines: list[str]) -> str:
    return "".join(f"{_ESCAPED.sub('', line) if line.startswith(chr(92)) else line}\n" for line in lines)
