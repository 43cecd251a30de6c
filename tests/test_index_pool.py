"""Workers that die, hang or fail: their work is tried again alone, and only what is to blame is lost."""

import os
import signal
import time
from collections.abc import Sequence

import pytest

from codeagent.graph.gather import chunked
from codeagent.graph.pool import Pool

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")


def job(items: Sequence[int]) -> bytes:
    if 7 in items:
        os.kill(os.getpid(), signal.SIGKILL)
    if 11 in items:
        time.sleep(60)
    if 13 in items:
        raise ValueError("a bug")
    return b",".join(b"%d" % item for item in items) * 1000


def test_only_the_culprits_are_lost() -> None:
    chunks = [range(start, start + 3) for start in range(0, 60, 3)]
    answers = list(Pool(job, chunks, 2, seconds=1.0).run())
    assert sorted(item for items, _ in answers for item in items) == list(range(60))
    assert sorted(items for items, answer in answers if answer is None) == [(7,), (11,), (13,)]
    assert all(answer == job(items) for items, answer in answers if answer is not None)


def test_no_process_is_left_when_the_reader_stops() -> None:
    running = Pool(job, [[number] for number in range(40, 60)], 2).run()
    next(running)
    running.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_largest_first_and_every_item_once() -> None:
    sizes = [5, 900, 30, 30, 1, 2000, 7]
    chunks = chunked(sizes, 1000, 3)
    assert chunks[0] == [5]
    assert sorted(item for chunk in chunks for item in chunk) == list(range(len(sizes)))
    assert all(len(chunk) <= 3 for chunk in chunks)
