"""Whole files as models write them: a name, then all of the text in a fence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from codeagent.edits.naming import FENCE, name_before, path_in, quoted_in
from codeagent.edits.request import EditRequest, Malformed, NewFile, TextEdit


@dataclass(frozen=True, slots=True)
class _Fenced:
    name: str
    text: str
    line: int  # 1-based


def parse_whole(text: str, files: Mapping[str, str], *, path: str = "") -> list[EditRequest]:
    """Return what becomes of each file that a text gives anew; `files` are the texts of those that are there.

    A fence without a name is that of `path`, or of the only file there is, where no other fence has a name; else it
    is an example. Raises Malformed."""
    found = _fences(text, files)
    named = [one for one in found if one.name]
    alone = path or (next(iter(files)) if len(files) == 1 else "")
    if not named and len(found) == 1 and alone:
        named = [_Fenced(alone, found[0].text, found[0].line)]
    if not named:
        what = f"line {found[0].line}: no file name stands before the fence" if found else "there is no fenced text"
        raise Malformed(what, "write the name of the file, then its whole text between two lines of ```")
    twice = next((one for at, one in enumerate(named) if one.name in {other.name for other in named[:at]}), None)
    if twice is not None:
        raise Malformed(f"line {twice.line}: {twice.name} is given twice", "give each file once")
    return [_request(one, files) for one in named]


def _request(one: _Fenced, files: Mapping[str, str]) -> EditRequest:
    if one.name in files:
        return TextEdit(one.name, files[one.name], one.text)
    like = [path for path in files if one.name.endswith("/" + path)]
    if like:
        raise Malformed(f"line {one.line}: there is no {one.name}", f"the file that is there: {', '.join(like)}")
    return NewFile(one.name, one.text)


def _fences(text: str, known: Collection[str]) -> list[_Fenced]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    found: list[_Fenced] = []
    at = since = 0
    while at < len(lines):
        opening = FENCE.fullmatch(lines[at])
        if opening is None:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not _closes(lines[end], opening[1]):
            inner = FENCE.fullmatch(lines[end])
            if inner and inner[2] and inner[1].startswith(opening[1]):
                raise Malformed(f"line {end + 1}: a fence stands in the fence of line {at + 1}", "use four ` around it")
            end += 1
        if end == len(lines):
            raise Malformed(f"line {at + 1}: the fence does not end", "write the whole file, then the same fence")
        body = "".join(f"{line}\n" for line in lines[at + 1 : end])
        found.append(_Fenced(_name(lines[since : at + 1], known), body, at + 1))
        at = since = end + 1
    return found


def _closes(line: str, fence: str) -> bool:
    found = FENCE.fullmatch(line)
    return found is not None and not found[2] and found[1].startswith(fence.replace("<", "</"))


def _name(lines: list[str], known: Collection[str]) -> str:
    """The path right before a fence or in it, or the one that the sentence before it names."""
    above = [line for line in lines[:-1] if line.strip()]
    return name_before(lines, known) or (path_in(above[-1], known) or quoted_in(above[-1], known) if above else "")
