"""Ranked refactorings: what is worth changing, why, what it would bring, how risky it is, and what would do it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, fingerprint
from codeagent.domain.insight import Coupling, Cycle, Dependency, Hotspot, Opportunity
from codeagent.domain.plan import REWRITE
from codeagent.graph.tables import Tables
from codeagent.survey.ranking import Ranks
from codeagent.survey.sources import aside

MOST: Final = 60
PER_KIND: Final = 15
PER_GUESS: Final = 5  # of kinds that past commits suggest and no code shows
GUESSED: Final = frozenset(("bring-together",))
_RE_EXPORTS: Final = "; importers keep working through re-exports"
_STAYS: Final = {  # what a file that is split stays for who imports it
    **dict.fromkeys(("python", "javascript", "typescript", "tsx", "rust"), _RE_EXPORTS),
    "go": "; importers see the same package",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What opportunities are read from."""

    tables: Tables
    ranks: Ranks
    reached: bytearray
    findings: Sequence[Finding]
    cycles: Sequence[Cycle]
    hotspots: tuple[Hotspot, ...]
    violations: Sequence[Dependency]
    coupling: tuple[Coupling, ...]
    importers: Mapping[str, int]  # files that use each file
    works_on: Callable[[str, str], bool]  # whether an operation changes code of a language


def opportunities(ground: Ground) -> tuple[Opportunity, ...]:
    """Return the best opportunities, the most worthwhile first, no kind crowding out the others."""
    found = list({one.id: one for source in SOURCES for one in source(ground)}.values())
    counts: dict[str, int] = {}
    kept = []
    for one in sorted(found, key=lambda o: (-o.score, o.operation, o.path, o.line)):
        counts[one.kind] = counts.get(one.kind, 0) + 1
        if counts[one.kind] <= (PER_GUESS if one.kind in GUESSED else PER_KIND):
            kept.append(one)
    return tuple(kept[:MOST])


def _make(
    ground: Ground,
    name: str,
    title: str,
    operation: str,
    targets: Iterable[str],
    place: tuple[str, int],
    evidence: Iterable[str],
    effect: str,
    gain: float,
) -> Opportunity:
    targets = tuple(targets)
    fan_in = max((_fan_in(ground, target) for target in targets), default=0)
    reach = _reach(ground, targets)
    language = ground.tables.graph.files[place[0]].language
    operation = operation if ground.works_on(operation, language) else REWRITE
    risk = _risk(fan_in, reach, proven=operation != REWRITE)
    score = gain * {"low": 1.0, "medium": 0.8, "high": 0.6}[risk]
    kind = name.partition(":")[0]
    return Opportunity(
        f"{kind}-{fingerprint(kind, name, None)[:8]}", kind, title, operation, targets, *place, tuple(evidence),
        effect, risk, fan_in, round(reach, 3), round(score, 4),
    )  # fmt: skip


def _fan_in(ground: Ground, target: str) -> int:
    number = ground.tables.numbers.get(target, -1)
    if "::" not in target:
        return ground.importers.get(target, 0)
    return ground.ranks.users.get(number, 0)


def _reach(ground: Ground, targets: Sequence[str]) -> float:
    """Return the part of the callables in the targets that tests reach; 0 where there is none."""
    tables = ground.tables
    numbers: list[int] = []
    for target in targets:
        number = tables.numbers.get(target)
        if number is None:
            continue
        if tables.parents[number] < 0:
            numbers += [n for n in tables.of_file(tables.file_of(number)) if tables.symbols[n].complexity]
        else:
            numbers.append(number)
    return sum(ground.reached[n] for n in numbers) / len(numbers) if numbers else 0.0


def _risk(fan_in: int, reach: float, *, proven: bool) -> str:
    """What an operation does is proven first; what is written by hand or a model is caught by tests alone."""
    if reach >= 0.5:
        return "low" if fan_in <= 10 else "medium"
    return "low" if fan_in == 0 and proven else "medium" if fan_in <= 3 else "high"


def _break_cycles(ground: Ground) -> Iterator[Opportunity]:
    for cycle in ground.cycles:
        if aside(cycle.cut_source):
            continue
        freed = len(cycle.files) - cycle.cut_left
        kind = {"load": " when they load", "deferred": " through deferred imports"}.get(cycle.when, "")
        yield _make(
            ground,
            f"break-cycle:{cycle.cut_source}:{cycle.cut_target}",
            f"Cut {cycle.cut_source} → {cycle.cut_target}",
            "move",
            (cycle.cut_source, cycle.cut_target),
            (cycle.cut_source, cycle.cut_line),
            (
                f"{len(cycle.files)} files import each other in a circle{kind}",
                f"this edge carries {_count(cycle.cut_weight, 'reference')}",
            ),
            f"{_count(freed, 'file')} no longer in a circle" + (f", {cycle.cut_left} left" if cycle.cut_left else ""),
            (0.9 if cycle.when == "load" else 0.45) * log1p(freed) / (1 + log1p(cycle.cut_weight)) * 0.8,
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _split_modules(ground: Ground) -> Iterator[Opportunity]:
    hot = {spot.path: spot for spot in ground.hotspots}
    for finding in ground.findings:
        if finding.rule != "god-module":
            continue
        spot = hot.get(finding.path)
        evidence = [finding.message]
        if spot:
            evidence.append(f"changed in {_count(spot.commits, 'commit')} by {_count(spot.authors, 'author')}")
        yield _make(
            ground,
            f"split-module:{finding.path}",
            f"Split {finding.path}",
            "split-module",
            (finding.path,),
            (finding.path, 1),
            evidence,
            "smaller files that change for one reason each"
            + _STAYS.get(ground.tables.graph.files[finding.path].language, ""),
            0.5 + 0.5 * (spot.score if spot else 0.0),
        )


def _simplify(ground: Ground) -> Iterator[Opportunity]:
    """Complex functions, those first that also change often."""
    hot = {spot.path: spot for spot in ground.hotspots}
    for finding in ground.findings:
        if finding.rule != "complex-function" or not finding.symbol:
            continue
        spot = hot.get(finding.path)
        value = int(finding.value or 0)
        evidence = [finding.message]
        if spot:
            evidence.append(f"its file changed in {_count(spot.commits, 'commit')}")
        name = finding.symbol.partition("::")[2]
        parts = max(2, round(value / 8))
        yield _make(
            ground,
            f"simplify:{finding.symbol}",
            f"Take {name} apart",
            "extract-function",
            (finding.symbol,),
            (finding.path, finding.line),
            evidence,
            f"complexity {value} spread over about {parts} functions of 10 or less",
            min(1.0, value / 60) * (0.4 + 0.6 * (spot.score if spot else 0.0)),
        )


def _join_copies(ground: Ground) -> Iterator[Opportunity]:
    for finding in ground.findings:
        if finding.rule != "duplicate-code":
            continue
        lines, copies = int(finding.value or 0), len(finding.related)
        places = [f"{path}:{line}" for path, line in ((finding.path, finding.line), *finding.related[:3])]
        yield _make(
            ground,
            f"share-copies:{finding.fingerprint}",
            f"Share {lines} repeated lines of {finding.path}",
            "extract-function",
            (finding.symbol or finding.path,),
            (finding.path, finding.line),
            ("the same lines at " + ", ".join(places),),
            f"about {lines * copies} lines fewer, one place to change",
            min(0.9, lines * copies / 120),
        )


def _delete_dead(ground: Ground) -> Iterator[Opportunity]:
    """Dead definitions, one opportunity a file."""
    by_file: dict[str, list[Finding]] = {}
    for finding in ground.findings:
        if finding.rule == "dead-code" and finding.certainty == Certainty.EXACT:
            by_file.setdefault(finding.path, []).append(finding)
    for path, found in by_file.items():
        whole = {f.symbol for f in found}
        found = [f for f in found if not f.symbol or f.symbol.rpartition(".")[0] not in whole]  # it goes with that
        lines = sum(int(f.value or 0) for f in found)
        names = [f.symbol.partition("::")[2] for f in found if f.symbol]
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        yield _make(
            ground,
            f"delete-dead:{path}",
            f"Delete {shown}",
            "safe-delete",
            (f.symbol for f in found if f.symbol),
            (path, found[0].line),
            (f"nothing in the tree refers to {'it' if len(found) == 1 else 'them'}, by reference or by name",),
            f"{_count(lines, 'line')} fewer",
            min(0.8, 0.25 + lines / 150),
        )


def _tidy_imports(ground: Ground) -> Iterator[Opportunity]:
    found = [f for f in ground.findings if f.rule == "unused-import" and f.certainty == Certainty.EXACT]
    if found:
        paths = list(dict.fromkeys(f.path for f in found))
        yield _make(
            ground,
            "tidy-imports:",
            f"Remove {_count(len(found), 'unused import')}",
            "organize-imports",
            paths[:20],
            (found[0].path, found[0].line),
            tuple(f"{f.path}:{f.line}: {f.message}" for f in found[:5]),
            f"{_count(len(paths), 'file')} without imports that nobody uses",
            min(0.5, 0.1 + len(found) / 100),
        )


def _mend_layers(ground: Ground) -> Iterator[Opportunity]:
    for violation in ground.violations:
        yield _make(
            ground,
            f"mend-layers:{violation.source}:{violation.target}",
            f"Turn around {violation.source} → {violation.target}",
            "move",
            (violation.path,),
            (violation.path, violation.line),
            (f"{_count(violation.weight, 'reference')} against the layering, for example here",),
            f"{violation.source} no longer depends on {violation.target}, which stands above it",
            0.5 / (1 + log1p(violation.weight) / 2),
        )


def _bring_together(ground: Ground) -> Iterator[Opportunity]:
    for pair in ground.coupling:
        yield _make(
            ground,
            f"bring-together:{pair.first}:{pair.second}",
            f"Make the link of {pair.first} and {pair.second} visible",
            REWRITE,
            (pair.first, pair.second),
            (pair.first, 1),
            (f"changed together in {_count(pair.together, 'commit')} ({pair.share:.0%}) without using each other",),
            "what they share in one place, so that a change is made once",
            min(0.5, pair.together / 100) * pair.share,
        )


SOURCES: Final[tuple[Callable[[Ground], Iterator[Opportunity]], ...]] = (
    _break_cycles,
    _split_modules,
    _simplify,
    _join_copies,
    _delete_dead,
    _tidy_imports,
    _mend_layers,
    _bring_together,
)
