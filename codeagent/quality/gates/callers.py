"""Where calls are that may not fit any more: of functions with other parameters, and in new text."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from codeagent.domain.facts import CALLS
from codeagent.domain.links import FileLinks
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linked import Wanted
from codeagent.graph.naming import key_of
from codeagent.graph.spelling import spelled
from codeagent.quality.gates.change import Change

_PYTHON: Final = "python"
Starts = Mapping[str, Collection[int]]


def calls_after(change: Change, altered: set[tuple[str, str]], written: Starts) -> Iterator[tuple[str, FileLinks]]:
    """Yield (path, links) that hold the calls after the change of `altered` functions (old id and new), and those that
    start on a byte of `written`; all links where those are at hand."""
    before, after = change.before_graph, change.after_graph
    if after.at_hand:
        yield from after.all_links()
        return
    led = _led(before, {old for old, _ in altered}, set(change.touched)) if before.at_hand else {}
    names = {_name(new) for _, new in altered}
    elsewhere = {_name(new) for old, new in altered if not before.at_hand or old != new}
    for path in sorted({*written, *led, *after.mentioning(elsewhere)}):
        if path in after.files and after.has_facts(path):
            said = names if path in change.by_path else elsewhere
            yield path, after.asked(path, _calls(after, path, said, (*led.get(path, ()), *written.get(path, ()))))


def calls_before(
    change: Change, altered: set[tuple[str, str]], paths: Collection[str]
) -> Iterator[tuple[str, FileLinks]]:
    """Yield (path, links) that hold the calls before the change of `altered` functions in some files (by their names
    after it); all links where those are at hand."""
    graph = change.before_graph
    if graph.at_hand:
        yield from graph.all_links()
        return
    names = {_name(old) for old, _ in altered}
    for path in sorted(map(change.old_path, paths)):
        if path in graph.files and graph.has_facts(path):
            yield path, graph.asked(path, _calls(graph, path, names, ()))


def _led(graph: CodeGraph, ids: set[str], touched: set[str]) -> dict[str, set[int]]:
    """Where references to functions start, in files that did not change."""
    keys = set(map(key_of, ids))
    found: dict[str, set[int]] = {}
    for path, links in graph.all_links():
        numbers = {number for number, target in enumerate(links.targets) if key_of(target) in keys}
        if numbers and path not in touched:
            rows = zip(links.edges[0::5], links.edges[3::5], strict=True)
            found[path] = {start for start, target in rows if target in numbers}
    return found


def _calls(graph: CodeGraph, path: str, names: Collection[str], starts: Collection[int]) -> Wanted:
    facts, there = graph.facts(path), frozenset(starts)
    return lambda start, role, expr: role == CALLS and (start in there or spelled(facts, expr) in names)


def _name(identity: str) -> str:
    return identity.rpartition("::")[2].rpartition(".")[2].partition("#")[0]
