"""A first look at listed paths: what lies there by lstat, without opening anything."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec


class FoundFile(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A regular file as lstat saw it; `path` is relative to the root, POSIX, valid UTF-8."""

    path: str
    size: int  # bytes
    mtime_ns: int
    ctime_ns: int  # changes with permissions too, and nobody sets it back
    inode: int
    mode: int  # st_mode


class Look:
    """What listed paths turned out to be: regular files, or the reason why they are none."""

    def __init__(self, root: Path) -> None:
        self._base = os.path.join(os.fspath(root), "")
        self._links: list[str] = []
        self.files: dict[str, FoundFile] = {}
        self.skipped: dict[str, list[str]] = {}

    def take(self, entries: Iterable[tuple[str, str]]) -> None:
        """Look at (path, tag) pairs; the tag is git's status letter and, for what is tracked, the mode."""
        base, files, lstat, regular = self._base, self.files, os.lstat, stat.S_ISREG
        for path, tag in entries:
            try:
                status = lstat(base + path)
            except OSError as error:
                self.skip(_absence(tag, error), path)
                continue
            mode = status.st_mode
            if regular(mode):
                files[path] = FoundFile(
                    path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, mode
                )
            else:
                self._take_oddity(path, tag, mode)

    def skip(self, reason: str, path: str) -> None:
        """Leave a path out."""
        self.skipped.setdefault(reason, []).append(path)

    def finish(self) -> None:
        """Leave out tracked files whose folder has become a link: what lies there now is not what git tracks."""
        behind = tuple(link + "/" for link in self._links)
        for path in [path for path in self.files if behind and path.startswith(behind)]:
            del self.files[path]
            self.skip("missing", path)

    def _take_oddity(self, path: str, tag: str, mode: int) -> None:
        if stat.S_ISLNK(mode):
            self._links.append(path)
            self.skip(_link_reason(self._base, path), path)
        elif stat.S_ISDIR(mode):
            nested = "nested-repository" if path.endswith("/") else "missing"
            self.skip("submodule" if tag.endswith("160000") else nested, path)
        else:
            self.skip("special", path)


def _absence(tag: str, error: OSError) -> str:
    if tag.startswith("S"):
        return "sparse"
    if tag.endswith("160000"):
        return "submodule"
    return "unreadable" if isinstance(error, PermissionError) else "missing"


def _link_reason(base: str, path: str) -> str:
    """Where a symbolic link leads, seen from the root `base`: symlink, symlink-outside or symlink-broken."""
    root = os.path.realpath(base)
    target = os.path.realpath(base + path)
    if os.path.commonpath((root, target)) != root:
        return "symlink-outside"
    return "symlink" if os.path.exists(base + path) else "symlink-broken"
