"""What a heading says once its marks are left out: links, badges, emphasis, lines that it is broken over."""

import re
from typing import Final

_IMAGE: Final = re.compile(r"!\[([^\]]*)\](?:\([^)\s]*(?:\s[^)]*)?\)|\[[^\]]*\])")
_LINK: Final = re.compile(r"\[([^\[\]]*)\](?:\([^)\s]*(?:\s[^)]*)?\)|\[[^\]]*\])")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS: Final = re.compile(r"`+|\*+|~~|(?<!\w)_+|_+(?!\w)")


def heading(text: str) -> str:
    """Return the words of a heading; of one that is pictures alone, what those say."""
    words = _plain(_IMAGE.sub(" ", text))
    return words or _plain(_IMAGE.sub(r"\1", text)) or " ".join(text.split())


def _plain(text: str) -> str:
    return " ".join(_EMPHASIS.sub("", _TAG.sub(" ", _LINK.sub(r"\1", text))).split())
