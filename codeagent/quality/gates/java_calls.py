"""Calls of Java that give more or fewer arguments than any method of that name takes, after a change."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import CALLS
from codeagent.domain.finding import Finding
from codeagent.domain.links import CALL_EDGE, EXACT, INHERIT_EDGE
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linked import Wanted
from codeagent.graph.naming import key_of
from codeagent.graph.spelling import spelled
from codeagent.graph.spots import line_at
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.edits import Written, edits_of, shift_of
from codeagent.quality.gates.gate import found

_JAVA: Final = "java"
_KINDS: Final = ("method", "constructor")
_DECLARED: Final = ("method_declaration", "constructor_declaration")
_UNSAID: Final = (b"lombok", b"record ")  # what makes methods that nobody wrote
_Calls = Iterator[tuple[str, int, str]]  # path and start after the change, key of what is called


class _Side:
    """The methods of one side, by how many arguments they take."""

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph
        self.tree = cache(lambda path: syntax.parse(_JAVA, graph.read(path)))
        self.of_file = cache(self._of_file)
        self.of_name = cache(self._of_name)
        self.bases = cache(self._bases)

    def _of_file(self, path: str) -> dict[str, set[tuple[int, float]]]:
        """The least and the most arguments of each method, by its key."""
        told: dict[str, set[tuple[int, float]]] = {}
        for one in self.graph.symbols(path) if path in self.graph.files else ():
            if one.kind in _KINDS:
                place = syntax.around(self.tree(path), one.name_span.start, one.name_span.end)
                node = next((row for kind in _DECLARED if (row := syntax.enclosing(place, kind))), None)
                told.setdefault(key_of(one.id), set()).add(_taken(node))
        return told

    def _of_name(self, name: str) -> set[tuple[int, float]]:
        """The same of all methods of a name in the tree."""
        paths = [path for path in self.graph.mentioning((name,)) if self.graph.files[path].language == _JAVA]
        return {each for path in paths for key, row in self.of_file(path).items() if _last(key) == name for each in row}

    def is_open(self, key: str) -> bool:
        """Tell whether a type may have methods that are not told: of a type outside, or made as it is built."""
        pending, seen = [key], set[str]()
        while pending:
            one = pending.pop()
            if one in seen:
                continue
            seen.add(one)
            bases = self.bases(one)
            if bases is None:
                return True
            pending += bases
        return False

    def _bases(self, key: str) -> frozenset[str] | None:
        """The types of the tree that a type builds on directly; None where that is not all that it may have."""
        path = key.partition("::")[0]
        if path not in self.graph.files or any(mark in self.graph.read(path) for mark in _UNSAID):
            return None
        spans = [one.span for one in self.graph.symbols(path) if one.id == key and "::" in key]
        links = self.graph.links(path)
        found = set[str]()
        for at in range(0, len(links.edges), 5):
            start, kind, _, number, certainty = links.edges[at : at + 5]
            if kind == INHERIT_EDGE and any(span.start <= start < span.end for span in spans):
                if certainty != EXACT or "::" not in links.targets[number]:
                    return None
                found.add(links.targets[number])
        return frozenset(found) if spans else None


def java_misfits(change: Change) -> Iterator[Finding]:
    """Find calls that no method of their name takes any more, where what is called is surely of this tree."""
    if not any(path.endswith(".java") for path in change.touched):
        return
    before, after = _Side(change.before_graph), _Side(change.after_graph)
    seen: set[tuple[str, int]] = set()
    for path, start, key in (*_earlier(change, before, after), *_written(change)):
        if (path, start) not in seen:
            seen.add((path, start))
            yield from _judged(after, path, start, key)


def _judged(after: _Side, path: str, start: int, key: str) -> Iterator[Finding]:
    home, name = key.partition("::")[0], _last(key)
    source, given = after.graph.read(path), _given(after.tree(path), start)
    taken = after.of_file(home).get(key)
    if (
        given is None
        or not taken
        or not source.startswith(name.encode(), start)
        or after.is_open(key.rpartition(".")[0])
    ):
        return
    if any(least <= given <= most for least, most in after.of_name(name)):
        return
    what, wanted = key.partition("::")[2], " or ".join(sorted({str(least) for least, _ in taken}))
    message = f"the call does not fit {what}: {given} arguments, {wanted} are taken"
    line = line_at(source, start)
    yield found("call-misfit", message, path, line, anchor=f"{what} {given}", certainty=Certainty.EXACT)


def _earlier(change: Change, before: _Side, after: _Side) -> _Calls:
    """The calls there were of methods that take another number of arguments now."""
    homes = {path: file.old_path for path, file in change.by_path.items() if path.endswith(".java")}
    for path, old in homes.items():
        then = before.of_file(old)
        now = after.of_file(path)
        for key, taken in then.items():
            new = path + key[len(old) :]
            if new in now and taken - now[new]:
                for caller, start in _calls_of(before.graph, key):
                    yield from ((*place, new) for place in _after(change, caller, start))


def _calls_of(graph: CodeGraph, key: str) -> Iterator[tuple[str, int]]:
    name = _last(key)
    for path in sorted(graph.mentioning((name,))):
        if graph.files[path].language == _JAVA:
            yield from (
                (path, start) for start, target in _sure(graph, path, _named(graph, path, name)) if target == key
            )


def _after(change: Change, old_path: str, start: int) -> Iterator[tuple[str, int]]:
    path = change.moves.get(old_path, old_path)
    at = shift_of(change, path).new(start)
    if path in change.after_graph.files and at is not None:
        yield path, at


def _written(change: Change) -> _Calls:
    """The calls in text that is new."""
    for path in change.written(_JAVA):
        if path in change.after_graph.files:
            new = _in(Written(edits_of(change, path)))
            yield from ((path, start, target) for start, target in _sure(change.after_graph, path, new))


def _in(text: Written) -> Wanted:
    return lambda start, role, _: role == CALLS and start in text


def _sure(graph: CodeGraph, path: str, wanted: Wanted) -> Iterator[tuple[int, str]]:
    """(start, key) of calls that surely lead to one method of the tree alone."""
    links, led = graph.asked(path, wanted), dict[int, set[tuple[str, int]]]()
    for at in range(0, len(links.edges), 5):
        start, kind, _, number, certainty = links.edges[at : at + 5]
        if kind == CALL_EDGE:
            led.setdefault(start, set()).add((key_of(links.targets[number]), certainty))
    for start, ends in led.items():
        if len(ends) == 1 and (end := next(iter(ends)))[1] == EXACT and "::" in end[0]:
            yield start, end[0]


def _named(graph: CodeGraph, path: str, name: str) -> Wanted:
    facts = graph.facts(path)
    return lambda start, role, expr: role == CALLS and spelled(facts, expr) == name


def _given(tree: Node, start: int) -> int | None:
    """How many arguments a call gives, by where the name of what is called starts; None where there is no call."""
    node: Node | None = syntax.around(tree, start, start + 1)
    while node is not None and node.type not in ("method_invocation", "object_creation_expression"):
        node = node.parent if node.parent is not None and node.parent.end_byte else None
    name = node and (node.child_by_field_name("name") or node.child_by_field_name("type"))
    given = node and node.child_by_field_name("arguments")
    if not name or not given or name.start_byte != start:
        return None
    return sum("comment" not in one.type for one in given.named_children)


def _taken(node: Node | None) -> tuple[int, float]:
    parameters = node.child_by_field_name("parameters") if node else None
    if parameters is None:
        return 0, float("inf")
    kinds = [one.type for one in parameters.named_children]
    least = kinds.count("formal_parameter")
    return least, float("inf") if "spread_parameter" in kinds else least


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2]
