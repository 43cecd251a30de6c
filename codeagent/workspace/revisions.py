"""Snapshots of a repository: the files on disk, or any revision read from git's objects without a checkout."""

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from codeagent.domain.errors import UsageError
from codeagent.workspace.files import Discovery
from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.looking import FoundFile
from codeagent.workspace.policy import Limits, Policy
from codeagent.workspace.reading import read_regular
from codeagent.workspace.spelling import spell_all

_STAT: Final = struct.Struct("<qqqQ")
_BUFFER: Final = 1 << 18
_GITLINK, _SYMLINK = 0o160000, 0o120000


class Snapshot(Protocol):
    """Files at one moment. Paths are POSIX, relative to the root, valid UTF-8."""

    @property
    def root(self) -> Path:
        """The folder that paths are relative to."""

    @property
    def discovery(self) -> Discovery:
        """Its files, and what was left out and why."""

    @property
    def paths(self) -> frozenset[str]:
        """Every path that git would list, whether it is to be indexed or not."""

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises OSError where it is not there or cannot be read."""

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its bytes, in the order asked for; None where it cannot be read."""

    def identity(self, path: str) -> bytes:
        """Changes whenever the content does: size, times and inode on disk (32 bytes), or git's object id."""


class WorkingTree:
    """The files on disk."""

    def __init__(self, root: Path, discovery: Discovery) -> None:
        self.root, self.discovery = root, discovery
        self.paths = discovery.paths
        self._base = os.path.join(os.fspath(root), "")
        self._found = {file.path: file for file in discovery.files}

    def read(self, path: str) -> bytes:
        """The bytes of a regular file as they are now. Raises OSError."""
        return read_regular(self._base + self.discovery.spellings.get(path, path))

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its bytes; None where it cannot be read."""
        for path in paths:
            try:
                yield path, self.read(path)
            except OSError:
                yield path, None

    def identity(self, path: str) -> bytes:
        """Size, times and inode as discovery saw them."""
        return stat_identity(self._found[path])


def stat_identity(file: FoundFile) -> bytes:
    """Size, mtime and ctime (ns) and inode in 32 bytes, little-endian."""
    return _STAT.pack(file.size, file.mtime_ns, file.ctime_ns, file.inode)


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: int
    oid: str
    size: int


class Revision:
    """The files of one commit, read from git's objects."""

    def __init__(self, root: Path, sha: str, limits: Limits | None = None) -> None:
        repository = enclosing(root)
        if repository is None:
            raise UsageError(f"{root} is in no git repository, so it has no revisions")
        self.root, self.sha = root, sha
        self._repository = repository
        self._entries = _list_tree(repository, sha)
        self.discovery = self._discover(limits or Limits())
        self.paths = frozenset(self._entries)

    def read(self, path: str) -> bytes:
        """The bytes of a file in this revision. Raises OSError."""
        for _, data in self.read_many((path,)):
            if data is not None:
                return data
        raise FileNotFoundError(f"{path} at {self.sha[:12]}")

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its bytes, through one git process; None where it is absent or was not fetched."""
        wanted = list(paths)
        oids = [entry.oid if (entry := self._entries.get(path)) and entry.mode != _GITLINK else "" for path in wanted]
        yield from zip(wanted, read_blobs(self._repository, oids), strict=True)

    def identity(self, path: str) -> bytes:
        """The object id that git knows the content by (20 or 32 bytes)."""
        return bytes.fromhex(self._entries[path].oid)

    def _discover(self, limits: Limits) -> Discovery:
        skipped: dict[str, list[str]] = {}
        files = []
        for path, entry in self._entries.items():
            if entry.mode == _GITLINK:
                skipped.setdefault("submodule", []).append(path)
            elif entry.mode == _SYMLINK:
                skipped.setdefault("symlink", []).append(path)
            else:
                files.append(FoundFile(path, entry.size, 0, 0, 0, entry.mode))
        policy = Policy([file.path for file in files], self._read_rules, limits)
        kept = []
        for file in files:
            reason = policy.reason(file.path, file.size)
            if reason is None:
                kept.append(file)
            else:
                skipped.setdefault(reason, []).append(file.path)
        ordered = {reason: tuple(sorted(paths)) for reason, paths in sorted(skipped.items())}
        return Discovery(tuple(sorted(kept, key=lambda file: file.path)), ordered)

    def _read_rules(self, path: str) -> bytes:
        return next(read_blobs(self._repository, [self._entries[path].oid])) or b"" if path in self._entries else b""


def _list_tree(repository: Repository, sha: str) -> dict[str, _Entry]:
    output = repository.run("ls-tree", "-r", "-z", "--long", "--end-of-options", sha)
    entries = {}
    for line in os.fsdecode(output).split("\0"):
        if line:
            meta, _, path = line.partition("\t")
            mode, _, oid, size = meta.split()
            entries[path] = _Entry(int(mode, 8), oid, int(size) if size.isdigit() else 0)
    return spell_all(entries)


def read_blobs(repository: Repository, oids: Iterable[str]) -> Iterator[bytes | None]:
    """The content of each object, in order, through one `git cat-file --batch`; None for "" and for what is missing."""
    wanted = list(oids)
    if not any(wanted):
        yield from (None for _ in wanted)
        return
    requests = "".join(oid + "\n" for oid in wanted if oid).encode("ascii")
    with repository.stream("cat-file", "--batch", "--buffer", stdin=requests) as running:
        assert running.stdout is not None
        with open(running.stdout.fileno(), "rb", buffering=_BUFFER, closefd=False) as answers:
            for oid in wanted:
                yield _next_blob(answers) if oid else None


def _next_blob(answers: IO[bytes]) -> bytes | None:
    """One answer of cat-file; None for a missing object, and when git has given up."""
    header = answers.readline().split()
    if len(header) != 3:
        return None
    size = int(header[2])
    data = answers.read(size + 1)
    return data[:-1] if len(data) == size + 1 and header[1] == b"blob" else None
