"""Hidden coupling: files that change together again and again although nothing in the code joins them."""

from collections.abc import Collection, Iterable
from typing import Final

from codeagent.domain.insight import Coupling
from codeagent.survey.past import Past
from codeagent.survey.sources import aside

LEAST_TOGETHER: Final = 5  # commits
LEAST_SHARE: Final = 0.4  # of the commits of the file that changed less often
MOST: Final = 100


def coupling(
    past: Past, code: Collection[str], tests: Collection[str], uses: Iterable[tuple[str, str]]
) -> tuple[Coupling, ...]:
    """Return pairs of product files by how often they change together; `uses` are (source, target) paths.

    Left out is what anybody can see: one uses the other, if only through a third file, or is its header by name."""
    used: dict[str, set[str]] = {}
    for source, target in uses:
        used.setdefault(source, set()).add(target)
    found = []
    for (first, second), together in past.pairs.items():
        a, b = past.files.get(first), past.files.get(second)
        if together < LEAST_TOGETHER or a is None or b is None or first not in code or second not in code:
            continue
        if not _product(first, second, tests) or first.rpartition(".")[0] == second.rpartition(".")[0]:
            continue
        if _leads(used, first, second) or _leads(used, second, first):
            continue
        share = together / min(a.commits, b.commits)
        if share >= LEAST_SHARE:
            found.append(Coupling(min(first, second), max(first, second), together, round(min(share, 1.0), 3)))
    return tuple(sorted(found, key=lambda c: (-c.together * c.share, c.first, c.second))[:MOST])


def _leads(used: dict[str, set[str]], source: str, target: str) -> bool:
    """Tell whether a file uses another, itself or through one between them."""
    straight = used.get(source, set())
    return target in straight or any(target in used.get(between, ()) for between in straight)


def _product(first: str, second: str, tests: Collection[str]) -> bool:
    return not any(path in tests or aside(path) for path in (first, second))
