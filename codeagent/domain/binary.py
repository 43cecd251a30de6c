"""Binary contents in a diff, as `git diff --binary` writes them: whole, or as a difference from the old ones; pure."""

import re
import zlib
from base64 import b85decode
from dataclasses import dataclass
from typing import Final

from codeagent.domain.errors import UsageError

_KIND: Final = re.compile(rb"(literal|delta) (\d+)\s*")
_LARGEST: Final = 64 << 20  # bytes that a content may unfold to
_DAMAGED: Final = "the patch is cut short or damaged"


@dataclass(frozen=True, slots=True)
class Binary:
    """What becomes of a file: its new bytes, or with `delta` how to make them of the old ones."""

    data: bytes
    delta: bool

    def applied(self, source: bytes) -> bytes | None:
        """Return the new content; None where the old one is another than it was made from."""
        return _made(source, self.data) if self.delta else self.data


def read_binary(lines: list[bytes], at: int) -> tuple[Binary, int]:
    """Return the content that begins at a line (below `GIT binary patch`), and the line after it.

    Raises UsageError where it is damaged or larger than anything that is judged."""
    kind = _KIND.fullmatch(lines[at]) if at < len(lines) else None
    if kind is None or int(kind[2]) > _LARGEST:
        raise UsageError(_DAMAGED, "make it anew, by git diff --binary")
    at += 1
    packed = bytearray()
    while at < len(lines) and (line := lines[at].rstrip(b"\r\n")):
        packed += _row(line)
        at += 1
    try:
        data = zlib.decompressobj().decompress(bytes(packed), _LARGEST)
    except zlib.error as error:
        raise UsageError(_DAMAGED, "make it anew, by git diff --binary") from error
    if len(data) != int(kind[2]):
        raise UsageError(_DAMAGED, "make it anew, by git diff --binary")
    return Binary(data, kind[1] == b"delta"), at + 1


def _row(line: bytes) -> bytes:
    """A line of text: a letter for its length (A to Z: 1 to 26, a to z: 27 to 52), then five letters for four bytes."""
    length = line[0] - 64 if 65 <= line[0] <= 90 else line[0] - 70
    try:
        found = b85decode(line[1:])
    except ValueError as error:
        raise UsageError(_DAMAGED, "make it anew, by git diff --binary") from error
    return found[:length]


def _made(source: bytes, delta: bytes) -> bytes | None:
    """The content that a delta of git makes: pieces of the source, and bytes of its own."""
    size, at = _number(delta, 0)
    wanted, at = _number(delta, at)
    if size != len(source) or wanted > _LARGEST:
        return None
    made = bytearray()
    while at < len(delta):
        code = delta[at]
        at += 1
        if not code & 0x80:
            made += delta[at : at + code]
            at += code
            continue
        offset, at = _sparse(delta, at, code & 0x0F)
        length, at = _sparse(delta, at, code >> 4 & 0x07)
        made += source[offset : offset + (length or 0x10000)]
        if len(made) > wanted:
            return None
    return bytes(made) if len(made) == wanted else None


def _number(delta: bytes, at: int) -> tuple[int, int]:
    """A size: seven bits a byte, the lowest first, the eighth says that more follow."""
    value = shift = 0
    while at < len(delta):
        byte = delta[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if not byte & 0x80:
            break
    return value, at


def _sparse(delta: bytes, at: int, there: int) -> tuple[int, int]:
    """A number of which only the bytes are there that `there` has a bit for."""
    value = 0
    for place in range(4):
        if there >> place & 1 and at < len(delta):
            value, at = value | delta[at] << 8 * place, at + 1
    return value, at
