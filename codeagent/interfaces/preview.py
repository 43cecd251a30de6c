"""Markdown drawn while it comes in: finished blocks once, the open one again as it grows, the end of it all in view."""

from typing import Final

from rich.console import Console
from rich.markdown import Markdown
from rich.segment import Segment

from codeagent.domain.printable import printable

Line = list[Segment]
_FENCES: Final = ("```", "~~~")


def open_from(text: str) -> int:
    """Return where the last block of Markdown begins, the one that may still grow: after a blank line outside code."""
    start = at = 0
    fence = ""
    for row in text.splitlines(keepends=True):
        word = row.lstrip()[:3]
        if word in _FENCES and fence in ("", word):
            fence = "" if fence else word
        at += len(row)
        if not fence and not row.strip():
            start = at
    return start


class Preview:
    """What one speaker has said so far in this message, as lines of a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._finished: list[Line] = []
        self._open = ""

    def add(self, text: str) -> None:
        """Take what was said next."""
        self._open += text
        cut = open_from(self._open)
        if cut:
            self._finished += self._drawn(self._open[:cut])
            self._open = self._open[cut:]

    def clear(self) -> None:
        """Forget it: the message is at its end."""
        self._finished, self._open = [], ""

    def lines(self, most: int) -> list[Line]:
        """Return the last lines, at most so many."""
        drawn = self._drawn(self._open) if self._open.strip() else []
        return [*self._finished, *drawn][-most:]

    def _drawn(self, text: str) -> list[Line]:
        if not text.strip():
            return []
        markdown = Markdown(printable(text), hyperlinks=False)
        return [*self._console.render_lines(markdown, pad=False), []]
