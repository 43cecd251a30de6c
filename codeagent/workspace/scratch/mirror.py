"""A folder that is made to hold exactly a given tree, touching only what differs."""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from codeagent.workspace.scratch.sources import Source, Tree

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

Stamp = tuple[int, int, int, int, int]  # size, mtime, ctime (ns), inode, mode: as lstat saw what was written


class Held(msgspec.Struct, frozen=True, array_like=True):
    """What a path of the folder was made from, and how it looked afterwards."""

    origin: str
    stamp: Stamp


class Mirror:
    """The folder and a record of what was written there.

    The record is only believed where the file still looks as it did then, so whatever was done to the folder since,
    by a test or by a crash in the middle of writing, is put right. Links that came to stand in the place of a
    folder are removed, never written through. What is written gets the time of now: build tools go by it."""

    def __init__(self, folder: Path, record: Path) -> None:
        self.folder, self._record = folder, record
        self._base = os.path.join(os.fspath(folder), "")
        self._held = _load(record)
        self._real: set[str] = set()  # folders known to be real ones, in this pass

    def make(self, tree: Tree, strangers: Iterable[str] = ()) -> int:
        """Make the folder hold the tree and none of the strangers (other paths found there); return the writes."""
        self._real = {""}
        writes = 0
        gone = [path for path in (*self._held, *strangers) if path not in tree]
        for path in gone:
            self._remove(path)
        for path, source in tree.items():
            if not self._stands(path, source):
                writes += self._write(path, source)
        return writes + len(gone)

    def keep(self) -> None:
        """Write the record to disk."""
        temporary = self._record.with_suffix(".new")
        temporary.write_bytes(msgspec.json.encode(self._held))
        os.replace(temporary, self._record)

    def holds(self, path: str) -> bool:
        """Tell whether the tree has this path."""
        return path in self._held

    def _stands(self, path: str, source: Source) -> bool:
        held = self._held.get(path)
        return held is not None and held.origin == source.origin and self._look(path) == held.stamp

    def _look(self, path: str) -> Stamp | None:
        if not self._reached(os.path.dirname(path)):
            return None
        try:
            seen = os.lstat(self._base + path)
        except OSError:
            return None
        return seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_mode

    def _reached(self, folder: str) -> bool:
        """Whether a folder is there, and real all the way from the top."""
        if folder in self._real:
            return True
        try:
            real = self._reached(os.path.dirname(folder)) and stat.S_ISDIR(os.lstat(self._base + folder).st_mode)
        except OSError:
            real = False
        if real:
            self._real.add(folder)
        return real

    def _write(self, path: str, source: Source) -> bool:
        """Put a source in its place; what already has its content keeps its time. False: it was so already."""
        try:
            data = b"" if source.link is not None else source.read()
        except OSError:  # it went away since it was listed
            self._remove(path)
            return True
        self._enter(os.path.dirname(path))
        same = self._same(path, source, data)
        if not same:
            self._clear(path)
            if source.link is not None:
                os.symlink(source.link, self._base + path)
            else:
                self._create(path, data, 0o755 if source.executable else 0o644)
        stamp = self._look(path)
        if stamp:
            self._held[path] = Held(source.origin, stamp)
        return not same

    def _create(self, path: str, data: bytes, mode: int) -> None:
        descriptor = os.open(self._base + path, _NEW, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)

    def _same(self, path: str, source: Source, data: bytes) -> bool:
        stamp = self._look(path)
        if stamp is None:
            return False
        size, *_, mode = stamp
        if source.link is not None:
            return stat.S_ISLNK(mode) and os.readlink(self._base + path) == source.link
        if not stat.S_ISREG(mode) or size != len(data) or bool(mode & 0o100) != source.executable:
            return False
        with open(self._base + path, "rb") as file:
            return file.read() == data

    def _enter(self, folder: str) -> None:
        """Make a folder real all the way; a file or link in its place is removed."""
        if self._reached(folder):
            return
        self._enter(os.path.dirname(folder))
        self._clear(folder)
        os.mkdir(self._base + folder)
        self._real.add(folder)

    def _remove(self, path: str) -> None:
        self._held.pop(path, None)
        if not self._reached(os.path.dirname(path.rstrip("/"))):
            return
        self._clear(path.rstrip("/"))
        folder = os.path.dirname(path.rstrip("/"))
        while folder:  # a folder that became empty was there for what it held
            try:
                os.rmdir(self._base + folder)
            except OSError:
                return
            self._real.discard(folder)
            folder = os.path.dirname(folder)

    def _clear(self, path: str) -> None:
        """Whatever lies there is gone; a link itself, never what it leads to."""
        place = self._base + path
        with suppress(FileNotFoundError):
            if stat.S_ISDIR(os.lstat(place).st_mode):
                remove_folder(place)
                self._real = {one for one in self._real if one != path and not one.startswith(path + "/")}
            else:
                os.unlink(place)


def remove_folder(place: str | Path) -> None:
    """Delete a folder, also where what ran in it took rights away from folders below."""

    def allow(_: object, name: str, error: BaseException) -> None:
        parent = os.path.dirname(name)
        with suppress(OSError):
            os.chmod(parent, 0o700)
            if os.path.isdir(name) and not os.path.islink(name):
                os.chmod(name, 0o700)
                shutil.rmtree(name, ignore_errors=True)
            else:
                os.unlink(name)

    # `onexc` came with 3.12, and `onerror`, which hands over the error as a triple, is only deprecated there
    shutil.rmtree(place, onerror=lambda function, name, triple: allow(function, name, triple[1]))


def _load(record: Path) -> dict[str, Held]:
    try:
        held: Mapping[str, Held] = msgspec.json.decode(record.read_bytes(), type=dict[str, Held])
    except (OSError, msgspec.DecodeError):
        return {}
    return dict(held)
