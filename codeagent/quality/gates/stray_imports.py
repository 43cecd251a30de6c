"""Imports of Go, Rust and Java that mean this tree, and name what none of its files has."""

import re
from collections.abc import Iterator
from itertools import accumulate
from posixpath import basename, dirname, join
from typing import Final

from codeagent.domain.facts import ImportFact
from codeagent.graph.graph import CodeGraph
from codeagent.quality.gates.java_imports import is_stray_java
from codeagent.workspace.search import Query, search

_MODULE: Final = re.compile(rb'^\s*module\s+"?([^\s"]+)"?', re.MULTILINE)
_MAJOR: Final = re.compile(r"v\d+(/|\Z)")  # another major version is another module
_OF_CRATE: Final = ("crate", "self", "super")


def is_stray(graph: CodeGraph, path: str, one: ImportFact, language: str) -> bool:
    """Tell whether an import leads nowhere. What other files say too may be generated as the program is built."""
    if language == "go":
        return graph.once(_Modules).lack(one.spec) and not _is_imported_elsewhere(graph, path, one.spec)
    if language == "rust" and one.spec.split("::")[0] in _OF_CRATE:
        words = [word for word in (*one.spec.split("::"), one.name or "") if word not in (*_OF_CRATE, "")]
        return any(not _is_said_elsewhere(graph, path, word) for word in _in_files(graph, words))
    return language == "java" and is_stray_java(graph, path, one)


class _Modules:
    """The modules of Go in a tree, and its folders; each go.mod is read once."""

    def __init__(self, graph: CodeGraph) -> None:
        self._homes: dict[str, str] = {}  # module path to folder
        self._named: set[str] = set()  # words of all go.mod: what is required, or a module itself, among them
        for path in sorted(path for path in graph.paths if basename(path) == "go.mod"):
            text = graph.tree.read(path)
            self._named.update(word.decode("utf-8", "replace") for word in text.split())
            if match := _MODULE.search(text):
                self._homes[match[1].decode("utf-8", "replace")] = dirname(path)
        self._folders = {""}
        for path in graph.paths if self._homes else ():
            folder = dirname(path)
            while folder not in self._folders:
                self._folders.add(folder)
                folder = dirname(folder)

    def lack(self, spec: str) -> bool:
        """Tell whether a package of one of them lies in a folder that is not there."""
        for module, home in self._homes.items():
            rest = spec.removeprefix(f"{module}/")
            if rest != spec and not _MAJOR.match(rest) and not self._names_one_below(module, rest):
                return join(home, rest) not in self._folders
        return False

    def _names_one_below(self, module: str, rest: str) -> bool:
        """Whether a module below another is named, by which a package may come from outside."""
        return any(
            one in self._named for one in accumulate(rest.split("/"), "{}/{}".format, initial=module) if one != module
        )


def _in_files(graph: CodeGraph, words: list[str]) -> Iterator[str]:
    """The words of a path of Rust up to the first that is no file's: what that has inside is not told by files."""
    for word in words:
        yield word
        if not any(path.endswith((f"/{word}.rs", f"/{word}/mod.rs")) for path in graph.paths):
            return


def _is_imported_elsewhere(graph: CodeGraph, path: str, spec: str) -> bool:
    others = [other for other in graph.files if other.endswith(".go") and other != path]
    return bool(search(graph.tree, Query(f'"{spec}"', fixed=True), others, most=1).hits)


def _is_said_elsewhere(graph: CodeGraph, path: str, word: str) -> bool:
    return any(other != path for other in graph.mentioning((word,)))
