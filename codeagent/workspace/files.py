"""Finding the files of a folder the way git does, and saying of each one left out why."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from codeagent.workspace.git import GitMissing, Repository, enclosing
from codeagent.workspace.policy import Limits, Policy
from codeagent.workspace.reading import read_rules
from codeagent.workspace.walking import walk

_Entry = TypeVar("_Entry")
_DENIED: Final = re.compile(rb"could not open directory '([^\n]*)': Permission denied")


class FoundFile(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A regular file as lstat saw it; `path` is relative to the root, POSIX, valid UTF-8."""

    path: str
    size: int  # bytes
    mtime_ns: int
    inode: int
    mode: int  # st_mode


@dataclass(frozen=True, slots=True)
class Discovery:
    """Every path that git would list: in `files` (sorted), or in `skipped` under its reason (`marks.REASONS`).

    A folder in `skipped` ends in a slash. `spellings` gives, for names that are not UTF-8, the name on disk."""

    files: tuple[FoundFile, ...]
    skipped: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str] = field(default_factory=dict)
    by_git: bool = True

    @property
    def paths(self) -> frozenset[str]:
        """Every path found, whether it is to be indexed or not, and whether or not it can be read."""
        return frozenset(found.path for found in self.files).union(*self.skipped.values())


def discover(root: Path, limits: Limits | None = None) -> Discovery:
    """Find the files under `root`, an existing folder. Raises UsageError where git cannot read its own repository."""
    limits = limits or Limits()
    repository = enclosing(root)
    if repository and not repository.bare:
        try:
            listing = _git_listing(repository, limits)
        except GitMissing:
            listing = None
        if listing is not None and (listing.entries or root == repository.top):
            return _sort_out(root, listing, limits)
    return _sort_out(root, _walk_listing(root, limits), limits)


@dataclass(slots=True)
class _Listing:
    entries: dict[str, str]  # name on disk -> git's tag and mode: "H 100644", "S 100644", "?"
    skipped: dict[str, list[str]]
    by_git: bool


def _git_listing(repository: Repository, limits: Limits) -> _Listing:
    exclude = ("--exclude-standard",) if limits.use_ignore else ()
    done = repository.attempt("ls-files", "-z", "-t", "--stage", "--cached", "--others", *exclude)
    if not done.ok:
        repository.run("ls-files", "--error-unmatch", "--", ".")  # raises with git's words
    entries = {}
    for line in os.fsdecode(done.stdout).split("\0"):
        tagged, tab, path = line.partition("\t")
        if tab and tagged[0] != "?":
            entries[path] = tagged[:8]
        elif line:
            entries[line[2:]] = "?"
    denied = [os.fsdecode(path) for path in _DENIED.findall(done.stderr)]
    return _Listing(entries, {"unreadable": denied} if denied else {}, by_git=True)


def _walk_listing(root: Path, limits: Limits) -> _Listing:
    files, skipped = walk(root, use_ignore=limits.use_ignore)
    return _Listing(dict.fromkeys(files, "?"), skipped, by_git=False)


def _sort_out(root: Path, listing: _Listing, limits: Limits) -> Discovery:
    found, skipped = _look(root, listing)
    files, spellings = _spell(found, skipped)
    policy = Policy([file.path for file in files], lambda path: read_rules(root / path), limits)
    kept = []
    for file in files:
        reason = policy.reason(file.path, file.size)
        if reason is None:
            kept.append(file)
        else:
            skipped.setdefault(reason, []).append(file.path)
    return Discovery(
        tuple(kept),
        {reason: tuple(sorted(paths)) for reason, paths in sorted(skipped.items())},
        spellings,
        listing.by_git,
    )


def _look(root: Path, listing: _Listing) -> tuple[list[FoundFile], dict[str, list[str]]]:
    """lstat every entry: regular files, and the reasons of those that are none."""
    base = os.path.join(os.fspath(root), "")
    found, skipped = [], {reason: list(paths) for reason, paths in listing.skipped.items()}
    links = []
    lstat = os.lstat
    for path, tag in sorted(listing.entries.items()):
        try:
            status = lstat(base + path)
        except OSError as error:
            skipped.setdefault(_absence(tag, error), []).append(path)
            continue
        mode = status.st_mode
        if stat.S_ISREG(mode):
            found.append(FoundFile(path, status.st_size, status.st_mtime_ns, status.st_ino, mode))
        else:
            if stat.S_ISLNK(mode):
                links.append(path + "/")
            skipped.setdefault(_oddity(base, path, tag, mode), []).append(path)
    if links:
        found = _not_behind(tuple(links), found, skipped)
    return found, skipped


def _absence(tag: str, error: OSError) -> str:
    if tag.startswith("S"):
        return "sparse"
    if tag.endswith("160000"):
        return "submodule"
    return "unreadable" if isinstance(error, PermissionError) else "missing"


def _oddity(base: str, path: str, tag: str, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return link_reason(base, path)
    if stat.S_ISDIR(mode):
        return "submodule" if tag.endswith("160000") else "nested-repository" if path.endswith("/") else "missing"
    return "special"


def link_reason(base: str, path: str) -> str:
    """Where a symbolic link leads, seen from the root `base`: symlink, symlink-outside or symlink-broken."""
    root = os.path.realpath(base)
    try:
        target = os.path.realpath(base + path, strict=True)
    except OSError:
        target = os.path.realpath(base + path)
        inside = os.path.commonpath((root, target)) == root
        return "symlink-broken" if inside else "symlink-outside"
    return "symlink" if os.path.commonpath((root, target)) == root else "symlink-outside"


def _not_behind(links: tuple[str, ...], found: list[FoundFile], skipped: dict[str, list[str]]) -> list[FoundFile]:
    """Leave out tracked files whose folder has become a link: what lies there now is not what git tracks."""
    kept = [file for file in found if not file.path.startswith(links)]
    if len(kept) < len(found):
        skipped.setdefault("missing", []).extend(file.path for file in found if file.path.startswith(links))
    return kept


def _spell(found: list[FoundFile], skipped: dict[str, list[str]]) -> tuple[list[FoundFile], dict[str, str]]:
    """Give names that are not UTF-8 a spelling that is, `caf\\xe9.py`, and remember the name on disk."""
    spellings: dict[str, str] = {}
    for reason, paths in skipped.items():
        if not all(map(_is_utf8, paths)):
            skipped[reason] = [spell(path) for path in paths]
    if all(_is_utf8(file.path) for file in found):
        return found, spellings
    taken = {file.path for file in found}
    files = []
    for file in found:
        if _is_utf8(file.path):
            files.append(file)
        elif (name := spell(file.path)) in taken:
            skipped.setdefault("not-utf8-name", []).append(name)
        else:
            spellings[name] = file.path
            files.append(msgspec.structs.replace(file, path=name))
    return sorted(files, key=lambda file: file.path), spellings


def _is_utf8(path: str) -> bool:
    return path.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in path)


def spell(path: str) -> str:
    """A name in valid UTF-8: bytes that are not become `\\xe9`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def spell_all(entries: Mapping[str, _Entry]) -> dict[str, _Entry]:
    """The same entries under names in valid UTF-8; of two that would clash the first stays."""
    spelled: dict[str, _Entry] = {}
    for path, entry in entries.items():
        spelled.setdefault(path if _is_utf8(path) else spell(path), entry)
    return spelled
