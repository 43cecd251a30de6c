"""The repository under work: its root, its settings, and its graph, read when first asked for and renewed on demand."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from codeagent.config import SETTINGS_FILES, Config, load_config, user_file
from codeagent.domain.events import Event
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import Emit, nobody, open_graph
from codeagent.workspace.revisions import WorkingTree
from codeagent.workspace.watching import Watch, now


class Project:
    """One repository for as long as a command, a conversation or a server lasts; passed on, never global."""

    def __init__(
        self, root: Path, config: Config, emit: Emit = nobody, reload: Callable[[], Config] | None = None
    ) -> None:
        self.root = root
        self.config = config
        self.listener = emit  # may be exchanged while the project lasts
        self._reload = reload
        self._graph: CodeGraph | None = None
        self._watch: Watch | None = None

    def emit(self, event: Event) -> None:
        """Tell whoever listens what goes on."""
        self.listener(event)

    @property
    def graph(self) -> CodeGraph:
        """The graph of the files on disk, as they were when it was last read."""
        if self._graph is None:
            began = now()
            self._graph = open_graph(self.root, None, self.emit, self.config)
            if isinstance(self._graph.tree, WorkingTree):
                settings = (user_file(), *(self.root / name for name in SETTINGS_FILES))
                self._watch = Watch(self.root, self._graph.tree.discovery, began, settings)
        return self._graph

    def current(self) -> CodeGraph:
        """Return the graph of the files as they are now: the one at hand where none has changed, which is quick."""
        fresh = self._graph is not None and self._watch is not None and not self._watch.changed()
        if not fresh:
            return self.renew()
        self.graph.trim()
        return self.graph

    def renew(self) -> CodeGraph:
        """Read the settings and the files anew and return the graph. Raises UsageError for unreadable settings."""
        self.close()
        if self._reload is not None:
            self.config = self._reload()
        return self.graph

    def close(self) -> None:
        """Let go of the index."""
        if self._graph is not None:
            self._graph.close()
        self._graph = self._watch = None


def open_project(root: Path, flags: Mapping[str, str] | None = None, emit: Emit = nobody) -> Project:
    """Return the project at `root`, its settings merged. Raises UsageError for settings that cannot be read."""
    load = partial(load_config, root, flags)
    return Project(root, load(), emit, load)
