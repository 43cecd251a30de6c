"""Writing files so that one knows when they are on the disk, and no longer on their way there."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

_MANY: Final = 64  # files that are waited for one by one
_NEW: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def write_new(path: str, data: bytes, mode: int | None = None, owner: tuple[int, int] | None = None) -> None:
    """Write a file that must not exist yet; `mode` None: as the umask says. It is on its way to the disk, and there
    once `sync_files` has returned. Raises OSError."""
    descriptor = os.open(path, _NEW, 0o666 if mode is None else 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if owner is not None and hasattr(os, "fchown"):
            with suppress(PermissionError):  # only root may give files away
                os.fchown(descriptor, *owner)
        if mode is not None:
            os.chmod(path, mode)
    finally:
        os.close(descriptor)


def sync_files(paths: Sequence[str]) -> None:
    """Wait until the contents of files are on the disk. Raises OSError."""
    if sys.platform == "linux" and len(paths) > _MANY:
        os.sync()  # there it waits for all of them together, seven times faster than one after the other
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace_whole(path: Path, data: bytes) -> None:
    """Put `data` in the place of a private file, whole or not at all. Raises OSError."""
    temporary = f"{path}.new"
    with suppress(FileNotFoundError):
        os.unlink(temporary)
    write_new(temporary, data, 0o600)
    sync_files((temporary,))
    os.replace(temporary, path)
    sync_folders((os.fspath(path.parent),))


def replace_json(path: Path, value: Any) -> None:
    """Put a struct, as JSON, in the place of a private file. Names that are not UTF-8 survive as escapes."""
    replace_whole(path, json.dumps(msgspec.to_builtins(value)).encode("ascii"))


def sync_folders(folders: Iterable[str]) -> None:
    """Let the names in these folders be on the disk too, where the system has a way to ask for it."""
    if os.name == "nt":
        return
    for folder in folders:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
