"""Blobs kept beside an index in the user's cache folder: written whole or not at all, lost without harm."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from codeagent.workspace.storage import private_folder, repository_folder


def read_blob(cache: Path, root: Path, name: str) -> bytes | None:
    """Return the blob of that name for the repository at `root`, None where there is none that can be read."""
    try:
        return (repository_folder(cache, root) / name).read_bytes()
    except OSError:
        return None


def write_blob(cache: Path, root: Path, name: str, data: bytes) -> bool:
    """Keep a blob; False where the cache cannot be written (it is read-only or full): nobody needs to mind."""
    folder = repository_folder(cache, root)
    if private_folder(folder).path is None:
        return False
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, folder / name)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        return False
    return True
