"""A file as edits see it: text with its line ends as they are, and the way back to its bytes."""

import codecs
import re
from functools import cached_property
from typing import Final

from codeagent.domain.errors import Refused
from codeagent.edits.folding import fold

_BOM: Final = b"\xef\xbb\xbf"
_COOKIE: Final = re.compile(rb"\A(?:[ \t\f]*(?:#[^\n]*)?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")


class Document:
    """One file. Offsets are characters of `text`, which has no byte order mark; `offset` makes bytes of them.

    What is neither UTF-8 nor in an encoding that its head declares is read one character a byte, and only its ASCII
    parts can be changed."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self._mark = len(_BOM) if source.startswith(_BOM) else 0
        self.encoding, self.text = _decoded(source[self._mark :])
        self._readable = self.encoding != "latin-1" or _declared(source) is not None

    @cached_property
    def newline(self) -> str:
        """The line end that most of its lines have."""
        return "\r\n" if self.text.count("\r\n") * 2 > self.text.count("\n") else "\n"

    def offset(self, at: int) -> int:
        """Return the byte that a character starts at."""
        return self._mark + len(self.text[:at].encode(self.encoding))

    def line(self, at: int) -> int:
        """Return the 1-based line of a character."""
        return self.text.count("\n", 0, at) + 1

    def line_start(self, at: int) -> int:
        """Return where the line of a character starts."""
        return self.text.rfind("\n", 0, at) + 1

    def at_line_end(self, at: int) -> bool:
        """Tell whether nothing of the line follows."""
        return at == len(self.text) or self.text.startswith(("\n", "\r\n"), at)

    @cached_property
    def lines(self) -> list[str]:
        """Its lines without their ends."""
        return split(self.text)

    @cached_property
    def folded(self) -> list[str]:
        """Its lines as they read."""
        return [fold(line) for line in self.lines]

    def holds(self, lines: list[str]) -> bool:
        """Tell whether these lines, as they read, stand anywhere one after the other."""
        there, height = self.folded, len(lines)
        return not lines or any(
            there[row] == lines[0] and there[row : row + height] == lines for row in range(len(there) - height + 1)
        )

    def encoded(self, text: str, start: int, end: int) -> bytes:
        """Return the bytes of what replaces characters `start` to `end`; Refused where they cannot be written."""
        if not self._readable and not (text + self.text[start:end]).isascii():
            raise Refused(
                f"{self.path} is not UTF-8 and does not say what it is",
                "only text without accented letters or other signs beyond ASCII can be changed there",
            )
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            sign = text[error.start]
            raise Refused(
                f"{self.path} is written in {self.encoding}, which has no {sign!r}",
                "write it with other characters, or with an escape of the language",
            ) from error


def _decoded(source: bytes) -> tuple[str, str]:
    for encoding in ("utf-8", _declared(source)):
        if encoding is not None:
            try:
                return encoding, source.decode(encoding)
            except UnicodeDecodeError:
                continue
    return "latin-1", source.decode("latin-1")


def _declared(source: bytes) -> str | None:
    """The encoding that the head of a file declares in the way of Python, where that is one we can write."""
    found = _COOKIE.match(source)
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
        return name if name and "#\n".encode(name) == b"#\n" else None
    except LookupError:
        return None


def split(text: str) -> list[str]:
    """Return the lines of a text without their ends; the last one is empty where the text ends in a line end."""
    return text.replace("\r\n", "\n").split("\n")
