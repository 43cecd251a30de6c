"""Subsystems: communities of the weighted file graph, found by a seeded Leiden, named from their paths."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import graspologic_native

from codeagent.survey.filegraph import FileGraph
from codeagent.survey.sources import folder

SEED: Final = 20_077
SIBLING_WEIGHT: Final = 0.6  # of the median edge: files of one folder belong together unless their uses say otherwise
SMALLEST: Final = 2  # files; smaller communities join their folder's
MOST: Final = 40  # subsystems shown; more would not be understood


@dataclass(frozen=True, slots=True)
class Community:
    """Files (paths, sorted) that belong together, under a name that no other community has."""

    name: str
    folders: tuple[str, ...]
    paths: tuple[str, ...]


def communities(paths: Sequence[str], files: FileGraph, tests: frozenset[str]) -> tuple[Community, ...]:
    """Split files into communities; tests are placed apart, beside what they are named for."""
    product = [p for p in paths if p not in tests]
    groups = _partition(product, paths, files)
    groups = _merge_small(groups)
    named = _names(groups)
    communities = [Community(name, _folders(group), tuple(sorted(group))) for name, group in named]
    trials = [p for p in paths if p in tests]
    taken = {community.name for community in communities}
    for name, group in _test_groups(trials):
        while name in taken:
            name += " (tests)"
        taken.add(name)
        communities.append(Community(name, _folders(group), tuple(sorted(group))))
    return tuple(sorted(communities, key=lambda c: (-len(c.paths), c.name)))


def _partition(product: Sequence[str], paths: Sequence[str], files: FileGraph) -> list[list[str]]:
    kept = set(product)
    undirected: dict[tuple[str, str], float] = {}
    for (source, target), weight in files.weights.items():
        a, b = sorted((paths[source], paths[target]))
        if a in kept and b in kept:
            undirected[a, b] = undirected.get((a, b), 0.0) + weight
    damped = {pair: weight**0.5 for pair, weight in undirected.items()}
    median = sorted(damped.values())[len(damped) // 2] if damped else 1.0
    for pair in _siblings(product):
        damped[pair] = damped.get(pair, 0.0) + median * SIBLING_WEIGHT
    if not damped:
        return _by_folder(product)
    edges = sorted((a, b, weight) for (a, b), weight in damped.items())
    _, found = graspologic_native.leiden(edges, resolution=1.0, randomness=0.001, iterations=4, seed=SEED)
    groups: dict[int, list[str]] = {}
    for path in product:
        if path in found:
            groups.setdefault(found[path], []).append(path)
    lonely = [path for path in product if path not in found]
    return [*groups.values(), *_by_folder(lonely)]


def _siblings(paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield a chain through the files of each folder, and from each folder to its parent's first file."""
    by_folder: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_folder.setdefault(folder(path), []).append(path)
    for at, members in by_folder.items():
        hub = next((m for m in members if m.rpartition("/")[2] in ("__init__.py", "mod.rs", "index.ts")), members[0])
        for member in members:
            if member != hub:
                yield (hub, member) if hub < member else (member, hub)
        parent = folder(at)
        if at and parent and parent in by_folder:
            other = by_folder[parent][0]
            yield (hub, other) if hub < other else (other, hub)


def _by_folder(paths: Iterable[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault("/".join(path.split("/")[:-1][:2]), []).append(path)
    return list(groups.values())


def _merge_small(groups: list[list[str]]) -> list[list[str]]:
    """Join communities that are too small, or too many, to the one that shares most of their folders."""
    groups = sorted((sorted(g) for g in groups), key=lambda g: (-len(g), g))
    kept = [g for g in groups[:MOST] if len(g) >= SMALLEST] or groups[:1]
    homes: dict[str, Counter[int]] = {}
    for number, group in enumerate(kept):
        for path in group:
            for prefix in _prefixes(path):
                homes.setdefault(prefix, Counter())[number] += 1
    extra: dict[str, list[str]] = {}
    for group in groups:
        if any(group is k for k in kept):
            continue
        for path in group:
            home = next((homes[p] for p in _prefixes(path) if p and p in homes), None)
            if home:
                kept[max(home, key=lambda n: (home[n], -n))].append(path)
            else:
                extra.setdefault(path.split("/")[0] if "/" in path else "", []).append(path)
    return [*kept, *extra.values()]


def _prefixes(path: str) -> list[str]:
    """Return the folders of a path, the innermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]


def _names(groups: list[list[str]]) -> list[tuple[str, list[str]]]:
    """Name each group by the deepest folder that holds most of it; equal names get the next telling folder."""
    total: Counter[str] = Counter(prefix for group in groups for path in group for prefix in _prefixes(path))
    taken: dict[str, int] = {}
    named = []
    for group in sorted(groups, key=lambda g: (-len(g), g)):
        options = _candidates(group, total)
        name = next((o for o in options if o not in taken), None)
        if name is None:
            base = options[0]
            taken[base] += 1
            name = f"{base} ({_typical(group)})"
            while name in taken:
                taken[base] += 1
                name = f"{base} ({taken[base]})"
        taken[name] = taken.get(name, 0) + 1
        named.append((name, group))
    return named


def _candidates(group: list[str], total: Mapping[str, int]) -> list[str]:
    """Return folder names for a group, best first: those that hold much of it and little else."""
    inside = Counter(prefix for path in group for prefix in _prefixes(path))

    def fit(prefix: str) -> float:
        share, purity = inside[prefix] / len(group), inside[prefix] / total[prefix]
        return share * purity * (2 if share > 0.5 else 1)

    ranked = sorted(inside, key=lambda p: (-fit(p), -p.count("/"), p))
    good = [p for p in ranked if inside[p] / len(group) >= 0.25][:4]
    return good or ranked[:1] or ["(root)"]


def _typical(group: list[str]) -> str:
    """Return the file stem that says most about a group whose folder name is taken."""
    stems = Counter(path.rpartition("/")[2].partition(".")[0] for path in group)
    for plain in ("__init__", "index", "mod", "lib", "main"):
        if len(stems) > 1:
            stems.pop(plain, None)
    return max(sorted(stems), key=lambda s: stems[s])


def _folders(group: Sequence[str]) -> tuple[str, ...]:
    """Return the folders that hold at least a tenth of a group, the fullest first."""
    counts = Counter(folder(path) for path in group)
    return tuple(f for f, n in sorted(counts.items(), key=lambda i: (-i[1], i[0])) if n * 10 >= len(group))[:5]


def _test_groups(trials: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Group tests by their outermost folder of tests; small ones together."""
    groups: dict[str, list[str]] = {}
    for path in trials:
        parts = path.split("/")
        at = next((n for n, part in enumerate(parts[:-1]) if "test" in part.lower() or "spec" in part.lower()), None)
        key = "/".join(parts[: at + 1]) if at is not None else "tests"
        groups.setdefault(key, []).append(path)
    few = [key for key, group in groups.items() if len(group) < SMALLEST or len(groups) > 12]
    for key in sorted(few, key=lambda k: (len(groups[k]), k))[: max(0, len(few) - 8 if len(groups) > 12 else len(few))]:
        if key != "tests":
            groups.setdefault("tests", []).extend(groups.pop(key))
    return sorted(groups.items())
