"""Edges of a small project as text that a person can read and a case file can hold."""

from pathlib import Path

from codeagent.config import load_config
from codeagent.graph.update import open_graph

SHOWN = {"calls": "calls", "instantiates": "makes", "inherits": "extends"}


def linked(root: Path) -> str:
    """Return one line an edge between symbols of the project, and its certainty where that is not `exact`."""
    graph = open_graph(root, None, None, load_config(root), in_memory=True)
    lines = {
        f"{edge.source} {SHOWN[edge.kind]} {edge.target}"
        + ("" if edge.certainty == "exact" else f" ({edge.certainty})")
        for edge in graph.edges()
        if edge.kind in SHOWN and "::" in edge.target
    }
    return "".join(f"{line}\n" for line in sorted(lines))
