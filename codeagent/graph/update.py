"""From a root folder to a current `CodeGraph`: what changed, extract, resolve, store."""

from collections.abc import Callable
from pathlib import Path

from codeagent.graph.graph import CodeGraph


def open_graph(root: Path, rev: str | None = None, emit: Callable[[object], None] | None = None) -> CodeGraph:
    """Bring the index of `root` (or of revision `rev`) up to date and return its graph."""
    raise NotImplementedError
