"""Room for trees that are nested deeply: what a file says does not rest on how deep its caller already is."""

import sys
import threading
from collections.abc import Callable
from typing import Final, TypeVar

_ROOM: Final = 60_000  # nested calls; what is nested deeper still is cut, always at the same place
_STACK: Final = 256 * 1024 * 1024  # bytes of address space for them: some go through C
_alone = threading.Lock()  # the limit of nested calls is that of all threads
_here = threading.local()
_Result = TypeVar("_Result")


def with_room(lower: Callable[[], _Result]) -> _Result:
    """Call `lower`; where it does not fit on what is left of this stack, call it anew on one of its own."""
    try:
        return lower()
    except RecursionError:
        return _apart(lower)


def cut(error: RecursionError) -> None:
    """Let a lowering go on without what is nested too deeply; raises `error` where there may be more room elsewhere."""
    if not getattr(_here, "roomy", False):
        raise error


def _apart(lower: Callable[[], _Result]) -> _Result:
    found: list[_Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        _here.roomy = True
        try:
            found.append(lower())
        except BaseException as error:  # it is raised where the result is waited for
            failed.append(error)

    with _alone:
        limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
        sys.setrecursionlimit(max(limit, _ROOM))
        try:
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            thread.join()
        finally:
            sys.setrecursionlimit(limit)
            threading.stack_size(size)
    if failed:
        raise failed[0]
    return found[0]
