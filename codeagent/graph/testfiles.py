"""Which files are tests, by the globs that a language declares."""

import re
from functools import cache

from codeagent.languages import BY_NAME
from codeagent.languages.language import Language


def is_test(path: str, language: str) -> bool:
    """Tell whether a file of a language is a test file."""
    declared = BY_NAME.get(language)
    pattern = _pattern(declared) if declared else None
    return pattern is not None and pattern.match(path) is not None


@cache
def _pattern(language: Language) -> re.Pattern[str] | None:
    return re.compile("|".join(map(_translated, language.tests))) if language.tests else None


def _translated(glob: str) -> str:
    """A glob as a pattern of whole paths: without a slash it is about the name, `**` spans folders."""
    anchored = glob if "/" in glob else f"**/{glob}"
    out = ""
    at = 0
    while at < len(anchored):
        if anchored.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif anchored.startswith("**", at):
            out, at = out + ".*", at + 2
        elif anchored[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif anchored[at] == "?":
            out, at = out + "[^/]", at + 1
        else:
            out, at = out + re.escape(anchored[at]), at + 1
    return rf"(?:{out})\Z"
