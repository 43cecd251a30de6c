"""Subsystems: communities of the weighted file graph, found by a seeded Leiden."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

import graspologic_native

from codeagent.survey.filegraph import FileGraph
from codeagent.survey.sources import aside, folder
from codeagent.survey.subsystem_names import homes, named, prefixes

SEED: Final = 20_077
PULL: Final = 0.5  # of a file's folder, relative to all that the file uses and is used by
FINEST: Final = 2.0  # resolution for big trees; 1.0 for small ones
SMALLEST: Final = 2  # files; smaller communities join their folder's
MOST: Final = 40  # subsystems; more would not be understood
STRAY, CLEAR = 0.2, 0.6  # parts of a folder: a minority that is moved, the majority it is moved to
GUEST: Final = 0.1  # of what files use, that they at least share with their community
APART: Final = 6  # groups of tests, and of examples
_FOLDER: Final = "\0"  # marks the node of a folder


@dataclass(frozen=True, slots=True)
class Community:
    """Files (paths, sorted) that belong together, under a name that no other community has."""

    name: str
    folders: tuple[str, ...]
    paths: tuple[str, ...]


def communities(
    sizes: Mapping[str, int], files: FileGraph, tests: frozenset[str], packages: frozenset[str] = frozenset()
) -> tuple[Community, ...]:
    """Split the product's files into communities; tests, examples and documentation go by their folders.

    `sizes` holds the lines of code of each file, in the order of the graph; `packages` the folders that have a
    manifest of their own: what is shipped apart is no one subsystem."""
    paths = list(sizes)
    product = [p for p in paths if p not in tests and not aside(p)]
    between = _between(product, paths, files)
    groups = _whole(_gather(_parted(_partition(product, between), packages))) if product else []
    found = named(_guests_out(_merge_small(groups), between, sizes), sizes) if product else []
    taken = {name for name, _ in found}
    extras = _apart([p for p in paths if p not in tests and aside(p)], "examples")
    extras += _apart([p for p in paths if p in tests], "tests")
    for name, group in extras:
        while name in taken:
            name += " (tests)" if group[0] in tests else " (rest)"
        taken.add(name)
        found.append((name, group))
    made = [Community(name, _folders(group), tuple(sorted(group))) for name, group in found]
    return tuple(sorted(made, key=lambda c: (-len(c.paths), c.name)))


def _partition(product: Sequence[str], between: Mapping[tuple[str, str], float]) -> list[list[str]]:
    """Return communities of files; each folder takes part as a node that its files and subfolders lean on."""
    degree: dict[str, float] = {}
    for (a, b), weight in between.items():
        degree[a] = degree.get(a, 0.0) + weight
        degree[b] = degree.get(b, 0.0) + weight
    # what everybody uses binds nobody: an edge counts relative to what its ends have besides
    edges = {(a, b): weight / (degree[a] * degree[b]) ** 0.5 for (a, b), weight in between.items()}
    strength: dict[str, float] = {}
    for (a, b), weight in edges.items():
        strength[a] = strength.get(a, 0.0) + weight
        strength[b] = strength.get(b, 0.0) + weight
    median = sorted(strength.values())[len(strength) // 2] if strength else 1.0
    sizes: Counter[str] = Counter(prefix for path in product for prefix in prefixes(path))
    for path in product:
        edges[path, _FOLDER + folder(path)] = PULL * max(strength.get(path, 0.0), median / 2)
    for at, size in sizes.items():
        edges[_FOLDER + at, _FOLDER + folder(at)] = PULL * median * min(size, 4)
    resolution = min(FINEST, max(1.0, 1 + log2(max(1, len(product)) / 32) / 4))
    ordered = sorted((a, b, float(weight)) for (a, b), weight in edges.items())
    _, found = graspologic_native.leiden(
        ordered,
        starting_communities=None,  # the stub of 1.2 has no defaults
        resolution=resolution,
        randomness=0.001,
        iterations=4,
        use_modularity=True,
        seed=SEED,
        trials=1,
    )
    groups: dict[int, list[str]] = {}
    for path in product:
        groups.setdefault(found[path], []).append(path)
    return list(groups.values())


def _parted(groups: list[list[str]], packages: frozenset[str]) -> list[list[str]]:
    """Split communities where one package ends and another begins."""
    parts: dict[tuple[int, str], list[str]] = {}
    for number, group in enumerate(groups):
        for path in group:
            home = next((one for one in prefixes(path) if one in packages), "")
            parts.setdefault((number, home), []).append(path)
    return list(parts.values())


def _gather(groups: list[list[str]]) -> list[list[str]]:
    """Bring single files home whose folder is elsewhere by a clear majority."""
    home = {path: number for number, group in enumerate(groups) for path in group}
    by_folder: dict[str, Counter[int]] = {}
    for path, number in home.items():
        by_folder.setdefault(folder(path), Counter())[number] += 1
    for path, number in home.items():
        counts = by_folder[folder(path)]
        most = min(counts, key=lambda n: (-counts[n], n))
        few = counts[number] <= max(1, counts.total() * STRAY)
        if most != number and few and counts[most] >= counts.total() * CLEAR:
            home[path] = most
    gathered: dict[int, list[str]] = {}
    for path, number in home.items():
        gathered.setdefault(number, []).append(path)
    return list(gathered.values())


def _whole(groups: list[list[str]]) -> list[list[str]]:
    """Keep together what the language has as one package: the files of a folder of Go see each other unasked."""
    counts: dict[str, Counter[int]] = {}
    for number, group in enumerate(groups):
        for path in group:
            counts.setdefault(folder(path), Counter())[number] += 1
    kept: list[list[str]] = [[] for _ in groups]
    for number, group in enumerate(groups):
        for path in group:
            most = counts[folder(path)] if path.endswith(".go") else Counter({number: 1})
            kept[min(most, key=lambda one: (-most[one], one))].append(path)
    return [group for group in kept if group]


def _guests_out(
    groups: list[list[str]], between: Mapping[tuple[str, str], float], sizes: Mapping[str, int]
) -> list[list[str]]:
    """Give files of one folder a community of their own that stand outside the folder of theirs, with hardly any use
    for it: what everybody uses (the root of a package) belongs to no part of it."""
    part: dict[str, tuple[int, str]] = {}
    guests: dict[tuple[int, str], list[str]] = {}
    for number, (group, home) in enumerate(zip(groups, homes(groups, sizes), strict=True)):
        for path in group:
            at = folder(path) if home and not path.startswith(f"{home}/") else ""
            part[path] = number, at
            guests.setdefault((number, at), []).append(path)
    within: dict[tuple[int, str], float] = {}
    beyond: dict[tuple[int, str], float] = {}
    for (a, b), weight in between.items():
        for one, other in ((part[a], part[b]), (part[b], part[a])):
            if one != other:
                ties = within if one[0] == other[0] else beyond
                ties[one] = ties.get(one, 0.0) + weight
    kept: list[list[str]] = [[] for _ in groups]
    for (number, at), paths in guests.items():
        if at and len(paths) >= SMALLEST and within.get((number, at), 0.0) <= GUEST * beyond.get((number, at), 0.0):
            kept.append(paths)
        else:
            kept[number] += paths
    return [group for group in kept if group]


def _between(product: Sequence[str], paths: Sequence[str], files: FileGraph) -> dict[tuple[str, str], float]:
    """Return undirected, damped weights: the tenth call says less than the first."""
    kept = set(product)
    total: dict[tuple[str, str], float] = {}
    for (source, target), weight in files.weights.items():
        a, b = sorted((paths[source], paths[target]))
        if a in kept and b in kept:
            total[a, b] = total.get((a, b), 0.0) + weight
    return {pair: weight**0.5 for pair, weight in total.items()}


def _merge_small(groups: list[list[str]]) -> list[list[str]]:
    """Join communities that are too small, or too many, to the one that shares most of their folders."""
    groups = sorted((sorted(g) for g in groups), key=lambda g: (-len(g), g))
    kept = [g for g in groups[:MOST] if len(g) >= SMALLEST] or groups[:1]
    homes: dict[str, Counter[int]] = {}
    for number, group in enumerate(kept):
        for path in group:
            for prefix in prefixes(path):
                homes.setdefault(prefix, Counter())[number] += 1
    extra: dict[str, list[str]] = {}
    for group in groups:
        if any(group is k for k in kept):
            continue
        for path in group:
            home = next((homes[p] for p in prefixes(path) if p and p in homes), None)
            if home:
                kept[max(home, key=lambda n: (home[n], -n))].append(path)
            else:
                extra.setdefault(path.split("/")[0] if "/" in path else "", []).append(path)
    return [*kept, *extra.values()]


def _folders(group: Sequence[str]) -> tuple[str, ...]:
    """Return the folders that hold at least a tenth of a group, the fullest first."""
    counts = Counter(folder(path) or "." for path in group)
    return tuple(f for f, n in sorted(counts.items(), key=lambda i: (-i[1], i[0])) if n * 10 >= len(group))[:5]


def _apart(paths: Sequence[str], fallback: str) -> list[tuple[str, list[str]]]:
    """Group files by their outermost folder of tests or examples; small groups together."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        parts = path.split("/")
        at = next((n for n in range(len(parts) - 1) if aside("/".join(parts[: n + 1]) + "/x")), None)
        groups.setdefault("/".join(parts[: at + 1]) if at is not None else fallback, []).append(path)
    for key in sorted(groups, key=lambda k: (-len(groups[k]), k))[APART:]:
        groups.setdefault(fallback, []).extend(groups.pop(key) if key != fallback else ())
    return sorted(groups.items())
