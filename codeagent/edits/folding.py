"""Characters that look alike, and lines as they read whatever they are written with."""

import unicodedata
from typing import Final

SPACE: Final = " \\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
ALIKE: Final = {
    '"': '"\u201c\u201d\u201e\u201f\u2033\u301d\u301e\uff02',
    "'": "'\u2018\u2019\u201a\u201b\u2032\uff07",
    "-": "\\-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d",
}
_FOLD: Final = {
    **{ord(sign): plain for plain, signs in ALIKE.items() for sign in signs.lstrip("\\")},
    **dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    0x2026: "...",
}


def fold(line: str) -> str:
    """Return a line as it reads: characters that look alike made one, spaces at the ends and runs of them too."""
    plain = line if line.isascii() else unicodedata.normalize("NFC", line).translate(_FOLD)
    return " ".join(plain.split())
