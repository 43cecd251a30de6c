"""Reading one regular file without following links, waiting for pipes, or taking in more than was asked for."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_RULES_LIMIT: Final = 1 << 20


def read_regular(path: str, limit: int | None = None) -> bytes:
    """The bytes of a regular file, at most `limit`. Raises OSError where it is none or cannot be read."""
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        wanted = status.st_size if limit is None else min(limit, status.st_size)
        data = os.read(descriptor, wanted + 1)  # one more byte: the usual file is done in this one call
        while len(data) <= wanted and (more := os.read(descriptor, 1 << 20)):
            data += more
            wanted = len(data) if limit is None else wanted
        return data if limit is None else data[:limit]
    finally:
        os.close(descriptor)


def read_rules(path: Path) -> bytes:
    """The bytes of an ignore or attributes file; empty where there is none that can be read."""
    try:
        return read_regular(os.fspath(path), _RULES_LIMIT)
    except OSError:
        return b""
