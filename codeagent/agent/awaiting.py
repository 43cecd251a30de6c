"""A stream read in a thread of its own, so that whoever waits for it can stop waiting, whatever the server does."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from typing import Any, Final

_END: Final = object()


class TimeUp(Exception):
    """The time that a call may take is over."""


class Awaited:
    """What a server streams. A server that sends no chunk may still send bytes (comments, half a line, headers), which
    keeps every wait further down alive: only who waits for chunks knows that none comes.

    `stream`: what was opened, once a chunk has come or the stream has ended."""

    def __init__(self, opened: AbstractContextManager[Any]) -> None:
        self.stream: Any = None
        self._opened = opened
        self._came: SimpleQueue[Any] = SimpleQueue()
        self._left = threading.Event()

    def chunks(self, silence: float, seconds: float | None) -> Iterator[Any]:
        """Give chunks as they come. Raises what reading them raises, TimeoutError where there is none for `silence`
        seconds, TimeUp where all of it takes longer than `seconds`."""
        until = time.monotonic() + seconds if seconds is not None else None
        threading.Thread(target=self._read, daemon=True, name="stream").start()
        try:
            while (chunk := self._next(silence, until)) is not _END:
                if isinstance(chunk, _Failed):
                    raise chunk.error
                yield chunk
        finally:
            self._left.set()

    def _next(self, silence: float, until: float | None) -> Any:
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise TimeUp
        try:
            return self._came.get(timeout=silence if left is None else min(silence, left))
        except Empty:
            if left is not None and left <= silence:
                raise TimeUp from None
            raise TimeoutError("timed out") from None

    def _read(self) -> None:
        try:
            with self._opened as self.stream:
                for chunk in self.stream:
                    if self._left.is_set():
                        return
                    self._came.put(chunk)
        except BaseException as error:
            self._came.put(_Failed(error))
        else:
            self._came.put(_END)


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error
