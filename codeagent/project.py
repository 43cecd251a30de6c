"""The repository under work: its root, its settings, and its graph, read when first asked for and renewed on demand."""

from collections.abc import Mapping
from pathlib import Path

from codeagent.config import Config, load_config
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import Emit, nobody, open_graph


class Project:
    """One repository for as long as a command, a conversation or a server lasts; passed on, never global."""

    def __init__(self, root: Path, config: Config, emit: Emit = nobody) -> None:
        self.root = root
        self.config = config
        self.emit = emit
        self._graph: CodeGraph | None = None

    @property
    def graph(self) -> CodeGraph:
        """The graph of the files on disk, as they were when it was last read."""
        if self._graph is None:
            self._graph = open_graph(self.root, None, self.emit, self.config)
        return self._graph

    def renew(self) -> CodeGraph:
        """Return the graph of the files on disk as they are now."""
        self.close()
        return self.graph

    def close(self) -> None:
        """Let go of the index."""
        if self._graph is not None:
            self._graph.close()
        self._graph = None


def open_project(root: Path, flags: Mapping[str, str] | None = None, emit: Emit = nobody) -> Project:
    """Return the project at `root`, its settings merged. Raises UsageError for settings that cannot be read."""
    return Project(root, load_config(root, flags), emit)
