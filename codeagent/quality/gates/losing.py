"""What references say in files that differ: which of them a change took away, and which names it brought.

References are told apart by what they spell, not by where they stand: text that only moved, or got other parameters
around it, lost nothing."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from codeagent.graph.graph import CodeGraph
from codeagent.graph.spelling import Chain, chain
from codeagent.quality.gates.change import Change

_Places = Mapping[Chain, list[int]]  # where references start, by what they spell


class Losing:
    """The references that the files of a change lost and gained, file by file."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def lost(self) -> Iterator[tuple[str, frozenset[int]]]:
        """Yield each old path with the starts of the references before the change of which there are fewer after it."""
        for old, before, after in self._sides:
            starts = {at for said, places in before.items() if len(places) > len(after.get(said, ())) for at in places}
            if starts:
                yield old, frozenset(starts)

    @cached_property
    def gained(self) -> frozenset[str]:
        """The names in references of which there are more after the change."""
        return frozenset(
            name
            for _, before, after in self._sides
            for said, places in after.items()
            if len(places) > len(before.get(said, ()))
            for name in said
        )

    @cached_property
    def _sides(self) -> list[tuple[str, _Places, _Places]]:
        before, after = self._change.before_graph, self._change.after_graph
        pairs = ((file.old_path, file.path) for file in self._change.files)
        return [(old, _said(before, old), _said(after, new)) for old, new in pairs]


def _said(graph: CodeGraph, path: str) -> _Places:
    if path not in graph.files or not graph.has_facts(path):
        return {}
    facts = graph.facts(path)
    known: dict[int, Chain] = {}
    found: dict[Chain, list[int]] = {}
    for start, expr in zip(facts.references[::5], facts.references[4::5], strict=True):
        if expr not in known:
            known[expr] = chain(facts, expr)
        found.setdefault(known[expr], []).append(start)
    return found
