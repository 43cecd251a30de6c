"""JSON as weak models write it: comments, bare keys, single quotes, words of Python, commas and closers astray.

Only what can mean one thing is read. A text that breaks off within a string, a number or a word, or after a comma or
a colon, has lost something that nobody can put back."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_DEEPEST: Final = 60
_SPACE: Final = re.compile(r"(?:\s|//[^\n]*|#[^\n]*|/\*.*?\*/)*", re.DOTALL)
_KEY: Final = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_WORD: Final = re.compile(r"[A-Za-z]+(?![\w.])")
_WORDS: Final = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_OPENER: Final = re.compile(r"(?<!\S)[{\[]")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"', "'": "'"}


def read_sloppy(text: str) -> Any | None:
    """The value that a text means; None where it means none, or more than one thing."""
    reader = _Reader(text)
    try:
        value = reader.value(0)
        reader.space()
        return value if reader.at == len(text) or text[reader.at :].strip() == ";" else None
    except _Unclear:
        return None


def values_in(text: str) -> Iterator[tuple[int, int, Any]]:
    """The objects and lists that stand in a text, with where each begins and ends, none within another."""
    at = 0
    while found := _OPENER.search(text, at):
        reader = _Reader(text)
        reader.at = found.start()
        try:
            value = reader.value(0)
        except _Unclear:
            at = found.end()
            continue
        yield found.start(), reader.at, value
        at = reader.at


class _Unclear(Exception):
    """The text cannot be read, or not in one way only."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def space(self) -> str:
        """Pass over what means nothing; return the next character, empty at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> Any:
        first = self.space()
        if depth > _DEEPEST or not first:
            raise _Unclear
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._list(depth)
        if first in "\"'":
            return self._string()
        if found := _NUMBER.match(self.text, self.at):
            self._take(found)
            return json.loads(found[0])
        found = _WORD.match(self.text, self.at)
        if found is None or found[0] not in _WORDS:
            raise _Unclear
        self._take(found)
        return _WORDS[found[0]]

    def _take(self, found: "re.Match[str]") -> None:
        """Go on after a number or a word, which the end of the text may have cut short."""
        self.at = found.end()
        if self.at == len(self.text):
            raise _Unclear

    def _object(self, depth: int) -> dict[str, Any]:
        self.at += 1
        read: dict[str, Any] = {}
        while self.space() != "}":
            key = self._key()
            if key in read or self.space() != ":":
                raise _Unclear
            self.at += 1
            read[key] = self.value(depth + 1)
            if self._ends("}"):
                return read
        self.at += 1
        return read

    def _list(self, depth: int) -> list[Any]:
        self.at += 1
        read: list[Any] = []
        while self.space() != "]":
            read.append(self.value(depth + 1))
            if self._ends("]"):
                return read
        self.at += 1
        return read

    def _ends(self, closer: str) -> bool:
        """After an element: False, past a comma or before the closer; True at the end of a text that lacks closers."""
        following = self.space()
        if following == ",":
            self.at += 1
            if not self.space():
                raise _Unclear  # something was to follow
        elif not following:
            return True
        elif following != closer:
            raise _Unclear
        return False

    def _key(self) -> str:
        if self.text[self.at : self.at + 1] in ('"', "'"):
            return self._string()
        found = _KEY.match(self.text, self.at)
        if found is None:
            raise _Unclear
        self.at = found.end()
        return found[0]

    def _string(self) -> str:
        quote, parts = self.text[self.at], list[str]()
        self.at += 1
        while True:
            character = self.text[self.at : self.at + 1]
            self.at += 1
            if not character:
                raise _Unclear
            if character == quote:
                return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
            parts.append(self._escaped() if character == "\\" else character)

    def _escaped(self) -> str:
        letter = self.text[self.at : self.at + 1]
        self.at += 1
        if letter == "u" and (found := re.compile(r"[0-9a-fA-F]{4}").match(self.text, self.at)):
            self.at = found.end()
            return chr(int(found[0], 16))
        return _ESCAPES.get(letter, "\\" + letter)  # "\d" of a pattern
