"""File names as writers put them before what they write: on a line of their own, marked up, in a fence, in prose."""

import re
from collections.abc import Collection, Sequence
from typing import Final

FENCE: Final = re.compile(
    r"[ \t]*(`{3,}|~{3,}|</?(?:source|code|pre|codeblock|sourcecode)>)[ \t]*([^`\n]*?)[ \t]*\r?\Z"
)
_NAMES: Final = frozenset(("Makefile", "Dockerfile", "Gemfile", "Rakefile", "Procfile", "LICENSE", "README", "go.mod"))
_PATH: Final = re.compile(r"[\w@~+$()\[\]{}.-][\w@~+$()\[\]{}./\\-]*")
_QUOTED: Final = re.compile(r"`([^`\s]+)`")
_MARKS: Final = " \t\r`*#:\"'"


def name_before(lines: Sequence[str], known: Collection[str] = ()) -> str:
    """Return the file name that stands last before something, at most past fences and blank lines; "" for none."""
    for line in reversed([line for line in lines if line.strip()][-4:]):
        fence = FENCE.fullmatch(line)
        if fence is None:
            return path_in(line, known)
        found = _path_of_fence(fence[2], known)
        if found:
            return found
    return ""


def path_in(line: str, known: Collection[str] = ()) -> str:
    """Return the path that a line consists of, without marks around it; "" where it is prose."""
    for mark in ("File:", "file:", "Path:", "path:", "Filename:", "filename:"):
        line = line.strip(_MARKS).removeprefix(mark)
    name = line.strip(_MARKS).rstrip(",")
    if name in known:
        return name
    return name if _PATH.fullmatch(name) and _is_path(name) else ""


def quoted_in(line: str, known: Collection[str] = ()) -> str:
    """Return the one path that a line of prose has in backquotes; "" for none or several."""
    found = {name for name in _QUOTED.findall(line) if name in known or (not known and path_in(name))}
    return found.pop() if len(found) == 1 else ""


def _path_of_fence(info: str, known: Collection[str]) -> str:
    """A path after the language of a fence, or in its place: `python:src/a.py`, `src/a.py`, `python src/a.py`."""
    for part in reversed(re.split(r"[\s:=]+", info)):
        if part in known or (re.search(r"[/.]", part) and path_in(part)):
            return part
    return ""


def _is_path(name: str) -> bool:
    last = re.split(r"[/\\]", name)[-1]
    dotted = re.fullmatch(r".*[^.]\.\w+|\.\w[\w.-]*", last) is not None
    return dotted or last in _NAMES or ("/" in name and last != "")
