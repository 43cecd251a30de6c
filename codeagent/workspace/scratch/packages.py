"""Folders of installed packages: virtual environments and node_modules, used where they lie, entry by entry."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from codeagent.workspace.scratch.requiring import required_here
from codeagent.workspace.scratch.sources import Source, Tree, of_link

_ENVIRONMENTS: Final = (".venv", "venv", "env", ".env", ".tox", ".nox")
_MODULES: Final = ("node_modules", "bower_components", "vendor", "Pods", ".pnp")
_MANIFESTS: Final = frozenset(
    (
        "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "tox.ini", "noxfile.py", "Pipfile",
        "package.json", "go.mod", "composer.json", "Podfile", "Gemfile", "bower.json",
    )
)  # fmt: skip


def package_folders(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders of installed packages at the root and beside every manifest, outermost only.

    `paths` are those that git lists: a `vendor` folder that is tracked is source like any other."""
    listed = list(paths)
    folders = {""} | {path.rpartition("/")[0] for path in listed if path.rpartition("/")[2] in _MANIFESTS}
    found: list[str] = []
    for folder in sorted(folders):
        for name in (*_ENVIRONMENTS, *_MODULES):
            path = f"{folder}/{name}" if folder else name
            if path.startswith(tuple(f"{other}/" for other in found)):
                continue
            if name in _MODULES and name != "node_modules" and any(one.startswith(f"{path}/") for one in listed):
                continue
            if _is_packages(root / path, name):
                found.append(path)
    return tuple(found)


def _is_packages(folder: Path, name: str) -> bool:
    if not folder.is_dir():
        return False
    if name in (".tox", ".nox"):
        return any(folder.glob("*/pyvenv.cfg"))
    return name in _MODULES or (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def linked(root: Path, scratch: Path, folders: Iterable[str], tree: Tree) -> dict[str, Source]:
    """Return a link for each entry of the folders: to the same entry of the user's tree, or, where that entry is a
    link to the source of a workspace's own package, or a copy of it, to this source in the scratch."""
    packages = list(folders)
    own = required_here(tree) if any(folder.rpartition("/")[2] == "node_modules" for folder in packages) else {}
    return {path: source for folder in packages for path, source in _entries(root, scratch, folder, own)}


def _entries(root: Path, scratch: Path, folder: str, own: Mapping[str, str]) -> Iterator[tuple[str, Source]]:
    try:
        names = sorted(os.listdir(root / folder))
    except OSError:
        return
    for name in names:
        path = f"{folder}/{name}"
        if name.startswith("@") and not (root / path).is_symlink():  # a scope: its packages may be the workspace's own
            yield from _entries(root, scratch, path, own)
        elif name not in (".cache", ".vite", ".vite-temp", ".vitest", ".package-lock.json"):
            yield path, of_link(os.fspath(_counterpart(root, scratch, path, own)))


def _counterpart(root: Path, scratch: Path, path: str, own: Mapping[str, str]) -> Path:
    place = root / path
    copied = own.get(path.rpartition("node_modules/")[2])
    if copied and "node_modules" in path.split("/"):
        return scratch / copied
    if place.is_symlink():
        target = place.resolve()
        top = root.resolve()
        if target.is_relative_to(top) and not {"node_modules", ".pnpm"}.intersection(target.relative_to(top).parts):
            below = target.relative_to(top)
            if not below.parts[0].startswith((".venv", "venv", "env", ".env", ".tox", ".nox")):
                return scratch / below
    return root.resolve() / path
