"""The tree as the steps so far leave it: the files on disk, and over them what was made of some; no disk is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codeagent.config import Config
from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.graph.graph import CodeGraph
from codeagent.graph.proposed import proposed_graph
from codeagent.quality.gates.change import Change, Claims, Contents
from codeagent.quality.gates.comparing import proposed, reader


@dataclass(frozen=True, slots=True)
class Made:
    """What a step makes of the tree before it: contents by path (None: gone), and old path to new path of moves."""

    contents: Contents = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Stands for the whole of it."""
        rows = [f"{path}\0{'' if data is None else hex_digest(data)}" for path, data in sorted(self.contents.items())]
        rows += [f"{old}\0to\0{new}" for old, new in sorted(self.moves.items())]
        return hex_digest("\n".join(rows).encode("utf-8", "surrogateescape"))


class Tree:
    """One state between two steps. `contents`: how it differs from the files on disk, which `disk` is the graph of."""

    def __init__(
        self, root: Path, config: Config, disk: CodeGraph, contents: Contents, graph: CodeGraph | None = None
    ) -> None:
        self.root, self.config, self.disk, self.contents = root, config, disk, contents
        self._graph = graph

    @property
    def graph(self) -> CodeGraph:
        """The graph of this state."""
        if self._graph is None:
            self._graph = proposed_graph(self.disk, self.contents) if self.contents else self.disk
        return self._graph

    def read(self, path: str) -> bytes | None:
        """Return a file as this state has it; None where there is none."""
        return self.contents[path] if path in self.contents else reader(self.root)(path)

    def change(self, made: Made, claims: Claims) -> Change:
        """Return what a step makes of this state, for the gates."""
        moves = dict(made.moves)
        return proposed(self.root, self.config, claims, made.contents, moves, self.disk, base=self.contents)

    def after(self, made: Made, graph: CodeGraph | None = None) -> "Tree":
        """Return the state that a step leads to; `graph`: its graph, where it is known already."""
        return Tree(self.root, self.config, self.disk, {**self.contents, **made.contents}, graph)


def joined(made: Iterable[Made]) -> Made:
    """Return what several steps, one after the other, make together; what moves twice moves once."""
    contents: dict[str, bytes | None] = {}
    moves: dict[str, str] = {}
    for one in made:
        origins = {new: old for old, new in moves.items()}
        for old, new in one.moves.items():
            first = origins.get(old, old)
            moves.pop(first, None)
            if first != new:
                moves[first] = new
        contents |= one.contents
    return Made(contents, {old: new for old, new in moves.items() if contents.get(new) is not None})


def as_patch(made: Made, before: Contents, title: str) -> Patch:
    """Return what was made as a patch of whole files; `before` holds every path of it, None where there was none."""
    moved = {old: new for old, new in made.moves.items() if before.get(old) is not None}
    sources = {new: old for old, new in moved.items()}
    edits, creates = [], {}
    for path, data in made.contents.items():
        old = sources.get(path, path)
        source = before.get(old)
        if data is None:
            continue
        if source is None or (path in moved and path not in sources):
            creates[path] = data
        elif source != data:
            edits.append(Edit(old, 0, len(source), data))
    gone = (path for path, data in made.contents.items() if data is None and path not in moved)
    deletes = tuple(sorted(path for path in gone if before.get(path) is not None))
    read = {edit.path for edit in edits}.union(moved, deletes)
    return Patch(title, tuple(edits), creates, deletes, moved, {path: hex_digest(before[path] or b"") for path in read})
