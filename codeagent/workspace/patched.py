"""A snapshot with a change made to it, in memory: what the tree would be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from stat import S_IFREG

from codeagent.workspace.files import Discovery
from codeagent.workspace.looking import FoundFile
from codeagent.workspace.revisions import Revision, WorkingTree


class PatchedTree:
    """A tree as it would be with some contents replaced; None stands for a file that is gone."""

    def __init__(self, tree: "AnyTree", contents: Mapping[str, bytes | None]) -> None:
        self.root: Path = tree.root
        self._tree, self._contents = tree, contents
        gone = {path for path, content in contents.items() if content is None}
        self.paths: frozenset[str] = (tree.paths | contents.keys()) - gone
        self.discovery: Discovery = _discovery(tree.discovery, contents)

    @property
    def base(self) -> "AnyTree":
        """The tree that the change is made to."""
        return self._tree

    def read(self, path: str) -> bytes:
        """The bytes of a file as they would be. Raises OSError."""
        if path not in self._contents:
            return self._tree.read(path)
        content = self._contents[path]
        if content is None:
            raise FileNotFoundError(path)
        return content

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its bytes, in the order asked for; None where it is not there."""
        wanted = list(paths)
        rest = dict(self._tree.read_many([path for path in wanted if path not in self._contents]))
        for path in wanted:
            yield path, self._contents[path] if path in self._contents else rest[path]

    def identity(self, path: str) -> bytes:
        """Changes whenever the content does."""
        content = self._contents.get(path)
        return self._tree.identity(path) if content is None else blake2b(content, digest_size=25).digest()


AnyTree = WorkingTree | Revision | PatchedTree


def _discovery(found: Discovery, contents: Mapping[str, bytes | None]) -> Discovery:
    files = [file for file in found.files if file.path not in contents]
    modes = {file.path: file.mode for file in found.files}
    for path, content in contents.items():
        if content is not None:
            files.append(FoundFile(path, len(content), 0, 0, 0, modes.get(path, S_IFREG | 0o644)))
    skipped = {
        reason: kept
        for reason, paths in found.skipped.items()
        if (kept := tuple(path for path in paths if path not in contents))
    }
    return replace(found, files=tuple(sorted(files, key=lambda file: file.path)), skipped=skipped)
