"""What of the user's tree a scratch tree needs: the files that git would list, ignored ones worth having, and links."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.scratch.packages import package_folders
from codeagent.workspace.scratch.sources import Source, of_disk
from codeagent.workspace.walking import walk

# Ignored folders that are somebody's cache: made anew where they are wanted.
_CACHES: Final = frozenset(
    (
        "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".cache", ".git",
        ".hg", ".svn", ".jj", "htmlcov", "coverage", ".nyc_output", ".turbo", ".parcel-cache", ".gradle", "target",
        ".idea", ".vscode", ".venv-lock", ".next", ".nuxt", ".svelte-kit", ".vite", ".eggs", ".serverless",
    )
)  # fmt: skip
_LARGEST_FILE: Final = 32 << 20  # bytes; of an ignored file
_LARGEST_FOLDER: Final = 128 << 20  # bytes; of an ignored folder
_MOST_FILES: Final = 10_000  # in an ignored folder


@dataclass(frozen=True, slots=True)
class Listing:
    """The user's tree as it is now. `packages` are folders of installed packages (paths, no final slash), which are
    linked; `left_out` are ignored paths too large to copy."""

    files: dict[str, Source]
    ignored: dict[str, Source]
    packages: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def list_disk(root: Path) -> Listing:
    """List what lies under a root, uncommitted and untracked files included."""
    repository = enclosing(root)
    listed = _by_git(repository) if repository and not repository.bare else None
    if listed is None:
        listed = sorted(walk(root, use_ignore=True)[0]), []
    paths, ignored = listed
    packages = package_folders(root, paths)
    inside = tuple(f"{folder}/" for folder in packages)
    files = dict(_sources(root, (path for path in paths if not path.startswith(inside))))
    extra = _Ignored(root)
    for path in ignored:
        if not f"{path}/".replace("//", "/").startswith(inside):
            extra.take(path)
    return Listing(files, extra.files, packages, tuple(extra.left_out))


def _by_git(repository: Repository) -> tuple[list[str], list[str]] | None:
    """(paths that git tracks or would add, ignored paths); None where git has nothing to say of the root."""
    own = repository.attempt("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    other = repository.attempt(
        "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory"
    )
    paths, ignored = (
        [path for path in os.fsdecode(done.stdout).split("\0") if path] if done.ok else [] for done in (own, other)
    )
    return (paths, ignored) if own.ok and (paths or repository.root == repository.top) else None


def _sources(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, Source]]:
    """What lies at each path; a submodule or a nested repository is walked."""
    for path in paths:
        source = of_disk(root, path)
        if source is not None:
            yield path, source
        elif (root / path).is_dir():
            folder = path.rstrip("/")
            for below in walk(root / folder, use_ignore=True)[0]:
                found = of_disk(root, f"{folder}/{below}")
                if found is not None:
                    yield f"{folder}/{below}", found


@dataclass(slots=True)
class _Ignored:
    """Collects ignored paths that tests may need: settings such as .env, generated code, built packages."""

    root: Path
    files: dict[str, Source] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def take(self, path: str) -> None:
        if _CACHES.intersection(path.split("/")) or path.endswith((".pyc", "~", ".log")):
            return
        if path.endswith("/"):
            self._take_folder(path)
        elif (source := of_disk(self.root, path)) is not None:
            if source.link is None and os.lstat(source.path).st_size > _LARGEST_FILE:
                self.left_out.append(path)
            else:
                self.files[path] = source

    def _take_folder(self, folder: str) -> None:
        found: dict[str, Source] = {}
        size = 0
        for place, folders, names in os.walk(self.root / folder):
            folders[:] = [
                name for name in folders if name not in _CACHES and not os.path.islink(os.path.join(place, name))
            ]
            for name in names:
                path = os.path.relpath(os.path.join(place, name), self.root).replace(os.sep, "/")
                source = of_disk(self.root, path)
                if source is not None:
                    found[path] = source
                    size += os.lstat(os.path.join(place, name)).st_size
            if size > _LARGEST_FOLDER or len(found) > _MOST_FILES:
                self.left_out.append(folder)
                return
        self.files |= found
