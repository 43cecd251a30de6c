"""Files that the resolver failed on: nothing is known of their calls, so they may lead to whatever they name."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from codeagent.domain.facts import CALLS, INHERITS, NONE
from codeagent.domain.links import CALL_EDGE, INHERIT_EDGE, REFERENCE_EDGE
from codeagent.graph.graph import CodeGraph
from codeagent.graph.names import mentioned_names
from codeagent.graph.spelling import spelled

_KIND_OF_ROLE: Final = {CALLS: CALL_EDGE, INHERITS: INHERIT_EDGE}  # what is imported may be called by another name
_SOMEWHERE: Final = (0, REFERENCE_EDGE, 0)
Mention = tuple[int, int, int]  # symbol that it stands in, kind of edge, start


class Unresolved:
    """Answers who of these files may lean on something, by names alone."""

    def __init__(self, graph: CodeGraph, paths: Iterable[str]) -> None:
        self._graph, self.paths = graph, tuple(paths)
        self._mentions: dict[str, dict[str, list[Mention]]] = {}

    def into(self, target: str) -> Iterator[tuple[str, Mention]]:
        """Yield (path, mention) of all that could lead to a symbol; what runs unnamed could be run by any of them."""
        path, _, dotted = target.partition("::")
        name = dotted.rpartition(".")[2].partition("#")[0]
        for other in self.paths:
            if dotted and name.startswith("__"):
                yield other, _SOMEWHERE
            for word in (name,) if dotted else module_words(path):
                for mention in self._named(other).get(word, ()):
                    yield other, mention

    def importing(self, path: str) -> set[str]:
        """Return the files that could import a file."""
        words = module_words(path)
        return {other for other in self.paths if not self._named(other).keys().isdisjoint(words)}

    def _named(self, path: str) -> dict[str, list[Mention]]:
        if path not in self._mentions:
            self._mentions[path] = self._mentions_of(path)
        return self._mentions[path]

    def _mentions_of(self, path: str) -> dict[str, list[Mention]]:
        facts = self._graph.facts(path)
        found: dict[str, list[Mention]] = {}
        refs = facts.references
        for start, role, within, expr in zip(refs[::5], refs[2::5], refs[3::5], refs[4::5], strict=True):
            name = spelled(facts, expr) if expr != NONE else ""
            if name:
                found.setdefault(name, []).append((within, _KIND_OF_ROLE.get(role, REFERENCE_EDGE), start))
        for name in mentioned_names(facts):
            found.setdefault(name, [_SOMEWHERE])
        return found


def module_words(path: str) -> frozenset[str]:
    """The words by which an import may name a file: its own name, and that of its folder."""
    pure = PurePosixPath(path)
    return frozenset(filter(None, (pure.name.partition(".")[0], pure.parent.name)))


def in_doubt(paths: Collection[str]) -> tuple[str, ...]:
    """Say, where there are such files, how they are counted."""
    if not paths:
        return ()
    which = min(paths) if len(paths) == 1 else f"{len(paths)} files, such as {min(paths)},"
    return (f"the calls of {which} could not be resolved: whatever it names counts",)
