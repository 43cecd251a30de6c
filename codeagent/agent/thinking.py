"""Text of models that think aloud: what stands in `<think>…</think>` is told apart from the answer as it streams."""

from typing import Final

_OPEN: Final = ("<think>", "<thinking>")
_CLOSE: Final = ("</think>", "</thinking>")


class Splitter:
    """Feed it pieces; each `feed` gives what is now certain to be answer. A tag may be cut anywhere.

    Only at its start does an answer think: the same tags further down are text about tags. A closing tag alone ends
    a thought that the prompt had begun; what was taken for answer until then is moved."""

    def __init__(self) -> None:
        self.answer = ""
        self.thought = ""
        self._held = ""
        self._state = "start"

    def feed(self, piece: str) -> str:
        """Take the next piece; return the part of the answer that can be shown."""
        self._held += piece
        if self._state == "start":
            self._begin()
        if self._state == "thinking":
            self._think()
        if self._state != "answer":
            return ""
        shown, self._held = self._held, ""
        if not self.answer:
            shown = shown.lstrip()
        self.answer += shown
        return shown

    def end(self) -> str:
        """The stream is over: what was held back becomes answer, or thought where the tag was never closed."""
        rest, self._held = self._held, ""
        if self._state == "thinking":
            self.thought += rest
            rest = ""
        self.answer += rest
        for tag in _CLOSE:
            before, closed, after = self.answer.partition(tag)
            if closed and not self.thought and not any(tag in before for tag in _OPEN):
                self.thought, self.answer = before.strip(), after.lstrip()
        return rest

    def _begin(self) -> None:
        text = self._held.lstrip()
        for tag in _OPEN:
            if text.startswith(tag):
                self._held, self._state = text[len(tag) :], "thinking"
                return
        if not any(tag.startswith(text) for tag in _OPEN):
            self._state = "answer"

    def _think(self) -> None:
        found = [(at, tag) for tag in _CLOSE if (at := self._held.find(tag)) >= 0]
        if found:
            at, tag = min(found)
            self.thought += self._held[:at]
            self._held, self._state = self._held[at + len(tag) :], "answer"
        else:
            keep = max(map(len, _CLOSE))
            self.thought += self._held[:-keep]
            self._held = self._held[-keep:]
