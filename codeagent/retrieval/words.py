"""From text to the words that are compared: identifiers taken apart, stop words dropped, plurals cut."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W\d]\w*")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SHORTEST: Final = 2

STOP: Final = frozenset(
    """
    a about after again all also always am an and any are as at be because been before being below between both but
    by can cannot could did do does doing done down during each either else even ever every few for from further get
    gets had has have having he her here hers him his how however i if in instead into is it its itself just let
    like made make makes many may me might more most must my need needs never no nor not now of off on once one only
    or other our out over own per please rather really same see seem seems she should since so some still such than
    that the their them then there these they thing things this those though through to too under until up upon us
    use used uses using very want was way we well were what when where whether which while who why will with within
    without would yes yet you your also etc eg ie via vs def class self return import none true false null const var
    let function public private static void new elif else try except finally raise pass break continue lambda async
    await yield int str bool float bug issue fix fixed fixes fixing problem error expected actual behavior behaviour
    version reproduce steps example code refs thanks pr pull request add added adds adding change changed changes
    update updated updates remove removed support allow test tests
    """.split()
)


def words(text: str) -> Iterator[str]:
    """Yield the normalised words of a text: each identifier whole, and the parts it is made of."""
    for match in _WORD.finditer(text):
        yield from identifier_words(match[0])


@lru_cache(maxsize=200_000)
def identifier_words(name: str) -> tuple[str, ...]:
    """The words of one identifier: `getHTTPResponse` is itself, `get`, `http` and `respons`."""
    whole = name.lower().strip("_")
    found = []
    parts = [part.lower() for part in _PART.findall(name)]
    if len(parts) > 1 and len(whole) > _SHORTEST:
        found.append(whole)
    for part in parts or [whole]:
        if len(part) > _SHORTEST - 1 and part not in STOP and not part.isdigit():
            found.append(stem(part))
    return tuple(found)


def stem(word: str) -> str:
    """Cut the commonest English endings, so that `caching`, `caches` and `cached` meet."""
    if len(word) <= 4:
        return word.removesuffix("s") if len(word) == 4 and not word.endswith("ss") else word
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not (ending == "s" and word.endswith("ss")):
            cut = word[: len(word) - len(ending)] + rest
            return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "lsz" else cut
    return word
