"""What all commands share that ask a model: options, the crew they describe, the live meter, and stopping."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from codeagent.agent.budget import Meter
from codeagent.agent.crew import Crew, Origin
from codeagent.agent.roles import cast, said
from codeagent.config import Config
from codeagent.domain.errors import Interrupted
from codeagent.domain.events import Event, Metered, Notice, Streamed
from codeagent.interfaces.failures import INTERRUPTED, report
from codeagent.interfaces.lines import take_back
from codeagent.interfaces.meterline import MeterLine
from codeagent.interfaces.terminal import Terminal
from codeagent.interfaces.wishes import Wish
from codeagent.workspace.eventlog import find_log, read_run
from codeagent.workspace.process import kill_all

_STOPPING: Final = "stopping after the call that runs; Ctrl-C again stops at once"
GRACE: Final = 0.4  # seconds for what runs to let go after the second Ctrl-C


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command works with; `emit` takes the events of everything it does, `shown` tells which message of the
    speaker the user has seen whole."""

    crew: Crew
    emit: Callable[[Event], None]
    shown: Callable[[], str] = lambda: ""

    def hear(self, source: str) -> Callable[[str], None]:
        """What to hand a model as its listener, so that its words are seen as they come."""
        return lambda text: self.emit(Streamed(text, source))


@contextmanager
def asking(
    terminal: Terminal, config: Config, root: Path, wish: Wish, run: str | None = None, speaker: str = ""
) -> Iterator[Asked]:
    """The crew that options and settings describe, with a live meter and a careful Ctrl-C while the block runs; what
    the `speaker` says is shown as it comes.

    `run`: one that is gone on with (empty: the newest); who was asked then is asked now, unless somebody else is named.
    Raises UsageError where no model is named, or one without a price is to be held to a cost."""
    line = MeterLine(terminal, speaker)
    meter = Meter(wish.budget())
    meter.listen(lambda usage: line.hear(Metered(usage)))
    asked = said(config, wish.model or "", wish.api_base or "")
    if run is not None and not wish.model:
        asked |= {key: value for key, value in _asked_before(root, run).items() if value and not getattr(wish, key)}
    chosen = cast(config, asked["model"], asked["api_base"])
    crew = Crew(chosen, meter, Origin(str(root)), lambda text: line.hear(Notice(text)), asked=asked)

    def leave() -> None:
        line.end(cut_off=True)
        crew.leave()

    with stopping(meter, terminal, line.hear, leave):
        line.begin()
        try:
            yield Asked(crew, line.hear, lambda: line.shown)
        except BaseException:
            leave()
            raise
        line.end()


def _asked_before(root: Path, run: str) -> Mapping[str, str]:
    """What options and environment named when a run was begun."""
    records = read_run(find_log(root, run))
    return next((one.body.get("asked", {}) for one in records if one.kind == "run.started"), {})


@contextmanager
def stopping(
    meter: Meter, terminal: Terminal, hear: Callable[[Event], None], end: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """The first Ctrl-C lets the call that runs end and begins no other; the second stops at once. A question that waits
    for an answer is taken back by the first, since nothing runs meanwhile.

    `hear` shows a remark; `end` puts the terminal in order where threads that hang in a call have to be left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed, leave = 0, threading.Timer(GRACE, _leave, (terminal, end))
    leave.daemon = True

    def press(signum: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed += 1
        if pressed == 1:
            meter.stop(Interrupted("stopped after the call that was running", "codeagent resume goes on from here"))
            if not take_back():
                hear(Notice(_STOPPING))
            return
        if pressed == 2:
            leave.start()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        leave.cancel()


def _leave(terminal: Terminal, end: Callable[[], None]) -> None:
    """End this process whatever its threads wait for; all that is relied on is on the disk already."""
    kill_all()
    with suppress(Exception):
        end()
        report(KeyboardInterrupt(), terminal)
        sys.stdout.flush()
    os._exit(INTERRUPTED)
