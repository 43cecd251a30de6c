"""Names of subsystems, from the paths of their files: the folder that holds most of their code and little else."""

import re
from collections import Counter
from collections.abc import Mapping

_LEAST = 0.25  # of a group's code, that a folder must hold to lend it its name
_NEARLY = 0.9
_CHOICES = 4
_ROOT = "(root)"


def named(groups: list[list[str]], sizes: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    """Name each group, the largest first; where a name is taken, what is left is told by its largest file."""
    total = _total(groups, sizes)
    taken: set[str] = set()
    found: list[tuple[str, list[str]]] = []
    for group in sorted(groups, key=lambda g: (-len(g), g)):
        options = [shortened(name) for name in _candidates(group, sizes, total)]
        name = next((one for one in options if one not in taken), "")
        stems = (f"{options[0]} ({stem})" for stem in _stems(group, sizes))
        name = name or next((one for one in stems if one not in taken), f"{options[0]} ({len(found)})")
        taken.add(name)
        found.append((name, group))
    return found


def homes(groups: list[list[str]], sizes: Mapping[str, int]) -> list[str]:
    """Return the folder that each group is named for, "" where that is the root."""
    total = _total(groups, sizes)
    return [_candidates(group, sizes, total)[0].removeprefix(_ROOT) for group in groups]


def _total(groups: list[list[str]], sizes: Mapping[str, int]) -> "Counter[str]":
    total: Counter[str] = Counter()
    for group in groups:
        total += _inside(group, sizes)
    return total


def prefixes(path: str) -> list[str]:
    """Return the folders of a path, the innermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]


def _inside(group: list[str], sizes: Mapping[str, int]) -> "Counter[str]":
    """How much code each folder holds of a group; an empty file counts, too."""
    found: Counter[str] = Counter()
    for path in group:
        for prefix in prefixes(path):
            found[prefix] += 1 + sizes.get(path, 0)
    return found


def _candidates(group: list[str], sizes: Mapping[str, int], total: Mapping[str, int]) -> list[str]:
    """Return folder names for a group, best first: those that hold much of its code and little else."""
    inside = _inside(group, sizes)
    whole = sum(1 + sizes.get(path, 0) for path in group)
    if sum(1 + sizes.get(path, 0) for path in group if "/" not in path) * 2 > whole:
        return [_ROOT]

    def fit(prefix: str) -> float:
        share, purity = inside[prefix] / whole, inside[prefix] / total[prefix]
        return share * purity * (2 if share > 0.5 else 1)

    def hollow(prefix: str) -> bool:  # it holds hardly more of the group than one folder within it
        return any(inside[one] >= _NEARLY * inside[prefix] for one in inside if one.startswith(f"{prefix}/"))

    telling = [prefix for prefix in inside if not hollow(prefix)]
    ranked = sorted(telling, key=lambda p: (-fit(p), -p.count("/"), p))
    good = [p for p in ranked if inside[p] / whole >= _LEAST][:_CHOICES]
    return good or ranked[:1] or [_ROOT]


def shortened(name: str) -> str:
    """Return a folder's path without what says nothing: a last `src`, the `src/main/java` of Java builds."""
    plain = re.sub(r"(^|/)src/(main|test)/(java|kotlin|scala)(/|$)", r"\1", name).strip("/")
    return (plain or name).removesuffix("/src")


def _stems(group: list[str], sizes: Mapping[str, int]) -> list[str]:
    """Return the file stems of a group, those with most code first; what every folder has comes last."""
    stems: Counter[str] = Counter()
    for path in group:
        stems[path.rpartition("/")[2].partition(".")[0]] += sizes.get(path, 0)
    plain = ("__init__", "index", "mod", "lib", "main")
    return sorted(stems, key=lambda stem: (stem in plain, -stems[stem], stem))
