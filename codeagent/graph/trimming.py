"""What a graph that lives long has unpacked is kept within bounds: what was used longest ago goes first."""

from typing import Final

from codeagent.graph.shelf import Shelf

_MOST: Final = 24_000_000  # bytes of source whose facts are held; unpacked they take about fifteen times as much
_LOCAL: Final = 4_000_000  # with locals they take about thirty times as much


def trim(shelf: Shelf, most: int = _MOST, local: int = _LOCAL) -> None:
    """Let go of facts beyond so many bytes of source; they are unpacked again when they are asked for."""
    sizes = {path: entry.size for path, entry in shelf.entries.items()}
    kept = shelf.arranged.trim(sizes.__getitem__, most, local)
    room = most - sum(sizes[path] for path in kept)
    for path in [path for path in shelf.unpacked if path not in kept]:
        room -= sizes[path]
        if room < 0:
            del shelf.unpacked[path]
