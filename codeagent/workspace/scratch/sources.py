"""What each path of a scratch tree is to hold: bytes of the user's disk, of a commit, or of a patch."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from codeagent.workspace.reading import read_regular


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file or a link. Equal origins mean equal content; the bytes are read when they are wanted."""

    origin: str
    executable: bool = False
    path: str = ""  # a file on disk, read late
    data: bytes | None = None
    link: str | None = None  # where a symbolic link points

    def read(self) -> bytes:
        """Return the bytes of a regular file. Raises OSError where it has gone."""
        return read_regular(self.path) if self.data is None else self.data


Tree = Mapping[str, Source]  # by path: POSIX, relative to the root, as the system spells it


def of_bytes(data: bytes, *, executable: bool = False) -> Source:
    """Return a source that holds these bytes."""
    digest = blake2b(data, digest_size=16).hexdigest()
    return Source(f"bytes {digest} {int(executable)}", executable, data=data)


def of_link(target: str) -> Source:
    """Return a source that is a symbolic link."""
    return Source(f"link {target}", link=target)


def of_disk(root: Path, path: str) -> Source | None:
    """Return what lies at a path of the user's tree now; None for what is neither a file nor a link."""
    place = os.path.join(os.fspath(root), path)
    try:
        seen = os.lstat(place)
        if stat.S_ISLNK(seen.st_mode):
            return of_link(os.readlink(place))
    except OSError:
        return None
    if not stat.S_ISREG(seen.st_mode):
        return None
    origin = f"disk {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns} {seen.st_ino} {seen.st_mode}"
    return Source(origin, bool(seen.st_mode & 0o100), place)
