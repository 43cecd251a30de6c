"""Which names a language allows for something new."""

import builtins
import keyword
import re
from collections.abc import Mapping
from typing import Final

from codeagent.refactorings.refactoring import Refusal

_WORD: Final = re.compile(r"[^\W\d]\w*\Z")
_WITH_DOLLAR: Final = re.compile(r"(?!\d)[$\w]+\Z")
_JS: Final = frozenset(
    "await break case catch class const continue debugger default delete do else enum export extends false finally for"
    " function if implements import in instanceof interface let new null package private protected public return"
    " static super switch this throw true try typeof var void while with yield".split()
)
RESERVED: Final[Mapping[str, frozenset[str]]] = {
    "python": frozenset(keyword.kwlist),
    "javascript": _JS,
    "typescript": _JS,
    "tsx": _JS,
    "go": frozenset(
        "break case chan const continue default defer else fallthrough for func go goto if import interface map package"
        " range return select struct switch type var".split()
    ),
    "java": frozenset(
        "abstract assert boolean break byte case catch char class const continue default do double else enum extends"
        " final finally float for goto if implements import instanceof int interface long native new package private"
        " protected public return short static strictfp super switch synchronized this throw throws transient try void"
        " volatile while true false null _".split()
    ),
    "rust": frozenset(
        "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move"
        " mut pub ref return self Self static struct super trait true type unsafe use where while abstract become box"
        " do final macro override priv typeof unsized virtual yield try".split()
    ),
}


def check_name(language: str, new: str, old: str = "") -> None:
    """Raise Refusal where `new` cannot be a name in the language, or is the old one."""
    word = _WITH_DOLLAR if language in ("javascript", "typescript", "tsx", "java") else _WORD
    if new == old:
        raise Refusal(f"it is called {new} already", "name another name")
    if not word.match(new):
        raise Refusal(f"{new!r} is no name in {language}", "a name is letters, digits and _, no digit first")
    if new in RESERVED.get(language, frozenset()):
        raise Refusal(f"{new} is a keyword of {language}", "choose another name")


def is_builtin(language: str, name: str) -> bool:
    """Tell whether a name means something everywhere in the language without import."""
    return language == "python" and hasattr(builtins, name)
