"""Globs as patterns of whole paths: `**` spans folders; braces, classes and the groups `?(a|b)` as in JavaScript."""

import re
from typing import Final

_GROUPS: Final = {"?(": "?", "*(": "{0,2}", "+(": "{1,2}", "@(": "", "(": ""}  # bounded: nobody means a third time


def anywhere(glob: str) -> str:
    """Return the pattern of the whole paths that a glob means, in any folder where it has no slash."""
    return whole(glob if "/" in glob else f"**/{glob}")


def whole(glob: str) -> str:
    """Return the pattern of the whole paths that a glob means; compiling it raises re.error where it is broken."""
    pattern, _ = _until(glob, 0, "")
    return rf"(?:{pattern})\Z"


def _until(glob: str, at: int, ends: str) -> tuple[str, int]:
    """The pattern of a glob up to one of some characters, and where that stands."""
    out = ""
    while at < len(glob) and glob[at] not in ends:
        piece, at = _piece(glob, at)
        out += piece
    return out, at


def _piece(glob: str, at: int) -> tuple[str, int]:
    two = glob[at : at + 2]
    if two in _GROUPS or glob[at] == "(":
        opening = two if two in _GROUPS else "("
        inner, at = _choices(glob, at + len(opening), "|", ")")
        return f"(?:{inner}){_GROUPS[opening]}", at
    if two == "!(":
        inner, at = _choices(glob, at + 2, "|", ")")
        return f"(?!(?:{inner})(?:/|\\Z))[^/]*?", at
    if glob[at] == "{" and (closing := glob.find("}", at)) > 0 and "," in glob[at:closing]:
        inner, at = _choices(glob, at + 1, ",", "}")
        return f"(?:{inner})", at
    if glob[at] == "[" and (closing := glob.find("]", at + 2)) > 0:
        inside = glob[at + 1 : closing].replace("\\", "\\\\")
        return f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]", closing + 1
    if glob.startswith("**/", at):
        return "(?:.*/)?", at + 3
    if two == "**":
        return ".*", at + 2
    return {"*": "[^/]*", "?": "[^/]"}.get(glob[at], re.escape(glob[at])), at + 1


def _choices(glob: str, at: int, between: str, end: str) -> tuple[str, int]:
    """The patterns of a group's choices, joined, and where the group has ended."""
    found = []
    while at <= len(glob):
        one, at = _until(glob, at, between + end)
        found.append(one)
        if at >= len(glob) or glob[at] == end:
            break
        at += 1
    return "|".join(found), at + 1
