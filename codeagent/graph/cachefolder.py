"""Where the indexes of all repositories lie, how large they are together, and which are dropped first."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from codeagent.graph.store import remove_database
from codeagent.workspace.lock import FileLock
from codeagent.workspace.storage import repository_folder


@dataclass(frozen=True, slots=True)
class Kept:
    """One repository's index: bytes with its log, and when it was last used (seconds since the epoch)."""

    path: Path
    size: int
    used: float


def index_path(cache: Path, root: Path) -> Path:
    """Return the file that holds the index of a root folder, whichever name the folder is reached by."""
    return repository_folder(cache, root) / "index.db"


def touch(path: Path) -> None:
    """Note that an index was used now."""
    with suppress(OSError):
        os.utime(path)


def kept(cache: Path) -> list[Kept]:
    """Return every index in the cache folder, the least recently used first."""
    found = []
    for path in cache.glob("*/index.db"):
        with suppress(OSError):
            found.append(Kept(path, _size(path), path.stat().st_mtime))
    return sorted(found, key=lambda one: (one.used, one.path))


def shrink(cache: Path, most: int, spare: Path | None = None) -> list[Path]:
    """Delete the least recently used indexes until all fit into `most` bytes; return the deleted ones.

    One that a process has open stays, and so does `spare`."""
    indexes = kept(cache)
    total = sum(one.size for one in indexes)
    gone = []
    for one in indexes:
        if total <= most:
            break
        if one.path != spare and _delete(one.path):
            total -= one.size
            gone.append(one.path)
    return gone


def _delete(path: Path) -> bool:
    lock = FileLock(path.with_suffix(".lock"))
    try:
        if not lock.own():
            return False
        remove_database(path)
        return True
    except OSError:
        return False
    finally:
        lock.release()


def _size(path: Path) -> int:
    total = path.stat().st_size
    with suppress(OSError):
        total += path.with_name(path.name + "-wal").stat().st_size
    return total
