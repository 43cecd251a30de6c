"""Who knows what: shares of changes per person and subsystem, and how few people carry half of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from codeagent.domain.insight import AreaOwnership, Author, Ownership
from codeagent.survey.past import Past
from codeagent.survey.subsystems import Community

SHOWN: Final = 50


def ownership(past: Past, groups: Sequence[Community]) -> Ownership:
    """Return the people of a repository and the owners of each subsystem, by commits."""
    total = sum(author.commits for author in past.authors.values()) or 1
    ordered = sorted(past.authors, key=lambda name: (-past.authors[name].commits, name))
    authors = tuple(
        Author(name, past.authors[name].commits, round(past.authors[name].commits / total, 4), past.authors[name].last)
        for name in ordered[:SHOWN]
    )
    areas = [area for group in groups if (area := _area(past, group)) is not None]
    counts = {name: author.commits for name, author in past.authors.items()}
    return Ownership(authors, len(past.authors), bus_factor(counts), tuple(areas))


def _area(past: Past, group: Community) -> AreaOwnership | None:
    shares: Counter[str] = Counter()
    for path in group.paths:
        file = past.files.get(path)
        if file:
            shares.update(file.authors)
    if not shares:
        return None
    main = min(shares, key=lambda name: (-shares[name], name))
    share = round(shares[main] / shares.total(), 4)
    return AreaOwnership(group.name, main, share, len(shares), bus_factor(shares))


def bus_factor(shares: Mapping[str, int]) -> int:
    """Return the fewest people who together made at least half of the changes; 0 for nobody."""
    half, reached = sum(shares.values()) / 2, 0
    for number, count in enumerate(sorted(shares.values(), reverse=True), 1):
        reached += count
        if reached >= half and reached:
            return number
    return 0
