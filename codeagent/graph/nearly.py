"""What leads where in a tree that is not linked: as in a linked one near it, but for what differs, which is asked for.

References are asked for one by one: those of files that differ, those that led to what is gone, and bare names that are
bound otherwise now. What values of changed functions make of others is left as it was, so this is for those who look
around, not for those who judge."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from codeagent.domain.facts import IMPORTS
from codeagent.domain.links import FileLinks
from codeagent.graph.graph import CodeGraph
from codeagent.graph.rebound import Rebound, rebound
from codeagent.graph.spelling import StartingOn, spelled
from codeagent.graph.turning import Turning


def nearly_all_links(now: CodeGraph) -> Mapping[str, FileLinks]:
    """Return the links of every file with symbols by its path: all that there are, where those are at hand.

    Where names do not tell which references turned, all are made."""
    linked = now.linked_nearby
    if linked is not None:
        sides = [{path: record.digest for path, record in graph.files.items()} for graph in (linked, now)]
        differing = {path for path in set().union(*sides) if sides[0].get(path) != sides[1].get(path)}
        names = rebound(linked, now, {path: path for path in differing})
        if names is not None:
            return _Near(linked, now, differing, names).links()
    return dict(now.all_links())


class _Near:
    """The links of a graph by those of another one, from which some files differ, which bind some names otherwise."""

    def __init__(self, linked: CodeGraph, now: CodeGraph, differing: set[str], names: Rebound) -> None:
        self._linked, self._now, self._differing = linked, now, differing
        self._outer = names.outer
        self._turning, self._spelled_so = Turning(linked, now, names), now.mentioning(names.outer)
        self._moved = any((path in linked.files) != (path in now.files) for path in differing)
        self._there: dict[str, Collection[str]] = {}

    def links(self) -> Mapping[str, FileLinks]:
        """Return the links by path."""
        found = {path: self._now.asked(path, _every) for path in sorted(self._differing) if self._is_here(path)}
        for path, links in self._linked.all_links():
            if path not in self._differing:
                starts = self._led_away(links) | (self._turned(path) if path in self._spelled_so else set())
                found[path] = self._renewed(path, links, starts) if starts else links
        return dict(sorted(found.items()))

    def _is_here(self, path: str) -> bool:
        return path in self._now.files and self._now.has_facts(path)

    def _led_away(self, links: FileLinks) -> set[int]:
        """Where a reference starts that led to something that is gone."""
        gone = {number for number, target in enumerate(links.targets) if self._is_gone(target)}
        return {start for start, _, _, target, _ in _rows(links) if target in gone} if gone else set()

    def _is_gone(self, target: str) -> bool:
        path, _, dotted = target.partition("::")
        if path not in self._differing:
            return False
        if path not in self._there:
            self._there[path] = {"", *self._now.defined_names(path)} if self._is_here(path) else ()
        return dotted not in self._there[path]

    def _turned(self, path: str) -> set[int]:
        """Where names start that are bound otherwise, and imports of such, or that may name files that came or went."""
        facts = self._now.facts(path)
        refs = facts.references
        imports = {
            start
            for start, role, expr in zip(refs[::5], refs[2::5], refs[4::5], strict=True)
            if role == IMPORTS and (self._moved or spelled(facts, expr) in self._outer)
        }
        return imports | self._turning.starts(path, gone=False)

    def _renewed(self, path: str, links: FileLinks, starts: set[int]) -> FileLinks:
        """The links of a file, with those that start on some bytes asked for anew."""
        asked = self._now.asked(path, StartingOn(starts))
        targets = {target: number for number, target in enumerate(dict.fromkeys((*links.targets, *asked.targets)))}
        rows = [row for row in _rows(links) if row[0] not in starts]
        fresh = (row for row in _rows(asked) if row[0] in starts)
        rows += [(*row[:3], targets[asked.targets[row[3]]], row[4]) for row in fresh]
        edges = tuple(chain(*sorted(rows)))
        return FileLinks(tuple(targets), edges, links.calls, links.unknown_calls, failed=links.failed)


def _rows(links: FileLinks) -> Iterator[tuple[int, int, int, int, int]]:
    edges = links.edges
    return zip(edges[::5], edges[1::5], edges[2::5], edges[3::5], edges[4::5], strict=True)


def _every(start: int, role: int, expr: int) -> bool:
    return True
