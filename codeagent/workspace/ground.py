"""Where a change may write: inside the root, through no link, in no other repository, with the rights it takes."""

import os
import stat
from pathlib import Path
from typing import Final

from codeagent.domain.errors import Refused
from codeagent.workspace.reading import read_regular
from codeagent.workspace.spelling import spell, unspell

_UNTOUCHED: Final = "nothing was written"


class Ground:
    """The tree under one root as a change finds it. Paths are POSIX, relative to the root, as the disk names them."""

    def __init__(self, root: Path) -> None:
        self._base = os.path.join(os.fspath(root), "")
        self._folders: dict[str, bool] = {"": True}  # whether it is there
        self._seen: dict[str, tuple[int, ...] | None] = {}

    def full(self, path: str) -> str:
        """The path for the system."""
        return self._base + path

    def locate(self, path: str) -> str:
        """The name on disk of a path in valid UTF-8, as answers carry it. Raises Refused where it leaves the root."""
        _check_parts(path)
        found = ""
        for part in path.split("/"):
            if "\\x" in part and not os.path.lexists(self._base + found + part):
                odd = unspell(part)
                part = odd if os.path.lexists(self._base + found + odd) else part
            found += part + "/"
        return found[:-1]

    def status(self, path: str) -> os.stat_result | None:
        """What lies at a path; None where nothing does. Raises Refused for what no change may touch."""
        if not self.has_folder(os.path.dirname(path)):
            return None
        status = _lstat(self._base + path)
        self._seen[path] = _identity(status)
        if status is None:
            return None
        if stat.S_ISLNK(status.st_mode):
            raise Refused(f"{spell(path)} is a symbolic link", "change the file that it points to")
        if not stat.S_ISREG(status.st_mode):
            raise Refused(f"{spell(path)} is no regular file", _UNTOUCHED)
        return status

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises Refused where the system does not let us."""
        try:
            return read_regular(self._base + path)
        except OSError as error:
            raise Refused(f"{spell(path)} cannot be read: {error.strerror}", _UNTOUCHED) from error

    def has_folder(self, folder: str) -> bool:
        """Whether a folder ("": the root) is there. Raises Refused for a link, a file, or another repository."""
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self.has_folder(os.path.dirname(folder)) and self._enters(folder)
        return known

    def _enters(self, folder: str) -> bool:
        status = _lstat(self._base + folder)
        if status is None:
            return False
        if stat.S_ISLNK(status.st_mode):
            raise Refused(f"{spell(folder)} is a symbolic link", "change the files where they really lie")
        if not stat.S_ISDIR(status.st_mode):
            raise Refused(f"{spell(folder)} is a file, not a folder", _UNTOUCHED)
        if os.path.lexists(f"{self._base}{folder}/.git"):
            raise Refused(f"{spell(folder)} is a repository of its own", f"run codeagent in it: -C {spell(folder)}")
        return True

    def require_writable(self, path: str, status: os.stat_result | None) -> None:
        """Raise Refused where a file, or the folder that must be written to for it, is read-only."""
        if status is not None and not _writable(self._base + path, status.st_mode, os.W_OK):
            raise Refused(f"{spell(path)} is read-only", f"chmod u+w it if it is yours to change; {_UNTOUCHED}")
        folder = os.path.dirname(path)
        while not self.has_folder(folder):
            folder = os.path.dirname(folder)
        full = self._base + folder
        if not _writable(full, os.stat(full).st_mode, os.W_OK | os.X_OK):
            raise Refused(f"the folder {spell(folder) or full} is read-only", _UNTOUCHED)

    def missing_folders(self, path: str) -> list[str]:
        """The folders that must be made before a file can lie at `path`, outermost first."""
        folder, missing = os.path.dirname(path), []
        while not self.has_folder(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        return missing[::-1]

    def moved_on(self) -> str | None:
        """A path whose file, or whose folder, is no longer the one that was seen here, or None."""
        for folder, there in self._folders.items():
            status = _lstat(self._base + folder) if there else None
            if there and (status is None or not stat.S_ISDIR(status.st_mode)):
                return folder
        for path, seen in self._seen.items():
            if _identity(_lstat(self._base + path)) != seen:
                return path
        return None


def _check_parts(path: str) -> None:
    for part in path.split("/"):
        if part in ("", ".", "..") or "\0" in part or (os.name == "nt" and (":" in part or "\\" in part)):
            raise Refused(f"{spell(path)!r} is no path inside the repository", _UNTOUCHED)
        if part.rstrip(" .").casefold() in (".git", "git~1"):
            raise Refused(f"{spell(path)} lies in git's own folder", _UNTOUCHED)


def _lstat(full: str) -> os.stat_result | None:
    try:
        return os.lstat(full)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Refused(f"{spell(full)} cannot be looked at: {error.strerror}", _UNTOUCHED) from error


def _identity(status: os.stat_result | None) -> tuple[int, ...] | None:
    return status and (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns)


def _writable(full: str, mode: int, wanted: int) -> bool:
    """By its bits first: for root the system allows everything, but a file without them is marked as not to change."""
    return bool(mode & 0o222) and os.access(full, wanted)
