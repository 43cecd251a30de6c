"""Which files edits may touch: text that people write, inside the tree, through no link; what else a path may mean."""

import os
from difflib import get_close_matches
from typing import Final

from codeagent.domain.errors import Refused
from codeagent.edits.document import Document
from codeagent.edits.located import Missed
from codeagent.graph.graph import CodeGraph
from codeagent.workspace.ground import Ground
from codeagent.workspace.marks import REASONS, classify, name_reason
from codeagent.workspace.revisions import WorkingTree

_WRITABLE: Final = ("too-large", "vendored")  # left out of the index, yet text of the project
_NEAREST: Final = 5


class Places:
    """The files of one snapshot, by the paths that a writer gives."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph = graph
        self._ground = Ground(graph.root)
        self._on_disk = isinstance(graph.tree, WorkingTree)  # and no revision, nor what a tree would be
        self._documents: dict[str, Document] = {}

    def existing(self, path: str) -> Document:
        """Return a file that can be edited or deleted. Raises Missed where a path leads to none."""
        name = self._checked(path)
        document = self._documents.get(name)
        if document is None:
            if name not in self._graph.paths:
                raise Missed(f"there is no file {name}", hint=self._near(name))
            document = self._documents[name] = Document(name, self._source(name))
        return document

    def free(self, path: str) -> str:
        """Return the path of a file that is not there yet. Raises Missed."""
        name = self._checked(path)
        if self.exists(name):
            raise Missed(f"{name} exists already", hint="change it with edits, or choose another name")
        reason = name_reason(name.rpartition("/")[2])
        if reason:
            raise Missed(f"{name} cannot be written: {REASONS[reason]}", hint="such files are not written by hand")
        folder = name.rpartition("/")[0]
        while folder:
            if folder in self._graph.paths:
                raise Missed(f"{folder} is a file, so nothing can lie in it", hint="choose another name")
            folder = folder.rpartition("/")[0]
        return name

    def exists(self, path: str) -> bool:
        """Tell whether anything lies at a path, listed by git or not."""
        if path in self._graph.paths or any(other.startswith(path + "/") for other in self._graph.paths):
            return True
        return self._on_disk and os.path.lexists(self._ground.full(path))

    def _checked(self, path: str) -> str:
        name = path.strip().replace("\\", "/") if "\\" in path and path not in self._graph.paths else path.strip()
        while name.startswith("./"):
            name = name[2:]
        if name.startswith(("/", "~")) or name[1:2] == ":":
            raise Missed(f"{path} is no path inside the repository", hint="give it relative to the root")
        folder = f"{name.rstrip('/')}/"
        inside = sorted(one for one in self._graph.paths if one.startswith(folder)) if self._unknown(name) else []
        if inside:
            raise Missed(f"{name} is a folder", hint=f"in it: {', '.join(inside[:_NEAREST])}")
        try:
            found = self._ground.locate(name)
            if self._on_disk:
                self._ground.status(found)
        except Refused as error:
            raise Missed(error.message, hint="name a file of the repository, relative to its root") from error
        return name

    def _unknown(self, name: str) -> bool:
        return bool(name) and name not in self._graph.paths

    def _source(self, path: str) -> bytes:
        reason = next((reason for reason, paths in self._graph.skipped.items() if path in paths), None)
        if reason and reason not in _WRITABLE:
            raise Missed(f"{path} cannot be edited: {REASONS.get(reason, reason)}", hint="leave it as it is")
        if path in self._graph.files:
            return self._graph.read(path)
        try:
            source = self._graph.tree.read(path)
        except OSError as error:
            raise Missed(f"{path} cannot be read: {error.strerror}", hint="nothing was changed") from error
        said = classify(path, source)
        if said:
            raise Missed(f"{path} cannot be edited: {REASONS[said]}", hint="leave it as it is")
        return source

    def _near(self, path: str) -> str:
        name = path.rpartition("/")[2]
        same = sorted(other for other in self._graph.paths if other.rpartition("/")[2] == name)
        near = [*same, *get_close_matches(path, self._graph.paths, n=_NEAREST, cutoff=0.6)]
        shown = list(dict.fromkeys(near))[:_NEAREST]
        return f"the nearest: {', '.join(shown)}" if shown else "paths are relative to the root of the repository"
