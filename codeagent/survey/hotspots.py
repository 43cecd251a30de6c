"""Hotspots: files that are complex and change often, where bugs live and effort goes."""

from math import log1p
from typing import Final

from codeagent.domain.insight import Hotspot
from codeagent.graph.tables import Tables
from codeagent.survey.past import Past
from codeagent.survey.sources import aside

LEAST_COMMITS: Final = 3
LEAST_COMPLEXITY: Final = 10
MOST: Final = 200


def complexities(tables: Tables) -> dict[str, int]:
    """Return the summed complexity of each file's callables."""
    totals = dict.fromkeys(tables.paths, 0)
    for symbol in tables.symbols:
        totals[symbol.path] += symbol.complexity
    return totals


def hotspots(tables: Tables, past: Past) -> tuple[Hotspot, ...]:
    """Return product files by churn times complexity, both on a logarithmic scale from 0 to 1."""
    totals = complexities(tables)
    records = tables.graph.files
    eligible = [
        path
        for path, total in totals.items()
        if total >= LEAST_COMPLEXITY
        and path in past.files
        and past.files[path].commits >= LEAST_COMMITS
        and not records[path].test
        and not aside(path)
    ]
    if not eligible:
        return ()
    most_commits = log1p(max(past.files[p].commits for p in eligible))
    most_complex = log1p(max(totals[p] for p in eligible))
    worst = _worst(tables)
    found = []
    for path in eligible:
        file = past.files[path]
        score = (log1p(file.commits) / most_commits) * (log1p(totals[path]) / most_complex)
        line, symbol = worst.get(path, (1, None))
        found.append(
            Hotspot(
                path,
                line,
                symbol,
                round(score, 4),
                file.commits,
                file.churn,
                totals[path],
                records[path].code_lines,
                len(file.authors),
            )
        )
    return tuple(sorted(found, key=lambda h: (-h.score, h.path))[:MOST])


def _worst(tables: Tables) -> dict[str, tuple[int, str]]:
    """Return each file's most complex callable."""
    worst: dict[str, tuple[int, int, str]] = {}
    for symbol in tables.symbols:
        if symbol.complexity > worst.get(symbol.path, (0, 0, ""))[0]:
            worst[symbol.path] = (symbol.complexity, symbol.line, symbol.id)
    return {path: (line, symbol) for path, (_, line, symbol) in worst.items()}
