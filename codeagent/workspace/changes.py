"""What changed between two revisions, in the index, or on disk: files, and the lines in them."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import Repository, failure
from codeagent.workspace.marks import is_foreign
from codeagent.workspace.reading import read_regular
from codeagent.workspace.refs import head, resolve_revision
from codeagent.workspace.spelling import spell

_PLAIN: Final = (
    "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--ignore-submodules=all", "--raw", "--no-abbrev",
    "-z", "--patch", "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short",
    "-O/dev/null",
)  # fmt: skip
_HUNK: Final = re.compile(
    rb"^(?:diff --git |@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@)|(?<=\0)diff --git ", re.MULTILINE
)
_LARGEST: Final = 256 * 1024 * 1024  # bytes of patch text held in memory
_STATUS: Final = {"A": "added", "C": "added", "D": "deleted", "M": "modified", "R": "renamed", "T": "modified"}

Lines = tuple[int, int]  # first and last line, 1-based, both included; (n, n - 1): nothing, after line n - 1


@dataclass(frozen=True, slots=True)
class Change:
    """One file that differs. `old_lines[i]` became `new_lines[i]`; both are empty where the contents are not text."""

    path: str  # as it is now; for a deleted file as it was
    status: str  # added | modified | deleted | renamed | unmerged
    old_path: str  # as it was before; the same as `path` unless renamed
    old_lines: tuple[Lines, ...] = ()
    new_lines: tuple[Lines, ...] = ()


def between(repository: Repository, range_: str, paths: Sequence[str] = ()) -> tuple[Change, ...]:
    """Changes of `BASE..HEAD`, of `BASE...HEAD` (since they parted), or of `BASE` against the files on disk.

    An end left empty means HEAD; `paths` narrow the first two down. Raises UsageError for an unknown revision, and
    where nothing is common."""
    base, dots, tip = _parts(range_)
    if not dots:
        return on_disk(repository, base)
    old, new = resolve_revision(repository, base or "HEAD"), resolve_revision(repository, tip or "HEAD")
    if dots == "...":
        done = repository.attempt("merge-base", old, new)
        if not done.ok:
            raise UsageError(f"{base} and {tip or 'HEAD'} have no commit in common", "compare them with two dots: A..B")
        old = done.stdout.decode("ascii").split()[0]
    return _changes(repository, old, new, paths=paths)


def _parts(range_: str) -> tuple[str, str, str]:
    for dots in ("...", ".."):
        base, found, tip = range_.partition(dots)
        if found:
            return base, dots, tip
    return range_, "", ""


def staged(repository: Repository) -> tuple[Change, ...]:
    """Changes in the index against HEAD; before the first commit everything staged is added."""
    return _changes(repository, "--cached", extra=own_index(repository))


def on_disk(repository: Repository, base: str = "HEAD") -> tuple[Change, ...]:
    """Changes of the files on disk against a revision; untracked files that are not ignored are added, but for
    installed packages: a virtual environment that nobody ignores is no change."""
    if repository.bare:
        raise UsageError(f"{repository.root} is a bare repository: it has no files on disk", "name two revisions: A..B")
    tracked: tuple[Change, ...] = ()
    if base != "HEAD" or head(repository) is not None:
        tracked = _changes(repository, resolve_revision(repository, base))
    known = {change.path for change in tracked}
    output = repository.run("ls-files", "-z", "--others", "--exclude-standard")
    fresh = [path for path in os.fsdecode(output).split("\0") if path and not path.endswith("/")]
    added = (_as_added(repository.root, path) for path in _written(fresh) if spell(path) not in known)
    return tuple(sorted((*tracked, *added), key=lambda change: change.path))


def _written(paths: list[str]) -> Iterator[str]:
    """The paths that somebody may have written, without those in environments and folders of packages."""
    environments = tuple(path.removesuffix("pyvenv.cfg") for path in paths if path.endswith("/pyvenv.cfg"))
    for path in paths:
        if not path.startswith(environments) and not is_foreign(path.rpartition("/")[0]):
            yield path


def _as_added(root: Path, path: str) -> Change:
    try:
        data = read_regular(os.fspath(root / path), _LARGEST)
    except OSError:  # a link, a pipe, or nothing that we may read
        data = b""
    lines = data.count(b"\n") + (not data.endswith(b"\n")) if data else 0
    ranges: tuple[tuple[Lines, ...], ...] = (((1, 0),), ((1, lines),)) if lines else ((), ())
    return Change(spell(path), "added", spell(path), *ranges)


def own_index(repository: Repository) -> dict[str, str]:
    """Return the variable by which git tells a hook the index that is committed, if it is of this repository."""
    named = os.environ.get("GIT_INDEX_FILE")
    if not named:
        return {}
    index = Path(repository.top, named)  # git runs hooks at the top, and names it relative to there
    folder = os.fsdecode(repository.run("rev-parse", "--absolute-git-dir").rstrip(b"\n"))
    return {"GIT_INDEX_FILE": os.fspath(index)} if index.resolve().is_relative_to(Path(folder).resolve()) else {}


def _changes(
    repository: Repository, *what: str, extra: dict[str, str] | None = None, paths: Sequence[str] = ()
) -> tuple[Change, ...]:
    below = "--relative" if repository.root != repository.top else "--no-relative"
    arguments = ("diff", *_PLAIN, below, *what, "--", *paths)
    done = repository.attempt(*arguments, extra=extra, limit=_LARGEST)
    if done.truncated:
        raise UsageError(f"the difference is larger than {_LARGEST >> 20} MB", "compare revisions that lie closer")
    if not done.ok:
        raise failure(repository.root, arguments, done)
    return tuple(sorted(_parse(done.stdout), key=lambda change: change.path))


def _parse(output: bytes) -> Iterator[Change]:
    """Raw records, then the patches in the same order: one for each record, two where the type of the file changed."""
    records, at = _records(output)
    lines = _hunks(output, at)
    for status, old_path, path in records:
        letter = status[:1]
        patches = [next(lines, ((), ())) for _ in range({"U": 0, "T": 2}.get(letter, 1))]
        old = tuple(span for before, _ in patches for span in before)
        new = tuple(span for _, after in patches for span in after)
        yield Change(spell(path), _STATUS.get(letter, "unmerged"), spell(old_path), old, new)


def _records(output: bytes) -> tuple[list[tuple[str, str, str]], int]:
    """(status, old path, path) of each record, and where the patches begin."""
    records, at = [], 0
    while output[at : at + 1] == b":":
        meta, at = _field(output, at)
        path, at = _field(output, at)
        status, old_path = meta.rpartition(" ")[2], path
        if status[0] in "RC":
            path, at = _field(output, at)
            old_path = path if status[0] == "C" else old_path
        records.append((status, old_path, path))
    return records, at


def _field(output: bytes, at: int) -> tuple[str, int]:
    end = output.index(b"\0", at)
    return os.fsdecode(output[at:end]), end + 1


def _hunks(output: bytes, at: int) -> Iterator[tuple[tuple[Lines, ...], tuple[Lines, ...]]]:
    """The old and new lines of each patch. With no context, every line of content starts with +, - or \\."""
    before: list[Lines] = []
    after: list[Lines] = []
    started = False
    for found in _HUNK.finditer(output, at):
        if found[1] is None:
            if started:
                yield tuple(before), tuple(after)
            before, after, started = [], [], True
        else:
            before.append(_lines(found[1], found[2]))
            after.append(_lines(found[3], found[4]))
    if started:
        yield tuple(before), tuple(after)


def _lines(first: bytes, count: bytes | None) -> Lines:
    length = 1 if count is None else int(count)
    start = int(first) if length else int(first) + 1  # git names the line before an empty range
    return start, start + length - 1
