"""The standard output as a wire: whatever else anything in this process prints goes to stderr."""

import asyncio
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

_MESSAGE: Final = 1 << 22  # bytes of a message that are gathered before they are sent


class Wire:
    """Writes messages without holding up the event loop where the client is slow to read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def write(self, text: str) -> None:
        """Write a message; `flush` sends it."""
        self._stream.write(text)

    async def flush(self) -> None:
        """Send what was written."""
        await asyncio.to_thread(self._stream.flush)


@contextmanager
def claimed_stdout() -> Iterator[TextIO]:
    """Yield the only way to the real stdout; meanwhile descriptor 1 leads to stderr, for C code and children too."""
    sys.stdout.flush()
    wire = os.dup(1)
    os.dup2(2, 1)
    buffer = io.BufferedWriter(io.FileIO(wire, "wb"), _MESSAGE)
    stream = io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        yield stream
    finally:
        sys.stdout.flush()
        os.dup2(wire, 1)
        stream.close()
