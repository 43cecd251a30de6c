"""Progress on stderr while work goes on: a bar once it takes over half a second, and remarks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from codeagent.domain import events
from codeagent.interfaces.terminal import Terminal

PATIENCE: Final = 0.5  # seconds before a bar appears
BETWEEN: Final = 0.1  # seconds between two drawings

Emit = Callable[[events.Event], None]


@contextmanager
def progress(terminal: Terminal) -> Iterator[Emit]:
    """Give work something to call with its events; the bar is gone when the block ends."""
    line = _Line(terminal)
    try:
        yield line.hear
    finally:
        line.end()


class _Line:
    """Draws from within the calls it gets: no thread, because the index forks its workers."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._console = terminal.err()
        self._began = self._drawn = time.monotonic()
        self._bars: Any = None

    def hear(self, event: events.Event) -> None:
        if isinstance(event, events.Notice):
            self.end()  # what is said stands above the bars, which come again
            self._terminal.remark(event.text)
            return
        if isinstance(event, events.Asking):
            self.end()
        if not isinstance(event, events.Progress):  # what a model says is shown by those who ask one
            return
        now = time.monotonic()
        if self._terminal.quiet or not self._console.is_terminal or now - self._began < PATIENCE:
            return
        if event.done < event.total and now - self._drawn < BETWEEN:
            return
        self._drawn = now
        self._draw(event)

    def _draw(self, event: events.Progress) -> None:
        if self._bars is None:
            self._bars = import_module("codeagent.interfaces.bars").Bars(self._console)  # here: few runs take so long
        self._bars.show(event)

    def end(self) -> None:
        if self._bars is not None:
            self._bars.end()
            self._bars = None
