"""The graph of one repository for conversations in many threads: whatever asks it does so in one thread, in turn."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from codeagent.config import Config
from codeagent.domain.errors import Stale
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import Emit, open_graph
from codeagent.project import Project
from codeagent.workflows.toolbox import toolbox

Found = TypeVar("Found")


class _Still(Project):
    """A project that is seen as it was when the work began, or as of a revision, so that all who ask see the same."""

    def __init__(self, root: Path, config: Config, emit: Emit, rev: str | None) -> None:
        super().__init__(root, config, emit)
        self._rev = rev
        self._still: CodeGraph | None = None

    @property
    def graph(self) -> CodeGraph:
        if self._still is None:
            self._still = open_graph(self.root, self._rev, self.emit, self.config)
        return self._still

    def current(self) -> CodeGraph:
        return self.graph

    def renew(self) -> CodeGraph:
        return self.graph

    def close(self) -> None:
        if self._still is not None:
            self._still.close()
        self._still = None


class Desk:
    """Answers questions of the graph and runs tools, one at a time, in a thread of its own."""

    def __init__(self, root: Path, config: Config, emit: Emit, rev: str | None = None) -> None:
        self.root, self.config = root, config
        self._project = _Still(root, config, emit, rev)
        self._thread = ThreadPoolExecutor(1, "desk")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.submit(self._project.close)
        self._thread.shutdown()

    def ask(self, question: Callable[[CodeGraph], Found]) -> Found:
        """Return what a function makes of the graph; once more with a new one where a file has changed."""

        def run() -> Found:
            try:
                return question(self._project.graph)
            except Stale:
                self._project.close()
                return question(self._project.graph)

        return self._thread.submit(run).result()

    def tools(self, effects: Collection[Effect]) -> dict[str, Tool]:
        """The toolbox, for any thread."""
        return {name: self._at_desk(tool) for name, tool in toolbox(self._project, effects).items()}

    def _at_desk(self, tool: Tool) -> Tool:
        def run(arguments: Mapping[str, Any]) -> ToolResult:
            return self.ask(lambda graph: tool.run(arguments))

        return replace(tool, run=run)
