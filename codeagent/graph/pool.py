"""Forked workers that ask for work: the largest jobs first, and no job can take the run down with it."""

import gc
import os
import selectors
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

if sys.platform != "win32":
    import fcntl

Job = Callable[[Sequence[int]], bytes]  # indexes of items to one answer; runs in a worker
_FRAME: Final = struct.Struct("<iq")  # chunk (-1: ready), length of the answer that follows
_TASK: Final = struct.Struct("<i")
_AHEAD: Final = 2
_PIPE_BYTES: Final = 1 << 20
_F_SETPIPE_SZ: Final = 1031  # Linux


def worker_count() -> int:
    """Return how many processors this process may use; 1 where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    try:
        return max(1, min(len(os.sched_getaffinity(0)), 16))
    except AttributeError:
        return max(1, min(os.cpu_count() or 1, 16))


@dataclass(slots=True)
class _Worker:
    pid: int
    tasks: int  # we write chunk numbers here
    answers: int  # and read frames here
    chunks: list[int] = field(default_factory=list)  # asked for and not yet answered
    since: float = 0.0  # when the first of them was begun, at the latest
    heard: bytearray = field(default_factory=bytearray)


class Pool:
    """Runs a job over chunks of items in forked workers.

    `seconds` is how long one chunk may take before its worker is taken for hung and killed."""

    def __init__(self, job: Job, chunks: Sequence[Sequence[int]], workers: int, seconds: float = 60.0) -> None:
        self._job = job
        self._chunks = list(chunks)
        self._count = min(workers, len(self._chunks))
        self._seconds = seconds
        self._next = 0
        self._workers: list[_Worker] = []
        self._lost: list[int] = []  # chunks whose worker died

    def run(self) -> Iterator[tuple[Sequence[int], bytes | None]]:
        """Yield (items, answer) of each chunk as it is done.

        A chunk whose worker died is tried again item by item, each in a process of its own; the
        answer of an item that kills its process again is None."""
        gc.freeze()  # else the collector would write into pages that parent and workers share
        try:
            for _ in range(self._count):
                self._start()
            yield from self._listen()
            for chunk in self._lost:
                for item in self._chunks[chunk]:
                    yield (item,), self._alone(item)
        finally:
            self._stop()
            gc.unfreeze()

    def _alone(self, item: int) -> bytes | None:
        answers = Pool(self._job, [(item,)], 1, self._seconds)
        answers._start()
        try:
            return next((answer for _, answer in answers._listen()), None)
        finally:
            answers._stop()

    def _start(self) -> None:
        tasks_out, tasks_in = os.pipe()
        answers_out, answers_in = os.pipe()
        pid = os.fork()
        if pid == 0:
            others = [d for w in self._workers for d in (w.tasks, w.answers) if d >= 0]
            _serve(self._job, self._chunks, tasks_out, answers_in, (tasks_in, answers_out, *others))
        os.close(tasks_out)
        os.close(answers_in)
        _widen(answers_out)
        self._workers.append(_Worker(pid, tasks_in, answers_out))

    def _listen(self) -> Iterator[tuple[Sequence[int], bytes | None]]:
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
                self._feed(worker)
            while selector.get_map():
                for key, _ in selector.select(1.0):
                    worker = key.data
                    block = os.read(worker.answers, _PIPE_BYTES)
                    if not block:
                        selector.unregister(worker.answers)
                        self._bury(worker)
                        if self._next < len(self._chunks):
                            self._start()
                            selector.register(self._workers[-1].answers, selectors.EVENT_READ, self._workers[-1])
                            self._feed(self._workers[-1])
                        continue
                    worker.heard += block
                    yield from self._answers(worker)
                self._kill_hung()

    def _answers(self, worker: _Worker) -> Iterator[tuple[Sequence[int], bytes]]:
        while len(worker.heard) >= _FRAME.size:
            chunk, length = _FRAME.unpack_from(worker.heard)
            if len(worker.heard) < _FRAME.size + length:
                return
            answer = bytes(memoryview(worker.heard)[_FRAME.size : _FRAME.size + length])
            del worker.heard[: _FRAME.size + length]
            worker.chunks.remove(chunk)
            worker.since = time.monotonic()
            self._feed(worker)
            yield self._chunks[chunk], answer

    def _feed(self, worker: _Worker) -> None:
        """Keep a worker two chunks ahead of us; when there are no more, close its pipe, upon which it ends."""
        while self._next < len(self._chunks) and len(worker.chunks) < _AHEAD:
            if not worker.chunks:
                worker.since = time.monotonic()
            worker.chunks.append(self._next)
            with suppress(BrokenPipeError):  # it died; the end of its answers says so
                os.write(worker.tasks, _TASK.pack(self._next))
            self._next += 1
        if self._next == len(self._chunks) and worker.tasks >= 0:
            os.close(worker.tasks)
            worker.tasks = -1

    def _kill_hung(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.chunks and now - worker.since > self._seconds:
                os.kill(worker.pid, signal.SIGKILL)

    def _bury(self, worker: _Worker) -> None:
        self._lost.extend(worker.chunks)
        self._workers.remove(worker)
        _close(worker)
        os.waitpid(worker.pid, 0)

    def _stop(self) -> None:
        for worker in self._workers:
            os.kill(worker.pid, signal.SIGKILL)
            _close(worker)
            os.waitpid(worker.pid, 0)
        self._workers.clear()


def _close(worker: _Worker) -> None:
    for descriptor in (worker.tasks, worker.answers):
        if descriptor >= 0:
            os.close(descriptor)


def _widen(descriptor: int) -> None:
    """Ask Linux for a pipe that holds a whole answer, so that workers seldom wait for us."""
    if sys.platform == "linux":
        with suppress(OSError):  # over the user's limit: the default size will do
            fcntl.fcntl(descriptor, _F_SETPIPE_SZ, _PIPE_BYTES)


def _serve(job: Job, chunks: Sequence[Sequence[int]], tasks: int, answers: int, foreign: Sequence[int]) -> None:
    """Answer chunk after chunk until the pipe of tasks closes; never returns. `foreign` are the parent's ends."""
    status = 1
    try:
        for descriptor in foreign:
            os.close(descriptor)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C is the parent's to handle: it ends us
        gc.disable()
        while task := os.read(tasks, _TASK.size):
            (chunk,) = _TASK.unpack(task)
            answer = job(chunks[chunk])
            _write_all(answers, _FRAME.pack(chunk, len(answer)))
            _write_all(answers, answer)
        status = 0
    finally:
        os._exit(status)


def _write_all(descriptor: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(descriptor, view) :]
