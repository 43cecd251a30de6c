"""Installed copies of the scratch tree's own packages: which they are, and where in the scratch their modules lie.

A copy is an installed distribution that a project of the tree makes: it was installed from its folder, or bears its
name. $CODEAGENT_SOURCES tells of each project its name, its folder, the folders in which its packages lie (`roots`),
those that lie elsewhere (`places`), and all that there are (`tops`)."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from typing import Any

SCRATCH = os.environ.get("CODEAGENT_SCRATCH", "")
ORIGINAL = os.environ.get("CODEAGENT_ORIGINAL", "")
PROJECTS = json.loads(os.environ.get("CODEAGENT_SOURCES") or "[]")
MODULES = (*EXTENSION_SUFFIXES, *SOURCE_SUFFIXES)


def stem(path: str) -> str:
    """Return the path of a module's file without its suffix; "" for a file that is no module."""
    return next((path[: -len(suffix)] for suffix in MODULES if path.endswith(suffix)), "")


def is_module(place: str) -> bool:
    """Tell whether a module's file lies at a path that has no suffix."""
    return any(os.path.isfile(place + suffix) for suffix in MODULES)


class Copy:
    """An installed copy: `modules` are the paths of its modules and their folders, below the folder of the site."""

    def __init__(self, site: str, project: dict[str, Any], files: list[str]) -> None:
        self.site = site
        self.project = project
        self.files = [path for path in files if stem(path)]
        self.modules: set[str] = set()
        for path in self.files:
            parts = stem(path).split("/")
            self.modules.update("/".join(parts[:many]) for many in range(1, len(parts) + 1))
        self._kept: set[str] | None = None

    def place(self, path: str) -> str:
        """Return where in the scratch a path of the copy lies; "" where nobody knows."""
        parts = path.split("/")
        for many in range(len(parts), 0, -1):
            told = self.project["places"].get("/".join(parts[:many]))
            if told is not None:
                return os.path.join(SCRATCH, told, *parts[many:])
        for root in self.project["roots"]:
            top = os.path.join(SCRATCH, root, parts[0])
            if os.path.isdir(top) or is_module(top):
                return os.path.join(SCRATCH, root, *parts)
        return ""

    def kept(self) -> set[str]:
        """Return the modules that are the copy's still: what the tree lacks and a build has made."""
        if self._kept is None:
            lacking = {path: place for path in self.files if (place := self.place(stem(path))) and not is_module(place)}
            compiled = {path for path in lacking if path.endswith(tuple(EXTENSION_SUFFIXES))}
            made = _ignored({path: lacking[path] + ".py" for path in lacking if path not in compiled})
            self._kept = {stem(path) for path in compiled | made}
        return self._kept

    def keeps(self, path: str) -> bool:
        """Tell whether a module of the folder, or of one below it, is the copy's still."""
        return any(one.startswith(path + "/") for one in self.kept())


def _ignored(places: dict[str, str]) -> set[str]:
    """Which of the paths git ignores in the scratch."""
    if not places:
        return set()
    subprocess = importlib.import_module("subprocess")  # few need it, and each start of a Python would wait for it
    asked = {path: os.path.relpath(place, SCRATCH) for path, place in places.items()}
    words = ["git", "check-ignore", "-z", "--stdin"]
    try:
        done = subprocess.run(words, input="\0".join(asked.values()).encode(), cwd=SCRATCH, capture_output=True)
    except OSError:
        return set()
    said = done.stdout.decode("utf-8", "replace").split("\0")
    return {path for path, place in asked.items() if place in said}


class Site:
    """A folder of installed packages, and the copies among them."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.copies = list(_copies(folder))

    def copy_of(self, path: str) -> Copy | None:
        """Return the copy that has a module or a folder of this path."""
        return next((one for one in self.copies if path in one.modules), None)


def _copies(folder: str) -> Iterator[Copy]:
    if folder.startswith(SCRATCH) and os.path.basename(folder) not in ("site-packages", "dist-packages"):
        return  # what a build left beside the sources tells of these
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.endswith((".dist-info", ".egg-info")) or entry == "EGG-INFO":
            about = os.path.join(folder, entry)
            named = os.path.basename(folder) if entry == "EGG-INFO" else entry
            project = _project_of(about, named.partition("-")[0].partition(".egg")[0])
            if project is not None:
                yield Copy(folder, project, list(_files(folder, about, project)))


def _read(*parts: str) -> str:
    try:
        with open(os.path.join(*parts), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _project_of(about: str, name: str) -> dict[str, Any] | None:
    """The project that makes a distribution: the one in whose folder it was installed, else the one of its name."""
    told = json.loads(_read(about, "direct_url.json") or "{}")
    url = str(told.get("url", ""))
    if "dir_info" in told and url.startswith("file://"):
        where = os.path.realpath(url[len("file://") :])
        for project in PROJECTS:
            if where == os.path.realpath(os.path.join(ORIGINAL, project["folder"])):
                return dict(project)
    plain = name.lower().replace("_", "-").replace(".", "-")
    return next((project for project in PROJECTS if project["name"] == plain), None)


def _files(site: str, about: str, project: dict[str, Any]) -> Iterator[str]:
    """The files of a distribution, as its record says; without one, those of its packages."""
    listed = [line.split(",")[0].strip('"') for line in _read(about, "RECORD").splitlines()]
    for line in _read(about, "installed-files.txt").splitlines():
        listed.append(os.path.relpath(os.path.join(about, line), site).replace(os.sep, "/"))
    if listed:
        yield from listed
        return
    for top in _read(about, "top_level.txt").split() or project["tops"]:
        yield from (top + suffix for suffix in MODULES if os.path.isfile(os.path.join(site, top + suffix)))
        for place, _, names in os.walk(os.path.join(site, top)):
            below = os.path.relpath(place, site).replace(os.sep, "/")
            yield from (f"{below}/{name}" for name in names)
