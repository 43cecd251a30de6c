"""How much care a change deserves: points for what makes changes go wrong, each with its reason in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.counting import counted
from codeagent.domain.finding import Severity
from codeagent.domain.quality import Verdict
from codeagent.domain.review import Explained, Impact, Risk, SurfaceChange, SymbolChange, Untested
from codeagent.workspace.history import History

_LEVELS: Final = ((5, "high"), (2, "medium"), (0, "low"))
_COMPLEX: Final = 15  # cyclomatic complexity from which a function is hard to change rightly
_FAR, _VERY_FAR = 20, 100  # dependents
_LARGE: Final = 400  # changed lines that no refactoring explains
_OFTEN: Final = 20  # commits of a file, at least, for it to be a hotspot
_RARE: Final = 20  # hotspots are the files among one in so many


@dataclass(frozen=True, slots=True)
class Facts:
    """What risk is read from."""

    symbols: tuple[SymbolChange, ...]
    surface: tuple[SurfaceChange, ...]
    impact: Impact
    untested: tuple[Untested, ...]
    explained: Explained
    verdict: Verdict
    hotspots: tuple[tuple[str, int], ...]  # touched files that change often, with their commits


def risk(facts: Facts) -> Risk:
    """Return the level that the points add up to."""
    reasons = list(_reasons(facts))
    points = sum(worth for worth, _ in reasons)
    level = next(name for least, name in _LEVELS if points >= least)
    return Risk(level, tuple(text for _, text in sorted(reasons, key=lambda one: -one[0])))


def _reasons(facts: Facts) -> Iterator[tuple[int, str]]:
    errors = sum(one.severity is Severity.ERROR for result in facts.verdict.results for one in result.findings)
    if errors:
        yield 5, f"{errors} new error{_s(errors)}"
    breaking = sum(one.breaking for one in facts.surface)
    if breaking:
        yield 2, f"{breaking} breaking change{_s(breaking)} of the public surface"
    code = [one for one in facts.symbols if not one.test and one.status != "added"]
    if facts.impact.symbol_count >= _FAR and code:
        worth = 2 if facts.impact.symbol_count >= _VERY_FAR else 1
        files = counted(len(facts.impact.files), "other file")
        yield worth, f"what leans on it: {counted(facts.impact.symbol_count, 'symbol')} in {files}"
    complex_ = [one for one in facts.symbols if not one.test and one.complexity >= _COMPLEX]
    if complex_:
        worst = max(complex_, key=lambda one: one.complexity)
        yield 1, f"{worst.symbol.partition('::')[2]} has a complexity of {worst.complexity}"
    yield from _unguarded(facts)
    for path, commits in facts.hotspots[:1]:
        yield 1, f"{path} changes often: {counted(commits, 'commit')}"
    rest = facts.explained.of_lines - facts.explained.lines
    if rest >= _LARGE:
        yield 1, f"{rest} changed lines to read"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _unguarded(facts: Facts) -> Iterator[tuple[int, str]]:
    if facts.untested:
        worst = max(one.complexity for one in facts.untested)
        worth = 2 if worst >= _COMPLEX or len(facts.untested) > 5 else 1
        yield worth, f"no test reaches {len(facts.untested)} of the changed functions"


def hotspots(history: History | None, symbols: tuple[SymbolChange, ...]) -> tuple[tuple[str, int], ...]:
    """Return the changed product files that are among those with the most commits, most first."""
    if history is None:
        return ()
    commits = Counter(history.path)
    if not commits:
        return ()
    ordered = sorted(commits.values(), reverse=True)
    least = max(_OFTEN, ordered[len(ordered) // _RARE])
    changed = {one.path for one in symbols if not one.test and one.status != "added"}
    found = ((path, commits[index]) for index, path in enumerate(history.paths) if path in changed)
    return tuple(sorted(((p, n) for p, n in found if n >= least), key=lambda one: (-one[1], one[0])))
