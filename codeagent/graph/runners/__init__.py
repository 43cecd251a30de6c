"""Which files are tests because a repository's own settings of its test runners say so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from codeagent.graph.runners import cargo, javascript, pytest
from codeagent.graph.runners.settings import Says, Settings
from codeagent.workspace.patched import AnyTree


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
    return _joined(one for read in (pytest.says, javascript.says, cargo.says) for one in read(settings))


def _joined(said: Iterable[Says]) -> Declared:
    found: dict[str, list[str]] = {}
    unread = []
    for one in said:
        folder = f"{one.folder}/" if one.folder else ""
        try:
            found.setdefault(folder, []).extend(re.compile(pattern).pattern for pattern in one.patterns)
        except re.error:
            unread.append(one.where)
        if one.unread:
            unread.append(one.where)
    below = {folder: re.compile("|".join(f"(?:{one})" for one in many)) for folder, many in found.items() if many}
    return Declared(below, min(unread, default=""))
