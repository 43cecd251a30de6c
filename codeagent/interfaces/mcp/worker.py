"""The one thread in which a server works: calls come one after the other, events go to whoever waits."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from codeagent.domain.events import Event, Notice, Progress
from codeagent.graph.update import nobody
from codeagent.project import Project

Made = TypeVar("Made")
Report = Callable[[float, str], Awaitable[None]]  # how far, which only ever grows, and in words
_BETWEEN: Final = 0.1  # seconds between two reports


class Worker:
    """Runs what is asked of a project outside the event loop, so that the wire stays alive meanwhile.

    One thread for all calls: the graph's connection belongs to the thread that opened it."""

    def __init__(self, project: Project) -> None:
        self.project: Final = project
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="codeagent")
        self._closed = threading.Event()

    async def run(self, work: Callable[[], Made], report: Report | None = None) -> Made:
        """Return what `work` returns, or raise what it raises; `report` hears how far it is.

        Where nobody waits for it any more, it ends when it next says how far it is."""
        loop = asyncio.get_running_loop()
        steps, given_up = Steps(), threading.Event()

        def hear(event: Event) -> None:
            if given_up.is_set() or self._closed.is_set():
                raise KeyboardInterrupt  # everything that works is ready for that at any moment
            told = steps.of(event)
            if report is not None and told is not None:
                asyncio.run_coroutine_threadsafe(_quietly(report(*told)), loop)

        def heard() -> Made:
            self.project.listener = hear
            try:
                return work()
            finally:
                self.project.listener = nobody

        try:
            return await loop.run_in_executor(self._thread, heard)
        except asyncio.CancelledError:
            given_up.set()
            raise

    def close(self) -> None:
        """Let the thread end with what it is doing as soon as it can, and let go of the index."""
        self._closed.set()
        self._thread.submit(self.project.close)
        self._thread.shutdown(wait=True)


class Steps:
    """Turns events of several stages into one number that only grows: stages done, and the share of the next."""

    def __init__(self) -> None:
        self._stages: list[str] = []
        self._at = 0.0
        self._said = 0.0

    def of(self, event: Event) -> tuple[float, str] | None:
        """Return how far the work is, and in words; None where there is nothing new to say, or too soon."""
        if isinstance(event, Notice):
            self._at += 1e-6
            return self._at, event.text
        if not isinstance(event, Progress):
            return None
        if event.stage not in self._stages:
            self._stages.append(event.stage)
        share = event.done / event.total if event.total else 0.0
        at = self._stages.index(event.stage) + min(share, 1.0)
        now = time.monotonic()
        if at <= self._at or now - self._said < _BETWEEN:
            return None
        self._at, self._said = at, now
        return at, f"{event.label} {event.done} of {event.total}"


async def _quietly(sending: Awaitable[None]) -> None:
    """A client that has gone need not hear how far we are."""
    with suppress(Exception):
        await sending
