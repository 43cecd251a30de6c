"""An advisory lock on a file: shared by all who use what it stands for, owned by one who changes or deletes it."""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """An advisory lock on a file of its own; the system drops it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def share(self) -> None:
        """Hold it together with others; OSError where the folder cannot be written."""
        self._open()
        if sys.platform != "win32":
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def own(self) -> bool:
        """Try to hold it alone; False (and what was held stays held) where others have it."""
        self._open()
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if sys.platform != "win32":
                with suppress(OSError):
                    fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        return True

    def release(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.release()  # who holds it has been forgotten without a word: a server opens many, and has few descriptors

    def _open(self) -> None:
        if self._descriptor < 0:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # what it says of the code is private
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
