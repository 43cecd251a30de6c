"""What is asked of a run from outside: one word in a file beside its log, read by whoever carries it out."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, get_args

from codeagent.domain.errors import Interrupted, Refused
from codeagent.workspace.durable import replace_whole
from codeagent.workspace.lock import FileLock

Word = Literal["pause", "go-on", "stop"]

_FILE: Final = "asked"
_POLL: Final = 0.1  # seconds between two looks of a run that pauses


def ask(folder: Path, word: Word) -> None:
    """Ask something of the run in a folder. Raises Refused where it cannot be written."""
    try:
        replace_whole(folder / _FILE, word.encode())
    except OSError as error:
        raise Refused(f"run {folder.name} cannot be asked: {error.strerror}") from error


def is_carried_out(folder: Path) -> bool:
    """Whether a process is carrying the run out now."""
    lock = FileLock(folder / "lock")
    try:
        return not lock.own()
    except OSError:
        return False
    finally:
        lock.release()


class Control:
    """The other side: heeds what is asked of one run. `said` hears of each word once."""

    def __init__(self, folder: Path, said: Callable[[Word], None]) -> None:
        self._file, self._said = folder / _FILE, said
        self._last: Word = "go-on"
        with suppress(OSError):  # what was asked of an earlier process is not asked of this one
            os.unlink(self._file)

    def heed(self, waiting: Callable[[], None]) -> None:
        """Return at once, or once a pause is over. Raises Interrupted where a stop is asked for.

        `waiting` is called first, and while a pause lasts; it may raise."""
        while True:
            waiting()
            word = self._word()
            if word != self._last:
                self._last = word
                self._said(word)
            if word == "stop":
                raise Interrupted("stopped from outside", "codeagent resume goes on from here")
            if word == "go-on":
                return
            time.sleep(_POLL)

    def _word(self) -> Word:
        try:
            text = self._file.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return "go-on"
        return next((word for word in get_args(Word) if word == text), "go-on")
