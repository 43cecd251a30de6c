"""What a report is made from: the graph, its history, the settings, and somebody who listens."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from codeagent.config import Config
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.events import Event, Progress
from codeagent.graph.graph import CodeGraph
from codeagent.workspace.history import History

STAGES = 6
UNINDEXED = ("unknown-language", "generated")
LONGEST = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made from."""

    graph: CodeGraph
    history: History | None
    settings: Config
    notes: tuple[str, ...]
    time: Callable[[str], AbstractContextManager[None]]
    emit: Callable[[Event], None]

    @contextmanager
    def stage(self, name: str, number: int) -> Iterator[None]:
        """Time a stage and say that it began."""
        self.emit(Progress("report", number, STAGES, name))
        with self.time(name):
            yield
        if number == STAGES - 1:
            self.emit(Progress("report", STAGES, STAGES))


class GraphFiles:
    """A graph's files as manifests are read from them, with lock files, licences and the like that are not indexed."""

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph
        others = (path for reason in UNINDEXED for path in graph.skipped.get(reason, ()))
        self.paths = sorted({*graph.files, *(path for path in others if not path.endswith("/"))})

    def read(self, path: str) -> bytes:
        """Return a file's bytes, of large ones that are not indexed the beginning; empty where it cannot be read."""
        if path in self.graph.files:
            return self.graph.read(path)
        try:
            return self.graph.tree.read(path)[:LONGEST]
        except (OSError, CodeAgentError):
            return b""
