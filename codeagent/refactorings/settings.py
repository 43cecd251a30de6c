"""Settings and data that programs read, and paths in them of files that move."""

import re
from collections.abc import Collection, Iterator, Mapping
from posixpath import basename, dirname, join, normpath, relpath, splitext
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.refactorings.code import Code

_ENDINGS: Final = frozenset((".toml", ".cfg", ".ini", ".conf", ".yaml", ".yml", ".json"))
_NAMES: Final = frozenset(("Procfile", ".coveragerc", ".flake8", ".pylintrc"))
_FILE: Final = re.compile(rb"(?<![\w./@:\\-])[\w.@-]+(?:/[\w.@-]+)+")


def is_settings(path: str) -> bool:
    """Tell whether a file is read by programs as settings or data."""
    return splitext(path)[1] in _ENDINGS or basename(path) in _NAMES


def path_edits(code: Code, moves: Mapping[str, str]) -> list[Edit]:
    """Return the edits of settings that call by its path, from the root or their own folder, what moves."""
    found = []
    for path in holding(code, {basename(old) for old in moves}):
        for match in _FILE.finditer(code.read(path) if path not in moves else b""):
            text = match[0].decode("utf-8", "surrogateescape")
            new = _relocated(path, text, moves)
            if new != text:
                found.append(Edit(path, match.start(), match.end(), new.encode()))
    return found


def _relocated(path: str, text: str, moves: Mapping[str, str]) -> str:
    for folder in dict.fromkeys((dirname(path), "")):
        new = moves.get(normpath(join(folder, text)))
        if new is not None:
            told = relpath(f"/{new}", f"/{folder}")
            return f"./{told}" if text.startswith("./") and not told.startswith("../") else told
    return text


def holding(code: Code, words: Collection[str]) -> Iterator[str]:
    """Yield the settings of the tree in which one of the words occurs."""
    needles = [word.encode("utf-8", "surrogateescape") for word in words]
    for path in sorted(code.graph.paths):
        if is_settings(path) and not (path in code.graph.files and code.graph.has_facts(path)):
            content = code.read(path)
            if any(needle in content for needle in needles):
                yield path
