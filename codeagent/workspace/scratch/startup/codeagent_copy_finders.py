"""Finders that import from the scratch what an environment holds as a copy of the scratch tree's own packages.

What is imported from a copy all the same, and what is not found because nobody knows where in the tree it lies, is
written into $CODEAGENT_COPIES, a JSON object a line."""

from __future__ import annotations

import json
import os
import sys
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from importlib.util import spec_from_file_location
from typing import Any

from codeagent_copies import SCRATCH, Copy, Site, stem  # type: ignore[import-not-found]  # it lies beside this file

LOADERS: Any = (
    (ExtensionFileLoader, EXTENSION_SUFFIXES),
    (SourceFileLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)
NOTES = os.environ.get("CODEAGENT_COPIES", "")
sites: dict[str, Site] = {}
paired: dict[str, tuple[Copy, str]] = {}  # folders of the tree whose copies hold more, and their paths in those


def note(kind: str, module: str, place: Any) -> None:
    """Write down that a module was imported from a copy ("kept"), or not found in the tree ("absent")."""
    if NOTES:
        with open(NOTES, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(json.dumps({"kind": kind, "module": module, "place": str(place or "")}) + "\n")


class Copies(FileFinder):
    """Finds what a folder of installed packages holds, or one below it: of copies, what the scratch holds instead."""

    def __init__(self, folder: str, site: Site) -> None:
        super().__init__(folder, *LOADERS)
        self.site = site
        below = os.path.relpath(folder, site.folder)
        self.below = "" if below == "." else below.replace(os.sep, "/") + "/"

    def find_spec(self, fullname: str, target: Any = None) -> Any:
        """Find a module; one that the scratch does not have any more is not found."""
        there: Any = super().find_spec(fullname, target)
        path = self.below + fullname.rpartition(".")[2]
        copy = self.site.copy_of(path)
        if copy is None:
            return there if there is not None or self.below else self._beside(fullname)
        place = copy.place(path)
        spec = in_tree(place, fullname)
        if spec is None:
            return self._still(copy, path, fullname, there, known=bool(place))
        if spec.loader is not None:
            return joined(spec, copy, path)
        if there is not None and there.loader is None:  # a namespace, of which others may have a part
            spec.submodule_search_locations = [*spec.submodule_search_locations, *there.submodule_search_locations]
        return spec

    def _still(self, copy: Copy, path: str, fullname: str, there: Any, *, known: bool) -> Any:
        """What is the copy's still, where the tree has no such module."""
        if there is None or there.loader is None:
            return there
        if path in copy.kept():
            note("kept", fullname, there.origin)
            return there
        if not known:
            note("absent", fullname, there.origin)
        return None

    def _beside(self, fullname: str) -> Any:
        """A package that stands beside those of a copy: it would be installed with them."""
        for copy in self.site.copies:
            for root in filter(None, copy.project["roots"]):
                spec = in_tree(os.path.join(SCRATCH, root, fullname), fullname)
                if spec is not None and spec.loader is not None:
                    return spec
        return None


def in_tree(place: str, fullname: str) -> Any:
    """Find a module at a place in the scratch, whose folder may bear another name."""
    folder, name = os.path.split(place)
    if not place or not os.path.isdir(folder):
        return None
    own = name == fullname.rpartition(".")[2]
    spec = FileFinder(folder, *LOADERS).find_spec(fullname if own else name)
    if own or spec is None or spec.origin is None:
        return spec
    return spec_from_file_location(fullname, spec.origin, submodule_search_locations=spec.submodule_search_locations)


def joined(spec: Any, copy: Copy, path: str) -> Any:
    """Return the spec of a module of the tree; a package's leads to what is its copy's still, too."""
    if spec.submodule_search_locations and copy.keeps(path):
        for folder in list(spec.submodule_search_locations):
            paired[folder] = (copy, path)
            sys.path_importer_cache.pop(folder, None)
        spec.submodule_search_locations.append(os.path.join(copy.site, path))
    return spec


class Paired(FileFinder):
    """Finds modules in a folder of the tree whose copy holds more, such as compiled modules."""

    def find_spec(self, fullname: str, target: Any = None) -> Any:
        """Find a module; what holds for its folder holds for a package in it."""
        spec = super().find_spec(fullname, target)
        copy, path = paired[self.path]
        return spec and joined(spec, copy, path + "/" + fullname.rpartition(".")[2])


def hook(folder: str) -> Any:
    """Return the finder of a folder of installed packages with copies. Raises ImportError for any other folder."""
    if folder in paired:
        return Paired(folder, *LOADERS)
    whole = os.path.abspath(folder)
    if whole not in sites and folder in sys.path:
        sites[whole] = Site(whole)
    for site in sites.values():
        if site.copies and f"{whole}{os.sep}".startswith(site.folder + os.sep) and os.path.isdir(whole):
            return Copies(folder, site)
    raise ImportError("it holds no copies", path=folder)


def install() -> None:
    """Ask these finders first; what was loaded from a copy before is loaded anew."""
    for folder in map(os.path.abspath, sys.path):
        sites[folder] = Site(folder)
    if any(site.copies for site in sites.values()):
        sys.path_hooks.insert(0, hook)
        sys.path_importer_cache.clear()
    for name, module in list(sys.modules.items()):
        place = str(getattr(module, "__file__", None) or "")
        for site in sites.values():
            if site.copies and place.startswith(site.folder + os.sep):
                below = place[len(site.folder) + 1 :].replace(os.sep, "/")
                if site.copy_of(stem(below)) is not None:
                    sys.modules.pop(name, None)


install()
