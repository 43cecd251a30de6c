"""What of a Python file is code, and what stands in strings: only code can mean a name for certain, a remark never."""

import re
from dataclasses import dataclass
from typing import Final

from codeagent.quality.checks.mentions import count_in

_LONG: Final = rb"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"
_SHORT: Final = rb"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_ASKED: Final = (  # `getattr(thing, "name")`
    rb"\bgetattr\(\s*[^,()\n]+,\s*(?:" + _SHORT + rb")\s*(?:,[^,()\n]*)?\)"
    rb"|\bhasattr\(\s*[^,()\n]+,\s*(?:" + _SHORT + rb")\s*\)"
)
_TYPED: Final = (  # `cast("name", thing)`, and what is written like a type with parameters
    rb"\bcast\(\s*(?:" + _SHORT + rb")|\bbound\s*=\s*(?:" + _SHORT + rb")"
    rb"|[\"'][\w.]+\[[\w., |\[\]]+\][\w., |\[\]]*[\"']"
)
_PIECES: Final = re.compile(
    rb"(?P<code>\b(?:[fF][rR]?|[rR][fF])(?:"
    + _LONG
    + rb"|"
    + _SHORT
    + rb")|#[ \t]*type:[^\n]*|"
    + _ASKED
    + rb"|"
    + _TYPED
    + rb")"
    rb"|(?P<remark>#[^\n]*)"
    rb"|(?P<text>(?:\b[bBrRuU]{1,2})?(?:" + _LONG + rb"|" + _SHORT + rb"))",
    re.DOTALL,
)
_EXAMPLE: Final = b">>>"  # a doctest runs


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text of Python without its remarks, and what its strings say."""

    code: bytes
    text: bytes

    def means(self, name: str) -> int:
        """Return how often a name stands in code."""
        return count_in(self.code, name)

    def says(self, name: str) -> int:
        """Return how often a name stands in a string."""
        return count_in(self.text, name)


def pieces_of(source: bytes) -> Pieces:
    """Take a text of Python apart. What a string with replacement fields, a type comment, a doctest,
    `getattr(thing, "name")` and a type in quotes say is code."""
    text: list[bytes] = []

    def kept(found: "re.Match[bytes]") -> bytes:
        piece = found[0]
        if found.lastgroup == "code" or (found.lastgroup == "text" and _EXAMPLE in piece):
            return piece
        if found.lastgroup == "text":
            text.append(piece)
        return b" " * len(piece)  # what is code stays where it was

    return Pieces(_PIECES.sub(kept, source), b" ".join(text))
