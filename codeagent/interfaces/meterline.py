"""What is seen on stderr while models are asked: the stage, what was used, and what is being said."""

import sys
import threading
import time
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.control import Control
from rich.markdown import Markdown
from rich.segment import ControlType, SegmentLines

from codeagent.domain import events
from codeagent.domain.printable import printable
from codeagent.domain.run import Usage
from codeagent.interfaces.amounts import amount
from codeagent.interfaces.preview import Preview
from codeagent.interfaces.terminal import Terminal

BETWEEN: Final = 0.1  # seconds between two drawings
_TAIL: Final = 200  # characters of what is being said that are kept


class MeterLine:
    """Hears events from any thread. On a terminal it redraws one line, and above it what the `speaker` is saying, as
    Markdown; a dumb terminal gets the speaker's words as they come. Elsewhere it says what was used, at the end."""

    def __init__(self, terminal: Terminal, speaker: str = "") -> None:
        self._terminal, self._speaker = terminal, speaker
        self._console = terminal.err()
        seen = self._console.is_terminal and not terminal.quiet
        self._live = seen and not self._console.is_dumb_terminal
        self._plain = seen and not self._live and sys.stdout.isatty()
        self._lock = threading.RLock()
        self._drawn = 0.0
        self._paused = False
        self._stages: dict[str, str] = {}
        self._usage = Usage()
        self._said = ""  # the end of what somebody is saying
        self._preview = Preview(self._console)
        self._rows = 0  # that are drawn: those of the preview, and the line
        self._words = ""  # of the speaker's message
        self._last = ""  # those of the one before
        self.shown = ""  # the last message that a dumb terminal has been shown whole

    def begin(self) -> None:
        """Say that something goes on, before there is anything to tell."""
        with self._lock:
            self._draw(now=True)

    def hear(self, event: events.Event) -> None:
        """Take an event; `Recorded` is for others."""
        with self._lock:
            if isinstance(event, events.Notice):
                self._clear()
                self._terminal.remark(event.text)
            elif isinstance(event, events.Asking):
                self._clear()
                self._paused = not event.over
            elif isinstance(event, events.Progress):
                self._stages[event.stage] = f"{event.label} {event.done}/{event.total}"
                if event.done >= event.total:
                    del self._stages[event.stage]
                self._draw()
            elif isinstance(event, events.Metered):
                self._usage, self._said = event.usage, ""
                self._end_message()
                self._draw()
            elif isinstance(event, events.Streamed) and event.source == self._speaker:
                self._hear_speaker(event.text)
            elif isinstance(event, events.Streamed):
                self._said = (self._said + event.text)[-_TAIL:]
                self._draw()

    def end(self, *, cut_off: bool = False) -> None:
        """Take away what is drawn; say what was used. What is `cut_off` ends here: what was said last stays."""
        with self._lock:
            self._end_message()
            self._clear()
            if cut_off and self._live and self._last:
                self._console.print(Markdown(printable(self._last), hyperlinks=False))
            self._last = ""
        if self._usage.tokens:
            self._terminal.remark(amount(self._usage))

    def _hear_speaker(self, text: str) -> None:
        first, self._words = not self._words, self._words + text
        if self._plain:
            sys.stdout.write(printable(text))
            sys.stdout.flush()
        elif self._live:
            self._preview.add(text)
            self._draw(now=first)

    def _end_message(self) -> None:
        if self._plain and self._words:
            sys.stdout.write("\n")
            self.shown = self._words
        self._words, self._last = "", self._words or self._last
        self._preview.clear()

    def _draw(self, *, now: bool = False) -> None:
        moment = time.monotonic()
        if not self._live or self._paused or (moment - self._drawn < BETWEEN and not now):
            return
        self._drawn = moment
        lines = self._preview.lines(self._console.height - 2)
        line = self._line(self._console.width - 1)
        with self._console:  # one write, so that nothing flickers
            self._clear()
            self._console.print(SegmentLines(lines, new_lines=True), end="")
            self._console.print(line, style="dim", end="", markup=False, highlight=False)
        self._rows = len(lines) + 1

    def _line(self, width: int) -> str:
        parts = [*self._stages.values(), *([amount(self._usage)] if self._usage.calls else [])]
        line = " · ".join(parts) or "asking"
        said = "".join(c if c.isprintable() else " " for c in self._said)
        room = width - cell_len(line) - 3
        if said and room > 10:
            while cell_len(said) > room:
                said = said[1:]
            line = f"{line} · {said}"
        return set_cell_size(line, width).rstrip()

    def _clear(self) -> None:
        if self._rows:
            up = [(ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2)] * (self._rows - 1)
            self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2), *up))
            self._rows = 0
