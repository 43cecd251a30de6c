"""Which files are tests, by the globs that a language declares."""

import re
from functools import cache

from codeagent.graph.globs import anywhere
from codeagent.languages import BY_NAME
from codeagent.languages.language import Language


def is_test(path: str, language: str) -> bool:
    """Tell whether a file of a language is a test file."""
    declared = BY_NAME.get(language)
    pattern = _pattern(declared) if declared else None
    return pattern is not None and pattern.match(path) is not None


@cache
def _pattern(language: Language) -> re.Pattern[str] | None:
    return re.compile("|".join(map(anywhere, language.tests))) if language.tests else None
