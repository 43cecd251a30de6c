"""Imports of Go and Rust that mean this tree, and name what none of its files has."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import ImportFact
from codeagent.graph.graph import CodeGraph
from codeagent.workspace.search import Query, search

_MODULE: Final = re.compile(rb'^\s*module\s+"?([^\s"]+)"?', re.MULTILINE)
_MAJOR: Final = re.compile(r"v\d+(/|\Z)")  # another major version is another module
_OF_CRATE: Final = ("crate", "self", "super")


def is_stray(graph: CodeGraph, path: str, one: ImportFact, language: str) -> bool:
    """Tell whether an import leads nowhere. What other files say too may be generated as the program is built."""
    if language == "go":
        return _means_no_folder(graph, one.spec) and not _is_imported_elsewhere(graph, path, one.spec)
    if language == "rust" and one.spec.split("::")[0] in _OF_CRATE:
        words = [word for word in (*one.spec.split("::"), one.name or "") if word not in (*_OF_CRATE, "")]
        return any(not _is_said_elsewhere(graph, path, word) for word in _in_files(graph, words))
    return False


def _means_no_folder(graph: CodeGraph, spec: str) -> bool:
    """Whether a package of a module of the tree lies in a folder that is not there."""
    manifests = [path for path in graph.paths if path.rpartition("/")[2] == "go.mod"]
    texts = {path: graph.tree.read(path) for path in manifests}
    for path, text in texts.items():
        match = _MODULE.search(text)
        module = match[1].decode("utf-8", "replace") + "/" if match else "/"
        rest = spec.removeprefix(module)
        if (
            rest != spec
            and not _MAJOR.match(rest)
            and not any(_requires(other, spec, module) for other in texts.values())
        ):
            folder = f"{path.rpartition('/')[0]}/{rest}/".lstrip("/")
            return not any(each.startswith(folder) for each in graph.paths)
    return False


def _requires(manifest: bytes, spec: str, module: str) -> bool:
    """Whether a go.mod names a module below another, by which a package may come from outside."""
    words = {word.decode("utf-8", "replace") for word in manifest.split()}
    return any(f"{spec}/".startswith(f"{word}/") and word.startswith(module) for word in words)


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
