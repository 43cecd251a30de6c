"""Hidden coupling: files that change together again and again although neither uses the other."""

from collections.abc import Collection, Mapping
from typing import Final

from codeagent.domain.insight import Coupling
from codeagent.survey.past import Past
from codeagent.survey.sources import aside

LEAST_TOGETHER: Final = 5  # commits
LEAST_SHARE: Final = 0.4  # of the commits of the file that changed less often
MOST: Final = 100


def coupling(
    past: Past, code: Collection[str], tests: Collection[str], uses: Mapping[tuple[str, str], object]
) -> tuple[Coupling, ...]:
    """Return pairs of product files by how often they change together; `uses` are (source, target) paths."""
    found = []
    for (first, second), together in past.pairs.items():
        a, b = past.files.get(first), past.files.get(second)
        if together < LEAST_TOGETHER or a is None or b is None or first not in code or second not in code:
            continue
        if (first, second) in uses or (second, first) in uses or not _product(first, second, tests):
            continue
        share = together / min(a.commits, b.commits)
        if share >= LEAST_SHARE:
            found.append(Coupling(min(first, second), max(first, second), together, round(min(share, 1.0), 3)))
    return tuple(sorted(found, key=lambda c: (-c.together * c.share, c.first, c.second))[:MOST])


def _product(first: str, second: str, tests: Collection[str]) -> bool:
    return not any(path in tests or aside(path) for path in (first, second))
