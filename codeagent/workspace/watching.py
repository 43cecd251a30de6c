"""Whether files have changed since they were listed, told by lstat alone: no process, no reading."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from codeagent.workspace.files import Discovery
from codeagent.workspace.git import GitMissing, Repository, enclosing
from codeagent.workspace.walking import folders_of

_TICK_NS: Final = (
    50_000_000  # what was written this shortly before a look may change again within one tick of its clock
)
_RULES: Final = (".gitignore", ".ignore", ".codeagentignore", ".gitattributes")
_GIT: Final = ("index", "HEAD", "logs/HEAD", "info/exclude", "config")

_Sign = tuple[int, int, int] | None  # size, mtime and inode; None for what is not there


def now() -> int:
    """Return the moment to hand to `Watch`, taken before files are listed."""
    return time.time_ns()


class Watch:
    """What a working tree was like when it was listed.

    Every listed path is watched, and every folder in which a path that is not ignored could appear, so that only
    changes of ignored files go unseen, and those that keep size, time and inode."""

    def __init__(self, root: Path, discovery: Discovery, began: int, others: Iterable[Path] = ()) -> None:
        self._base = os.path.join(os.fspath(root), "")
        self._signs: dict[str, _Sign] = {}
        spellings = discovery.spellings
        for file in discovery.files:
            path = self._base + spellings.get(file.path, file.path)
            self._signs[path] = (file.size, file.mtime_ns, file.inode)
        listed = [spellings.get(path, path) for path in discovery.paths]
        watched = {self._base + path for path in (*listed, *_folders(root, listed, discovery.by_git))}
        watched.update(_settings(root), map(os.fspath, others))
        for path in watched.difference(self._signs):
            self._signs[path] = _sign(path)
        self._young = any(sign is not None and sign[1] > began - _TICK_NS for sign in self._signs.values())

    def changed(self) -> bool:
        """Tell whether anything may differ from what was listed; True also for what had only just been written."""
        return self._young or any(_sign(path) != sign for path, sign in self._signs.items())


def _sign(path: str) -> _Sign:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _folders(root: Path, listed: Iterable[str], by_git: bool) -> set[str]:
    """Every folder ("" or ending in a slash) in which a path may appear that would be listed."""
    if not by_git:
        return folders_of(root)
    known = {""}
    for path in listed:
        while (path := path.rstrip("/").rpartition("/")[0]) and path + "/" not in known:
            known.add(path + "/")
    repository = enclosing(root)
    pending = known
    while pending and repository:
        beside = {one for folder in pending for one in _below(root, folder) if one not in known}
        pending = beside - _ignored(repository, beside)
        known |= pending
    return known


def _below(root: Path, folder: str) -> Iterator[str]:
    """The folders directly in one, but for other repositories and git's own."""
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name != ".git" and entry.is_dir(follow_symlinks=False) and not _is_repository(entry):
                    yield f"{folder}{entry.name}/"
    except OSError:
        return


def _is_repository(entry: os.DirEntry[str]) -> bool:
    return os.path.lexists(os.path.join(entry.path, ".git"))


def _ignored(repository: Repository, folders: set[str]) -> set[str]:
    if not folders:
        return set()
    asked = b"\0".join(sorted(map(os.fsencode, folders)))
    try:
        done = repository.attempt("check-ignore", "-z", "--stdin", stdin=asked, extra={"GIT_LITERAL_PATHSPECS": "0"})
    except GitMissing:
        return set()
    return set(os.fsdecode(done.stdout).split("\0"))


def _settings(root: Path) -> Iterator[str]:
    """Files outside the tree that decide what is listed, and where git notes what is tracked and checked out."""
    repository = enclosing(root)
    if repository is None or repository.bare:
        return
    for above in (root, *root.parents):
        yield from (os.path.join(above, name) for name in _RULES)
        if above == repository.top:
            break
    yield from (os.path.join(repository.folder, name) for name in _GIT)
