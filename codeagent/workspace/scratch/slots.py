"""Where scratch trees lie: numbered slots of each repository under the cache folder, each used by one process."""

import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from codeagent.workspace.lock import FileLock
from codeagent.workspace.scratch.mirror import remove_folder
from codeagent.workspace.storage import private_folder, repository_folder


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot, held until `free`; the system lets go of it if the process dies."""

    folder: Path
    lock: FileLock
    lasting: bool = True  # False: there is no cache folder to keep it in

    def free(self) -> None:
        """Note how large it has become and let others have it."""
        if self.lasting:
            with suppress(OSError):
                note = {"bytes": size_of(self.folder), "used": time.time()}
                (self.folder / "used.json").write_text(json.dumps(note), encoding="utf-8")
        else:
            remove_folder(self.folder)
        self.lock.release()


def take(cache: Path, root: Path) -> Slot:
    """Return the first slot of a repository that no other process has."""
    base = private_folder(repository_folder(cache / "scratch", root)).path
    if base is None:
        folder = Path(tempfile.mkdtemp(prefix="codeagent-scratch-"))
        lock = FileLock(folder / "lock")
        lock.own()
        return Slot(folder, lock, lasting=False)
    for number in count():
        lock = FileLock(base / f"{number}.lock")
        if lock.own():
            folder = base / str(number)
            folder.mkdir(mode=0o700, exist_ok=True)
            return Slot(folder, lock)
        lock.release()
    raise AssertionError("there is always another number")


def shrink(cache: Path, most: int) -> list[Path]:
    """Delete the least recently used slots of all repositories until they fit into `most` bytes; return those."""
    kept = sorted((_used(folder), folder) for folder in (cache / "scratch").glob("*/*") if folder.is_dir())
    total = sum(size for (_, size), _ in kept)
    gone = []
    for (_, size), folder in kept:
        if total <= most:
            break
        if _delete(folder):
            total -= size
            gone.append(folder)
    return gone


def _used(folder: Path) -> tuple[float, int]:
    """When a slot was last let go (seconds since the epoch) and its bytes then; measured where a crash left no note."""
    try:
        note = json.loads((folder / "used.json").read_bytes())
        return float(note["used"]), int(note["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return folder.stat().st_mtime if folder.exists() else 0.0, size_of(folder)


def _delete(folder: Path) -> bool:
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        if not lock.own():
            return False
        remove_folder(folder)
        return not folder.exists()
    except OSError:
        return False
    finally:
        lock.release()


def size_of(folder: Path) -> int:
    """Return the bytes on disk of everything in a folder, links themselves and not what they lead to."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                seen = os.lstat(os.path.join(place, name))
                total += getattr(seen, "st_blocks", seen.st_size // 512) * 512
    return total


def empty(folder: Path) -> Path:
    """Make a folder exist and hold nothing."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        remove_folder(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder
