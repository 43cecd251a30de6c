"""Start-up of a Python that runs in a scratch tree: what is installed editable is imported from the scratch.

An editable install names the folder of the user's tree, in a .pth file or in a finder of its own. Those were read
when this runs; whatever of them leads into that tree now leads to the same place in the scratch. Of what is installed
as a copy, other finders see to that."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
ORIGINAL = os.environ.get("CODEAGENT_ORIGINAL", "")
SCRATCH = os.environ.get("CODEAGENT_SCRATCH", "")
APART = [path for path in os.environ.get("CODEAGENT_PACKAGES", "").split(os.pathsep) if path]


def below(path: str, folder: str) -> bool:
    """Tell whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder + os.sep)


def moved(path: Any) -> Any:
    """Return where a path of the user's tree lies in the scratch; any other path as it is."""
    if not isinstance(path, str) or not path:
        return path
    for spelled in (os.path.abspath(path), os.path.realpath(path)):
        if below(spelled, ORIGINAL) and not any(below(spelled, folder) for folder in (*APART, SCRATCH)):
            return SCRATCH + spelled[len(ORIGINAL) :]
    return path


class Redirected:
    """Another finder whose answers are moved into the scratch."""

    def __init__(self, finder: Any) -> None:
        self._finder = finder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find a module as the finder does; one that the scratch does not have any more is not found."""
        spec = self._finder.find_spec(name, path, target)
        if spec is None:
            return None
        folders = spec.submodule_search_locations
        folders = None if folders is None else [moved(folder) for folder in folders]
        if not spec.has_location:
            spec.submodule_search_locations = folders
            return spec
        place = moved(spec.origin)
        if below(place, SCRATCH) and not os.path.exists(place):
            return None
        if place == spec.origin:
            return spec
        return importlib.util.spec_from_file_location(name, place, submodule_search_locations=folders)


def redirect() -> None:
    """Move the import path, the tables of setuptools' finders, and every other finder."""
    sys.path[:] = [moved(path) for path in sys.path if path != HERE] + [HERE]
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            for table in (getattr(module, "MAPPING", {}), getattr(module, "NAMESPACES", {})):
                for key, value in list(table.items()):
                    table[key] = [moved(one) for one in value] if isinstance(value, list) else moved(value)
    sys.meta_path[:] = [one if _is_standard(one) else Redirected(one) for one in sys.meta_path]
    sys.path_importer_cache.clear()


def _is_standard(finder: Any) -> bool:
    return str(getattr(finder, "__module__", "")).startswith(("_frozen_importlib", "importlib", "zipimport"))


def start_the_next() -> None:
    """Run the sitecustomize that this one stands before, if there is one."""
    places = [path for path in sys.path if path != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", places)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if ORIGINAL and SCRATCH:
    redirect()
    if os.environ.get("CODEAGENT_SOURCES"):
        import codeagent_copy_finders  # type: ignore[import-not-found]  # noqa: F401  # it lies beside this file
start_the_next()
