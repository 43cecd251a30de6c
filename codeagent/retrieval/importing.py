"""Changed lines that only import: they concern whoever says the imported names, not all that the file holds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.statements import Piece, Statements
from codeagent.workspace.changes import Change, Lines

Bound = tuple[str, str, str | None]  # the name that is bound, and what it is imported from and as


def apart(graph: CodeGraph, files: Iterable[Change], other: CodeGraph) -> tuple[list[Change], list[str]]:
    """Return the changes without the lines that only import on both sides, and the symbols that say what those bind.

    `other` is the graph of the other side. Python's imports alone are told apart; one that is passed on to other files,
    or that the module itself uses, stays with the changes."""
    kept: list[Change] = []
    sayers: list[str] = []
    for file in files:
        here = Statements(graph, file.path, new=file.status == "added")
        there = Statements(other, file.old_path)
        rest: list[Lines] = []
        for old, new in zip(file.old_lines, file.new_lines, strict=True):
            now, was = here.pieces(new), there.pieces(old)
            bound = _bound(graph, file.path, now) - _bound(other, file.old_path, was)
            said = _said(graph, file.path, bound)
            sayers += said or ()
            if was or new[0] <= new[1]:  # else a comment went
                rest += [one.lines for one in now if said is None or not one.imports]
        kept.append(replace(file, old_lines=(), new_lines=tuple(rest)))
    return kept, sayers


def _said(graph: CodeGraph, path: str, bound: set[Bound]) -> list[str] | None:
    """The symbols of a file that say what is bound; None where that says too little of who is concerned."""
    if bound and (path.endswith("__init__.py") or any(_is_passed_on(graph, path, name) for name, _, _ in bound)):
        return None
    found: list[str] = []
    for name in {name for name, _, _ in bound}:
        sayers = set(_sayers(graph, path, name))
        if not sayers or path in sayers:
            return None
        found += sayers
    return found


def _bound(graph: CodeGraph, path: str, pieces: Iterable[Piece]) -> set[Bound]:
    """What pieces of a module bind that only import."""
    wanted = [one.lines for one in pieces if one.imports]
    imports = _imports(graph, path) if wanted else {}
    return {bound for line, found in imports.items() if any(a <= line <= b for a, b in wanted) for bound in found}


def _imports(graph: CodeGraph, path: str) -> dict[int, list[Bound]]:
    """What a module imports for itself, by line."""
    source, found = graph.read(path), dict[int, list[Bound]]()
    for one in graph.facts(path).imports:
        if one.scope == 0 and one.name != "*":
            name = one.alias or one.name or one.spec.partition(".")[0]
            found.setdefault(source.count(b"\n", 0, one.start) + 1, []).append((name, one.spec, one.name))
    return found


def _sayers(graph: CodeGraph, path: str, name: str) -> Iterator[str]:
    """The innermost symbol around each place that says a name, those of its imports apart."""
    source, symbols = graph.read(path), graph.symbols(path)
    own = {number for number, bound in _imports(graph, path).items() if name in {one for one, _, _ in bound}}
    for match in re.finditer(rb"\b%s\b" % re.escape(name.encode()), source):
        if source.count(b"\n", 0, match.start()) + 1 not in own:
            around = [one for one in symbols if one.span.start <= match.start() < one.span.end]
            yield min(around, key=lambda one: one.span.end - one.span.start).id if around else path


def _is_passed_on(graph: CodeGraph, path: str, name: str) -> bool:
    """Whether another file may take a name from the file that imports it."""
    stem = PurePosixPath(path).stem
    dotted = re.compile(rb"\.\s*%s\b" % re.escape(name.encode()))
    for other in sorted({*graph.mentioning((name,)), *graph.mentioning((stem,))} - {path}):
        if graph.has_facts(other):
            imports = [one.name for one in graph.facts(other).imports if stem in re.split(r"\W+", one.spec)]
            source = graph.read(other)
            if {name, "*"}.intersection(imports) or (stem.encode() in source and dotted.search(source)):
                return True
    return False
