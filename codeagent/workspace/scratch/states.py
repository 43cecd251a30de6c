"""Trees other than what lies on disk: of a commit, and of the index, as the disk and what differs from it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import Repository
from codeagent.workspace.scratch.sources import Source, of_bytes, of_link

_RAW = ("--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=all", "--relative", "--no-ext-diff")
_SYMLINK, _GITLINK = "120000", "160000"


@dataclass(frozen=True, slots=True)
class _Differing:
    path: str
    mode: str  # before; 000000 where it was not there
    blob: str


def of_commit(repository: Repository, commit: str, disk: dict[str, Source]) -> dict[str, Source]:
    """Return the files of a commit; those that are the same on disk are taken from there."""
    return _before(repository, _differing(repository, "diff", commit), disk)


def of_index(repository: Repository, disk: dict[str, Source]) -> dict[str, Source]:
    """Return the files as they are staged."""
    return _before(repository, _differing(repository, "diff"), disk)


def _before(repository: Repository, differing: list[_Differing], disk: dict[str, Source]) -> dict[str, Source]:
    tracked = set(os.fsdecode(repository.run("ls-files", "-z", "--cached", "--recurse-submodules")).split("\0"))
    tree = {path: source for path, source in disk.items() if path in tracked}
    for one in differing:
        tree.pop(one.path, None)
    wanted = [one for one in differing if one.mode not in ("000000", _GITLINK)]
    for one, data in zip(wanted, _blobs(repository, [one.blob for one in wanted]), strict=True):
        link = one.mode == _SYMLINK
        tree[one.path] = of_link(os.fsdecode(data)) if link else of_bytes(data, executable=one.mode == "100755")
    return tree


def _differing(repository: Repository, command: str, *what: str) -> list[_Differing]:
    """What is not on disk as it is in a commit (or, with none, in the index)."""
    fields = os.fsdecode(repository.run(command, *_RAW, *what, "--")).split("\0")
    found = []
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, _, old_blob, _, status = meta.lstrip(":").split(" ")
        if status != "U":
            found.append(_Differing(path, old_mode, old_blob))
    return found


def _blobs(repository: Repository, names: list[str]) -> Iterator[bytes]:
    """The contents of blobs, in the order asked for. Raises UsageError where git has lost one."""
    asked = "".join(f"{name}\n" for name in names).encode()
    output = memoryview(repository.run("cat-file", "--batch", stdin=asked) if names else b"")
    for name in names:
        head, size = _head(output)
        if size < 0:
            raise UsageError(f"git has no object {name}", "fetch what is missing, or run git fsck")
        yield bytes(output[head : head + size])
        output = output[head + size + 1 :]


def _head(output: memoryview) -> tuple[int, int]:
    """Where the content starts after `NAME blob SIZE`, and its size; -1 for `NAME missing`."""
    line = bytes(output[:200]).partition(b"\n")[0]
    word = line.rpartition(b" ")[2]
    return len(line) + 1, int(word) if word.isdigit() else -1
