"""Key symbols by PageRank and by how many files use them, and an order in which a newcomer could read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Final

import rustworkx

from codeagent.domain.facts import CALLABLE_KINDS, KINDS
from codeagent.domain.insight import KeySymbol, ReadingStep, Subsystem
from codeagent.domain.links import CALL_EDGE, IMPORT_EDGE, INHERIT_EDGE, INSTANTIATE_EDGE, NAME_ONLY
from codeagent.domain.report import EntryPoint
from codeagent.graph.tables import Tables
from codeagent.survey.sources import Sources, aside, line_of

SHOWN_KINDS: Final = frozenset((
    "class", "interface", "enum", "struct", "trait", "function", "method", "type", "object", "constant", "macro",
))  # fmt: skip
_CALLABLE: Final = frozenset(KINDS[kind] for kind in CALLABLE_KINDS)
KEY_SYMBOLS: Final = 100
STOPS: Final = 12
DOCUMENTS: Final = ("ARCHITECTURE.md", "README.md", "README.rst", "README", "README.txt", "CONTRIBUTING.md")


@dataclass(frozen=True, slots=True)
class Ranks:
    """Per symbol number: PageRank, using files, references."""

    scores: Sequence[float]
    users: Mapping[int, int]
    references: Mapping[int, int]

    def weight(self, number: int) -> float:
        """Return what a symbol is worth to the rest: one that a single file leans on, however hard, is worth less."""
        return self.scores[number] * log1p(self.users.get(number, 0))


def ranks(tables: Tables) -> Ranks:
    """Rank symbols by what leans on them, tests and guesses left out."""
    owner, outer = tables.owners(), _outer(tables)
    plain = [not tables.graph.files[p].test and not aside(p) for p in tables.paths]
    weights: dict[tuple[int, int], float] = {}
    using: dict[int, set[int]] = {}
    references: dict[int, int] = {}
    edges = tables.edges
    value = {CALL_EDGE: 1.0, INHERIT_EDGE: 2.0, INSTANTIATE_EDGE: 1.0, IMPORT_EDGE: 0.1}
    for source, aim, kind, certainty in zip(edges.sources, edges.targets, edges.kinds, edges.certainties, strict=True):
        target = outer[aim]
        if certainty == NAME_ONLY or not plain[owner[source]] or source == target:
            continue
        weights[source, target] = weights.get((source, target), 0.0) + value.get(kind, 0.5)
        references[target] = references.get(target, 0) + 1
        if owner[source] != owner[target]:
            using.setdefault(target, set()).add(owner[source])
    for number, parent in enumerate(tables.parents):
        if parent >= 0 and tables.parents[parent] >= 0:  # what a member is worth, its class is worth
            weights[number, parent] = weights.get((number, parent), 0.0) + 0.3
    graph: rustworkx.PyDiGraph[int, float] = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(len(tables.symbols)))
    graph.add_edges_from([(a, b, w**0.5) for (a, b), w in sorted(weights.items())])
    found = (
        rustworkx.pagerank(graph, alpha=0.85, weight_fn=float, tol=1e-8, max_iter=1000) if len(tables.symbols) else {}
    )
    scores = [found[n] for n in range(len(tables.symbols))]
    return Ranks(scores, {n: len(files) for n, files in using.items()}, references)


def _outer(tables: Tables) -> list[int]:
    """Per symbol: itself, or the function that it lies in, which is what others name; parents come first."""
    outer: list[int] = []
    for number, parent in enumerate(tables.parents):
        inside = parent >= 0 and (outer[parent] != parent or tables.symbols[parent].kind in _CALLABLE)
        outer.append(outer[parent] if inside else number)
    return outer


def key_symbols(tables: Tables, ranked: Ranks, home: Mapping[str, str]) -> tuple[KeySymbol, ...]:
    """Return the symbols that the rest of the product leans on most."""
    numbers = [
        n
        for n, symbol in enumerate(tables.symbols)
        if symbol.kind in SHOWN_KINDS
        and ranked.users.get(n, 0) >= 1
        and not tables.graph.files[symbol.path].test
        and not aside(symbol.path)
        and not symbol.id.partition("::")[2].startswith("tests.")
    ]
    numbers.sort(key=lambda n: (-ranked.weight(n), tables.symbols[n].id))
    top = ranked.weight(numbers[0]) if numbers else 1.0
    return tuple(
        KeySymbol(
            tables.symbols[n].id,
            tables.symbols[n].kind,
            tables.symbols[n].path,
            tables.symbols[n].line,
            round(ranked.weight(n) / top, 4),
            ranked.users.get(n, 0),
            ranked.references.get(n, 0),
            home.get(tables.symbols[n].path, ""),
        )
        for n in numbers[:KEY_SYMBOLS]
    )


def reading_order(
    sources: Sources,
    entries: Sequence[EntryPoint],
    systems: Sequence[Subsystem],
    keys: Sequence[KeySymbol],
    central: Mapping[str, float],
    links: Collection[tuple[str, str]],
) -> tuple[ReadingStep, ...]:
    """Return a tour: what the authors wrote, where it starts, then each big subsystem from the ground up.

    `central` gives what each file is worth to the others, `links` which file uses which. A program that uses no other
    file is a tool on the side, and what stands apart from the rest comes last."""
    steps: dict[str, ReadingStep] = {}
    by_path: dict[str, list[str]] = {}
    for key in keys:
        by_path.setdefault(key.path, []).append(key.symbol)

    def stop(path: str, line: int, why: str) -> None:
        steps.setdefault(path, ReadingStep(path, line, why, tuple(by_path.get(path, ())[:4])))

    for name in DOCUMENTS:
        for path in sources.named(name)[:1]:
            if "/" not in path and len([p for p in steps if "README" in p]) < 2:
                stop(path, 1, "what its authors say of it")
    for entry in _starts(entries, {source for source, _ in links}):
        path = entry.target.partition("::")[0] if entry.target else entry.evidence.path
        text = sources.text(path) if entry.target and "::" in entry.target else ""
        name = entry.target.rpartition(".")[2].rpartition("::")[2] if entry.target else ""
        line = line_of(text, rf"\b(def|func|fn|function|void)\s+{name}\b") if text else 1
        stop(path, line if entry.target else entry.evidence.line, f"where {entry.name} starts")
    big = sorted((s for s in systems if s.role == "product"), key=lambda s: -_weight(s, central))[: STOPS - len(steps)]
    tied = _tied(systems, links)
    for system in sorted(big, key=lambda s: (s.name not in tied, s.level, s.name)):
        path = max((f.path for f in system.files), key=lambda p: (central.get(p, 0.0), p), default="")
        if path and not aside(path):
            stop(path, _first_line(keys, path), f"the centre of {system.name}")
    return tuple(steps.values())


def _weight(system: Subsystem, central: Mapping[str, float]) -> float:
    return sum(central.get(file.path, 0.0) for file in system.files)


def _tied(systems: Sequence[Subsystem], links: Collection[tuple[str, str]]) -> frozenset[str]:
    """Return the subsystems of the product that use another one or are used by one."""
    home = {file.path: system.name for system in systems if system.role == "product" for file in system.files}
    pairs = {(home[a], home[b]) for a, b in links if a in home and b in home}
    return frozenset(name for pair in pairs if pair[0] != pair[1] for name in pair)


def _starts(entries: Sequence[EntryPoint], users: Collection[str]) -> list[EntryPoint]:
    kinds = ("console-script", "main", "service", "cli-command", "route")
    coded = [e for e in entries if e.kind in kinds and (e.target or (e.kind == "main" and e.evidence.path in users))]
    ordered = sorted(coded, key=lambda e: (kinds.index(e.kind), aside(e.evidence.path)))
    first = ordered[0].kind if ordered else ""
    return [e for e in ordered if e.kind == first or (e.kind == "route" and first != "route")][:2]


def _first_line(keys: Sequence[KeySymbol], path: str) -> int:
    return next((key.line for key in keys if key.path == path), 1)
