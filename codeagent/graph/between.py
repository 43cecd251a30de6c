"""From links of files to what leads from file to file."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from codeagent.domain.links import EDGE_KINDS, FileLinks

Linked = Iterable[tuple[str, FileLinks]]


def edges_between(linked: Linked, files: Container[str]) -> dict[tuple[str, str], dict[str, int]]:
    """Return how many edges of each kind lead from file to file (not within one)."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for path, links in linked:
        homes = [target.partition("::")[0] for target in links.targets]
        for (target, kind), count in Counter(zip(links.edges[3::5], links.edges[1::5], strict=True)).items():
            home = homes[target]
            if home != path and home in files:
                counts = found.setdefault((path, home), {})
                counts[EDGE_KINDS[kind]] = counts.get(EDGE_KINDS[kind], 0) + count
    return found


def pairs_between(linked: Linked, files: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield which files refer to something of which others."""
    for path, links in linked:
        for home in {links.targets[aim].partition("::")[0] for aim in set(links.edges[3::5])}:
            if home != path and home in files:
                yield path, home
