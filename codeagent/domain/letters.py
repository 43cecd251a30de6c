"""Text of bytes that may not be UTF-8: each byte that is not is the letter that it is in Latin-1."""

import codecs
from typing import Final

LATIN: Final = "codeagent.latin"  # an error handler for `bytes.decode`
MASKED: Final = "codeagent.masked"  # the same, all letters alike: one byte each in UTF-8, too


def _latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _masked(error: UnicodeError) -> tuple[str, int]:
    letters, end = _latin(error)
    return "".join(("X" if letter.isupper() else "x") if letter.isalpha() else " " for letter in letters), end


codecs.register_error(LATIN, _latin)
codecs.register_error(MASKED, _masked)


def masked(source: bytes) -> bytes:
    """Return as many bytes of valid UTF-8, letters of Latin-1 as `x` and `X`; the same where they are valid."""
    if source.isascii():
        return source
    try:
        source.decode()
    except UnicodeDecodeError:
        return source.decode("utf-8", MASKED).encode()
    return source
