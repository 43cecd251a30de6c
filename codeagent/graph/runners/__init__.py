"""Which files are tests because a repository's own settings of its test runners say so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from codeagent.graph.runners import cargo, javascript, pytest
from codeagent.graph.runners.settings import Says, Settings
from codeagent.workspace.patched import AnyTree

_LONGEST: Final = 1000  # letters of a pattern
# What may take for ever: a group that repeats without bound, or with what repeats in it, and more parts that do than
# anybody needs. The patterns are the repository's own, and so are the paths.
_ENDLESS: Final = re.compile(r"\)(?:[*+]|\{\d*,\})|[*+})][^()]*\)\{|(?:[*+{].*){13}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Declared:
    """Folder to the pattern of the paths below it that are tests; `unread` is a file of settings that keeps to itself
    which ones are: it is code, or takes any file for one."""

    below: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    unread: str = ""

    def takes(self, path: str) -> bool:
        """Tell whether a file is a test by these settings."""
        return any(pattern.search(f"/{path[len(folder) :]}") for folder, pattern in self._around(path))

    def _around(self, path: str) -> Iterator[tuple[str, re.Pattern[str]]]:
        folder = path if self.below else ""
        while folder:
            folder = folder.rpartition("/")[0]
            key = f"{folder}/" if folder else ""
            if key in self.below:
                yield key, self.below[key]


def declared(tree: AnyTree) -> Declared:
    """Read the settings of all test runners in a tree."""
    settings = Settings(tree)
    said: list[Says] = []
    for read in (pytest.says, javascript.says, cargo.says):
        try:
            said += read(settings)
        except RecursionError:  # groups within groups
            said.append(Says(settings.paths[0], "", unread=True))
    return _joined(said)


def _joined(said: Iterable[Says]) -> Declared:
    found: dict[str, list[str]] = {}
    unread = []
    for one in said:
        folder = f"{one.folder}/" if one.folder else ""
        usable = [pattern for pattern in one.patterns if _is_usable(pattern)]
        found.setdefault(folder, []).extend(usable)
        if one.unread or len(usable) < len(one.patterns):
            unread.append(one.where)
    below = {folder: re.compile("|".join(f"(?:{one})" for one in many)) for folder, many in found.items() if many}
    return Declared(below, min(unread, default=""))


def _is_usable(pattern: str) -> bool:
    if len(pattern) > _LONGEST or _ENDLESS.search(pattern):
        return False
    try:
        re.compile(pattern)
    except (re.error, RecursionError):
        return False
    return True
