"""contracts: imports that the project's own layers and forbidden imports rule out; the contract's name is the fix."""

from collections.abc import Iterator

from codeagent.domain.errors import UsageError
from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged, skipped


def contracts(change: Change) -> GateResult:
    """Judge every file that uses another one, where it did not before.

    `layers = ["NAME: top > middle > bottom"]`: folders or files, each may use only those to its right.
    `forbidden = ["NAME: a -> b"]`: nothing in a may use b. Raises UsageError for a contract that is neither."""
    gate = change.gate("contracts")
    rules = [*map(_layers, gate.words("layers")), *map(_forbidden, gate.words("forbidden"))]
    if not rules:
        return skipped("contracts", "none are declared: [tool.codeagent.gates.contracts]")
    before, after = change.before_graph.file_edges(), change.after_graph.file_edges()
    new: list[Finding] = []
    old: list[Finding] = []
    for source, target in after:
        for name, pairs in rules:
            if any(_in(source, user) and _in(target, used) for user, used in pairs):
                finding = _finding(change, name, source, target)
                (old if (change.old_path(source), change.old_path(target)) in before else new).append(finding)
    return judged("contracts", new, old)


def _finding(change: Change, name: str, source: str, target: str) -> Finding:
    graph = change.after_graph
    lines = (edge.line for edge in _edges(change, source) if edge.target.partition("::")[0] == target)
    message = f"{name}: {source} may not use {target}"
    return found("broken-contract", message, source, next(lines, 1) if source in graph.files else 1, anchor=message)


def _edges(change: Change, path: str) -> Iterator["Use"]:
    graph = change.after_graph
    links = graph.links(path)
    source = graph.read(path)
    for at in range(0, len(links.edges), 5):
        yield Use(links.targets[links.edges[at + 3]], source.count(b"\n", 0, links.edges[at]) + 1)


class Use:
    """One use of something, by its line."""

    __slots__ = ("line", "target")

    def __init__(self, target: str, line: int) -> None:
        self.target, self.line = target, line


def _layers(text: str) -> tuple[str, list[tuple[str, str]]]:
    name, colon, rest = text.partition(":")
    rows = [row.strip() for row in rest.split(">")]
    if not colon or len(rows) < 2 or not all(rows):
        raise UsageError(f"{text!r} is no contract of layers", "write it as NAME: top > middle > bottom")
    return name.strip(), [(low, high) for at, high in enumerate(rows) for low in rows[at + 1 :]]


def _forbidden(text: str) -> tuple[str, list[tuple[str, str]]]:
    name, colon, rest = text.partition(":")
    user, arrow, used = rest.partition("->")
    if not (colon and arrow and user.strip() and used.strip()):
        raise UsageError(f"{text!r} is no forbidden import", "write it as NAME: a -> b")
    return name.strip(), [(user.strip(), used.strip())]


def _in(path: str, place: str) -> bool:
    """Whether a file is a place, or in it; a place may be written as a folder, a file or a dotted module."""
    folder = place.rstrip("/") if "/" in place or place.endswith(".py") else place.replace(".", "/")
    return path == folder or path == f"{folder}.py" or path.startswith(f"{folder}/")
