"""Packages of Node that a tree requires from itself: by a folder, or as a part of its workspace."""

import json
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Any, Final

from codeagent.workspace.scratch.sources import Source, Tree

_REQUIRING: Final = ("dependencies", "devDependencies", "optionalDependencies")
_HERE: Final = ("file:", "link:", "portal:")  # of a dependency that lies in a folder


def required_here(tree: Tree) -> dict[str, str]:
    """The folders of packages that the tree's manifests require from itself, by their names."""
    read = {path: _manifest(tree[path]) for path in tree if path.rpartition("/")[2] == "package.json"}
    named = {str(told.get("name")): dirname(path) for path, told in read.items()}
    found: dict[str, str] = {}
    for path, told in read.items():
        for name, wanted in _required(told):
            folder = named.get(name, "") if wanted.startswith("workspace:") else ""
            if wanted.startswith(_HERE):
                folder = normpath(join(dirname(path), wanted.partition(":")[2]))
            if folder and join(folder, "package.json") in read:
                found[name] = folder
    return found


def _required(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _REQUIRING:
        table = manifest.get(key)
        if isinstance(table, dict):
            yield from ((name, wanted) for name, wanted in table.items() if isinstance(wanted, str))


def _manifest(source: Source) -> Mapping[str, Any]:
    try:
        told = json.loads(source.read())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
