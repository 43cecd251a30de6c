"""One line on stderr while models are asked: the stage, what was used, and the tail of what is being said."""

import threading
import time
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.control import Control
from rich.segment import ControlType

from codeagent.domain import events
from codeagent.domain.run import Usage
from codeagent.interfaces.amounts import amount
from codeagent.interfaces.terminal import Terminal

BETWEEN: Final = 0.1  # seconds between two drawings
_TAIL: Final = 200  # characters of what is being said that are kept


class MeterLine:
    """Hears events from any thread. On a terminal it redraws one line; elsewhere it says what was used, at the end."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._console = terminal.err()
        self._live = self._console.is_terminal and not self._console.is_dumb_terminal and not terminal.quiet
        self._lock = threading.RLock()
        self._drawn = 0.0
        self._stages: dict[str, str] = {}
        self._usage = Usage()
        self._said = ""
        self._shown = False

    def hear(self, event: events.Event) -> None:
        """Take an event; `Recorded` is for others."""
        with self._lock:
            if isinstance(event, events.Notice):
                self._clear()
                self._terminal.remark(event.text)
                return
            if isinstance(event, events.Progress):
                self._stages[event.stage] = f"{event.stage} {event.done}/{event.total}"
                if event.done >= event.total:
                    del self._stages[event.stage]
            elif isinstance(event, events.Metered):
                self._usage, self._said = event.usage, ""
            elif isinstance(event, events.Streamed):
                self._said = (self._said + event.text)[-_TAIL:]
            elif isinstance(event, events.Asking):
                self._clear()
                return
            else:
                return
            self._draw()

    def end(self) -> None:
        """Take the line away; say what was used."""
        with self._lock:
            self._clear()
        if self._usage.calls:
            self._terminal.remark(amount(self._usage))

    def _draw(self) -> None:
        now = time.monotonic()
        if not self._live or now - self._drawn < BETWEEN:
            return
        self._drawn = now
        parts = [*self._stages.values(), *([amount(self._usage)] if self._usage.calls else [])]
        line, width = " · ".join(parts), self._console.width - 1
        said = "".join(c if c.isprintable() else " " for c in self._said)
        room = width - cell_len(line) - 3
        if said and room > 10:
            while cell_len(said) > room:
                said = said[1:]
            line = f"{line} · {said}" if line else said
        self._clear()
        self._console.print(set_cell_size(line, width).rstrip(), style="dim", end="", markup=False, highlight=False)
        self._shown = True

    def _clear(self) -> None:
        if self._shown:
            self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
            self._shown = False
