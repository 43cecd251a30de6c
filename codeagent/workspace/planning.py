"""From a patch to what becomes of each file on disk, checked against the disk, and the steps that bring it about."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codeagent.domain.errors import Refused, Stale
from codeagent.domain.patch import Patch, hex_digest
from codeagent.workspace.git import GitMissing, NotARepository, enclosing
from codeagent.workspace.ground import Ground
from codeagent.workspace.journal import Step
from codeagent.workspace.spelling import spell


@dataclass(frozen=True, slots=True)
class FileChange:
    """What becomes of one file. Paths are names on disk; `old` None: it is made, `new` None: it is deleted."""

    old: str | None
    new: str | None
    before: bytes = b""
    after: bytes = b""
    mode: int | None = None  # permission bits; None: as the umask says
    owner: tuple[int, int] | None = None  # user and group


def file_changes(ground: Ground, patch: Patch) -> list[FileChange]:
    """Read every file that a patch touches. Raises Stale where one is not what the patch was computed from."""
    names = {path: ground.locate(path) for path in sorted({*patch.base, *patch.touched})}
    before = {path: _read_as(ground, path, names[path], patch.base[path]) for path in patch.base}
    edited = {edit.path for edit in patch.edits}
    for path in sorted(edited.union(patch.moves, patch.deletes) - before.keys()):
        raise Stale(f"nobody knows which text of {path} this change was made for", "compute it again")
    after = patch.apply(before)
    changes = [_existing(ground, path, names[path], before[path], None, b"") for path in patch.deletes]
    for path in sorted(edited.union(patch.moves)):
        new = patch.moves.get(path, path)
        place = _keep_odd_parts(path, names[path], names[new]) if new != path else names[path]
        changes.append(_existing(ground, path, names[path], before[path], place, after[new] or b""))
    changes += [FileChange(None, names[path], after=data) for path, data in patch.creates.items()]
    return changes


def _read_as(ground: Ground, path: str, name: str, digest: str) -> bytes:
    if ground.status(name) is None:
        raise Stale(f"{path} is no longer there", "compute the change again")
    data = ground.read(name)
    if hex_digest(data) != digest:
        raise Stale(f"{path} changed since it was read", "compute the change again")
    return data


def _existing(ground: Ground, path: str, name: str, before: bytes, new: str | None, after: bytes) -> FileChange:
    status = ground.status(name)
    if status is None:
        raise Stale(f"{path} is no longer there", "compute the change again")
    return FileChange(name, new, before, after, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid))


def _keep_odd_parts(path: str, name: str, new: str) -> str:
    """The place that a file moves to; parts of its name that are not UTF-8 on disk are not there either."""
    odd = {spelled: part for spelled, part in zip(path.split("/"), name.split("/"), strict=True) if spelled != part}
    return "/".join(odd.get(part, part) for part in new.split("/"))


def check(ground: Ground, root: Path, changes: Sequence[FileChange]) -> None:
    """Raise Refused where anything stands in the way of a change; nothing has been written then."""
    olds = {change.old for change in changes if change.old is not None}
    made: set[str] = set()
    for change in changes:
        if change.old is not None:
            ground.require_writable(change.old, ground.status(change.old))
        if change.new is None or change.new == change.old:
            continue
        if change.new in made:
            raise Refused(f"two files would become {spell(change.new)}", "nothing was written")
        made.add(change.new)
        if ground.status(change.new) and change.new not in olds and not _same_file(ground, change):
            raise Refused(f"{spell(change.new)} exists already", "move it away, or choose another name")
        ground.require_writable(change.new, None)
    for folder in {folder for path in made for folder in ground.missing_folders(path)} & made:
        raise Refused(f"{spell(folder)} would be a file and a folder", "nothing was written")
    _refuse_unmerged(root, olds.union(made))


def _same_file(ground: Ground, change: FileChange) -> bool:
    """Whether the new name is the old one, for a disk that does not tell upper from lower case."""
    old, new = change.old, change.new
    if old is None or new is None or old.casefold() != new.casefold():
        return False
    return os.path.samefile(ground.full(old), ground.full(new)) and not _both_listed(ground, old, new)


def _both_listed(ground: Ground, old: str, new: str) -> bool:
    """Two names of one file (hard links) are two entries of their folder."""
    listed = os.listdir(ground.full(os.path.dirname(new)))
    return os.path.dirname(old) == os.path.dirname(new) and {os.path.basename(old), os.path.basename(new)} <= {*listed}


def _refuse_unmerged(root: Path, touched: set[str]) -> None:
    repository = enclosing(root)
    if repository is None:
        return
    try:
        output = repository.run("ls-files", "-u", "-z")
    except (GitMissing, NotARepository):
        return
    for line in os.fsdecode(output).split("\0"):
        path = line.partition("\t")[2]
        if path in touched:
            raise Refused(f"{spell(path)} has a merge conflict", "resolve it and git add it, then try again")


def plan_steps(changes: Sequence[FileChange], run: str) -> tuple[list[Step], dict[str, FileChange]]:
    """The steps that bring changes about, and what each temporary file they use must hold.

    A file that moves to where another one was is written anew: a chain of renames could not be done again."""
    olds = {change.old: hex_digest(change.before) for change in changes if change.old is not None}
    news = {change.new for change in changes if change.new is not None}
    steps: list[Step] = []
    contents: dict[str, FileChange] = {}
    for count, change in enumerate(changes):
        old, new = change.old, change.new
        moves = old is not None and new is not None and old != new
        renamed = moves and new not in olds and old not in news
        if renamed:
            assert old is not None and new is not None
            steps.append(Step("rename", old, new, olds[old]))
        elif old is not None and old != new and old not in news:
            steps.append(Step("remove", old, before=olds[old]))
        if new is not None and not (renamed and change.before == change.after):
            temporary = os.path.join(os.path.dirname(new), f".codeagent-{run}-{count}")
            contents[temporary] = change
            steps.append(Step("write", temporary, new, olds[old] if renamed and old is not None else olds.get(new)))
    steps.sort(key=lambda step: ("rename", "write", "remove").index(step.kind))
    return steps, contents
