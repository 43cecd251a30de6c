"""Finding the files of a folder the way git does, and saying of each one left out why."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import GitMissing, NotARepository, Repository, enclosing, failure
from codeagent.workspace.looking import FoundFile, Look
from codeagent.workspace.policy import Limits, Policy
from codeagent.workspace.process import Later
from codeagent.workspace.reading import read_rules
from codeagent.workspace.spelling import is_utf8, spell
from codeagent.workspace.walking import walk

_DENIED: Final = re.compile(rb"could not open directory '([^\n]*)': Permission denied")


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
        """Every path that is there, whether it is to be indexed or not, and whether or not it can be read."""
        there = (paths for reason, paths in self.skipped.items() if reason != "missing")
        return frozenset(found.path for found in self.files).union(*there)


def discover(root: Path, limits: Limits | None = None) -> Discovery:
    """Find the files under `root`, an existing folder.

    Raises UsageError for a bare repository, and where git cannot read its own repository."""
    limits = limits or Limits()
    repository = enclosing(root)
    if repository and repository.bare:
        raise UsageError(f"{root} is a bare repository: it has no files on disk", "name a revision, such as --rev HEAD")
    look = Look(root)
    try:
        by_git = repository is not None and _ask_git(repository, limits, look)
    except (GitMissing, NotARepository):  # no git, or a .git that leads nowhere: the files are there all the same
        by_git = False
    if not by_git:
        _walk(root, limits, look)
    return _sort_out(root, look, limits, by_git)


def _ask_git(repository: Repository, limits: Limits, look: Look) -> bool:
    """Look at what git tracks while it still searches for what it does not.

    False where git has nothing to say of the root: it is a folder that the enclosing repository ignores."""
    exclude = ("--exclude-standard",) if limits.use_ignore else ()
    search = Later(lambda: repository.attempt("ls-files", "-z", "--others", *exclude))
    tracked = repository.attempt("ls-files", "-z", "-t", "--stage", "--cached")
    if not tracked.ok:
        raise failure(repository.root, ("ls-files",), tracked)
    entries = {}
    for line in os.fsdecode(tracked.stdout).split("\0"):
        meta, tab, path = line.partition("\t")
        if tab:
            entries[path] = meta[:8]
    look.take(entries.items())
    others = search.result()
    if not others.ok:
        raise failure(repository.root, ("ls-files",), others)
    untracked = [path for path in os.fsdecode(others.stdout).split("\0") if path]
    look.take((path, "?") for path in untracked)
    for denied in _DENIED.findall(others.stderr):
        look.skip("unreadable", os.fsdecode(denied))
    return bool(entries or untracked) or repository.root == repository.top


def _walk(root: Path, limits: Limits, look: Look) -> None:
    paths, skipped = walk(root, use_ignore=limits.use_ignore)
    look.take((path, "?") for path in paths)
    for reason, left_out in skipped.items():
        for path in left_out:
            look.skip(reason, path)


def _sort_out(root: Path, look: Look, limits: Limits, by_git: bool) -> Discovery:
    look.finish()
    files, spellings = _spell(look)
    policy = Policy([file.path for file in files], lambda path: read_rules(root / path), limits)
    kept = []
    for file in files:
        reason = policy.reason(file.path, file.size)
        if reason is None:
            kept.append(file)
        else:
            look.skip(reason, file.path)
    for path in look.skipped.pop("unreadable", []):  # what is left out in any case need not be read
        look.skip((not path.endswith("/") and policy.reason(path, 0)) or "unreadable", path)
    skipped = {reason: tuple(sorted(map(spell, paths))) for reason, paths in sorted(look.skipped.items())}
    return Discovery(tuple(kept), skipped, spellings, by_git)


def _spell(look: Look) -> tuple[list[FoundFile], dict[str, str]]:
    """The files in order of their names in UTF-8, and the name on disk of each that had to be spelled anew."""
    spellings: dict[str, str] = {}
    files = look.files
    for path in [path for path in files if not is_utf8(path)]:
        name, file = spell(path), files.pop(path)
        if name in files:
            look.skip("not-utf8-name", name)
        else:
            spellings[name] = path
            files[name] = msgspec.structs.replace(file, path=name)
    return [files[path] for path in sorted(files)], spellings
