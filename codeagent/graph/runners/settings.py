"""The settings of test runners in a tree, read at once, and what one of them says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath
from typing import Final

from codeagent.workspace.patched import AnyTree

_NAMES: Final = re.compile(
    r"pyproject\.toml|\.?pytest\.ini|tox\.ini|setup\.cfg|Cargo\.toml|package\.json"
    r"|jest\.config\.\w+|vitest\.(?:config|workspace)\.\w+|vite\.config\.\w+|\.mocharc(?:\.\w+)?"
)
_ASIDE: Final = frozenset(
    ("examples", "example", "docs", "fixtures", "__fixtures__", "testdata", "samples", "node_modules", "templates")
)


@dataclass(frozen=True, slots=True)
class Says:
    """What the settings at `where` say: patterns of paths below `folder`, which begin with a slash; `unread`: more than
    can be told of them."""

    where: str
    folder: str
    patterns: tuple[str, ...] = ()
    unread: bool = False


class Settings:
    """The files of settings of a tree that are the product's own, not an example's."""

    def __init__(self, tree: AnyTree) -> None:
        self._tree = tree
        named = [path for path in tree.paths if _NAMES.fullmatch(basename(path))]
        self.paths = sorted(path for path in named if _ASIDE.isdisjoint(path.split("/")))
        self._texts = dict(self._read(self.paths))

    def text(self, path: str) -> str:
        """Return the text of a file of the tree, of settings or any other; "" where it cannot be read."""
        if path not in self._texts:
            self._texts |= self._read([path]) if path in self._tree.paths else {path: ""}
        return self._texts[path]

    def called(self, *names: str) -> list[str]:
        """Return the files of settings whose names begin so, in order."""
        return [path for path in self.paths if basename(path).startswith(names)]

    def has(self, path: str) -> bool:
        """Tell whether the tree has a file."""
        return path in self._tree.paths

    def has_folder(self, path: str) -> bool:
        """Tell whether the tree has files below a folder."""
        return any(one.startswith(f"{path}/") for one in self._tree.paths)

    def _read(self, paths: Iterable[str]) -> dict[str, str]:
        return {path: (data or b"").decode("utf-8", "replace") for path, data in self._tree.read_many(paths)}


def beside(where: str, path: str) -> str:
    """Return the path that a file of settings means by a relative one."""
    return normpath(join(dirname(where), path))
