"""What the files of an MSBuild project import for all of its sources: `<Using Include="Shop.Model" />`."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.languages.language import Tree

_MOST: Final = 24  # files that import one another
_TEXT: Final = rb"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
_PART: Final = re.compile(
    rb"<!--.*?-->|<Using\b(?P<using>" + _TEXT + rb")>|<Import\b(?P<brought>" + _TEXT + rb")>"
    rb"|<(?P<group>ItemGroup|PropertyGroup|ImportGroup)\b(?P<head>" + _TEXT + rb")>|</(?P<end>\w+Group)>"
    rb"|<(?P<name>\w+)(?P<own>" + _TEXT + rb")>(?P<value>[^<>]*)</(?P=name)>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(rb"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PROPERTY: Final = re.compile(r"\$\((\w+)\)")
_TEST: Final = re.compile(r"\s*'?([^'=!]*?)'?\s*(==|!=)\s*'?([^'=!]*?)'?\s*")


def usings(tree: Tree, folder: str, ends: tuple[str, ...]) -> tuple[str, ...]:
    """Return the namespaces and types that the project of a folder imports everywhere, the nearest file's last.

    Of a condition that cannot be told it is taken to hold."""
    inside = (path for path in tree.paths if path.endswith(ends) and path.rpartition("/")[0] == folder)
    project = _Project(tree)
    for path in (_above(tree, folder, "Directory.Build.props"), *sorted(inside)):
        project.take(path)
    project.take(_above(tree, folder, "Directory.Build.targets"))
    return tuple(dict.fromkeys(project.found))


def _above(tree: Tree, folder: str, name: str) -> str:
    """The nearest file of a name, from a folder up; asked for where it is not, it may come to be there."""
    while True:
        path = f"{folder}/{name}".lstrip("/")
        if tree.read(path) or not folder:
            return path
        folder = folder.rpartition("/")[0]


class _Project:
    """What has been read of one project: its properties, and what it imports."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._properties: dict[str, str] = {}
        self._seen: set[str] = set()
        self.found: list[str] = []

    def take(self, path: str) -> None:
        """Read a file and those that it brings, in order."""
        if path in self._seen or len(self._seen) >= _MOST:
            return
        self._seen.add(path)
        home = path.rpartition("/")[0]
        self._properties["MSBuildThisFileDirectory"] = f"{home}/"
        holds = True
        for part in _PART.finditer(self._tree.read(path)):
            if part["group"]:
                holds = part["head"].endswith(b"/") or self._holds(_attributes(part["head"]))
            elif part["end"]:
                holds = True
            elif holds:
                self._part(part, home)

    def _part(self, part: re.Match[bytes], home: str) -> None:
        said = _attributes(part["using"] or part["brought"] or part["own"] or b"")
        if not self._holds(said):
            return
        if part["using"] is not None and "Alias" not in said:
            self.found += filter(None, self._filled(said.get("Include", "")).split(";"))
        elif part["brought"] is not None:
            self.take(_joined(home, self._filled(said.get("Project", ""))))
            self._properties["MSBuildThisFileDirectory"] = f"{home}/"
        elif part["name"]:
            self._properties[part["name"].decode()] = self._filled(part["value"].decode("utf-8", "replace").strip())

    def _filled(self, text: str) -> str:
        return _PROPERTY.sub(lambda one: self._properties.get(one[1], ""), text)

    def _holds(self, said: dict[str, str]) -> bool:
        test = _TEST.fullmatch(self._filled(said.get("Condition", "")))
        return test is None or (test[1].lower() == test[3].lower()) == (test[2] == "==")


def _attributes(text: bytes) -> dict[str, str]:
    found: Iterator[re.Match[bytes]] = _ATTRIBUTE.finditer(text)
    return {one[1].decode(): (one[2] or one[3] or b"").decode("utf-8", "replace") for one in found}


def _joined(home: str, written: str) -> str:
    """A path from the root, as one in a folder is written; what was filled in begins with that folder already."""
    path = written.replace("\\", "/")
    parts = [] if path.startswith(f"{home}/") else home.split("/")
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(filter(None, parts))
