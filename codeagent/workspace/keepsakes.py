"""What a run must not lose, kept in its folder by digest: on the disk before the log speaks of it."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.patch import hex_digest
from codeagent.workspace.durable import sync_files, sync_folders, write_new

_FOLDER: Final = "contents"


class Keepsakes:
    """The contents of one run, by the digest of their bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER

    def keep(self, data: bytes) -> str:
        """Return the digest that `data` is kept under; it is on the disk on return. Raises Refused."""
        digest = hex_digest(data)
        place = self._folder / digest
        try:
            if not place.exists():
                self._folder.mkdir(mode=0o700, exist_ok=True)
                self._write(place, data)
        except OSError as error:
            raise Refused(f"the run cannot be kept: {place}: {error.strerror}", "make room, then resume it") from error
        return digest

    def _write(self, place: Path, data: bytes) -> None:
        temporary = f"{place}.{os.getpid()}-{threading.get_ident()}"
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        write_new(temporary, data, 0o600)
        sync_files((temporary,))
        os.replace(temporary, place)
        sync_folders((os.fspath(self._folder),))

    def get(self, digest: str) -> bytes:
        """Return what is kept under a digest. Raises UsageError where it is lost or damaged."""
        try:
            data = (self._folder / digest).read_bytes()
        except OSError as error:
            raise UsageError(f"the run has lost {digest}: {error.strerror}", "begin anew") from error
        if hex_digest(data) != digest:
            raise UsageError(f"{self._folder / digest} is damaged", "begin anew")
        return data
