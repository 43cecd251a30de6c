"""Files of tests that nobody runs, such as what a formatter is tried on: told by their neighbours."""

from collections.abc import Callable
from typing import Final

from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import FileNames
from codeagent.quality.gates.change import Change, language_of

_LOOKED_AT: Final = 12  # neighbours
_ENOUGH: Final = 3  # of which something can be told
_SHARE: Final = 4  # one in so many is wrong


def is_sketch(change: Change, path: str, is_wrong: Callable[[str], bool]) -> bool:
    """Tell whether a file of tests stands among files that were wrong in the same way before the change."""
    if not change.is_test(path):
        return False
    near = _neighbours(change, path)
    wrong = sum(map(is_wrong, near[:: len(near) // _LOOKED_AT + 1]))
    return wrong > 1 and wrong * _SHARE >= min(len(near), _LOOKED_AT)


def has_unknown(change: Change, path: str) -> bool:
    """Tell whether a file has names before the change that stand for nothing."""
    graph = change.before_graph
    return graph.has_facts(path) and bool(unknown_names(graph, change.before_names.file(path)))


def unknown_names(graph: CodeGraph, names: FileNames) -> set[bytes]:
    """Return the bare names of a file that stand for nothing."""
    source = graph.read(names.path)
    return {source[start:end] for start, end in names.bare_spans() if not names.spoken_for(start, end)}


def _neighbours(change: Change, path: str) -> list[str]:
    """The files of the same language in the nearest folder that has some, below that of all tests, which do not
    differ."""
    graph, language, touched = change.before_graph, language_of(path), set(change.touched)
    folder = path.rpartition("/")[0]
    while "/" in folder:
        found = [other for other in graph.files if other.startswith(f"{folder}/") and other not in touched]
        found = [other for other in found if graph.files[other].language == language]
        if len(found) >= _ENOUGH:
            return found
        folder = folder.rpartition("/")[0]
    return []
