"""Who knows the files that a change touches: by their commits to them, late ones counting more."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from codeagent.domain.review import Reviewer
from codeagent.workspace.history import DAY, Author, History

HALF_LIFE: Final = 400 * DAY  # seconds after which a commit counts half
LEAST: Final = 0.05  # share below which nobody is named
_BOTS: Final = ("[bot]", "dependabot", "renovate", "github-actions", "pre-commit-ci")


def reviewers(
    history: History, touched: Mapping[str, int], authors: Collection[str], most: int = 3
) -> tuple[Reviewer, ...]:
    """Return who knows `touched` (path to changed lines) best, without `authors` (names and addresses) and bots."""
    places = {index: path for index, path in enumerate(history.paths) if path in touched}
    newest = history.dates[0] if history.dates else 0
    known: dict[str, dict[int, float]] = {path: {} for path in touched}
    last: dict[int, int] = {}
    for commit, index in zip(history.commit, history.path, strict=True):
        if (path := places.get(index)) is not None:
            person, date = history.authors[commit], history.dates[commit]
            known[path][person] = known[path].get(person, 0.0) + _worth(newest - date)
            last[person] = max(last.get(person, 0), date)
    shares: dict[int, float] = {}
    files: Counter[int] = Counter()
    for path, people in known.items():
        total = sum(people.values()) or 1
        for person, worth in people.items():
            shares[person] = shares.get(person, 0.0) + worth / total * touched[path]
            files[person] += 1
    return _named(history, shares, files, last, authors, most)


def _worth(age: int) -> float:
    return float(0.5 ** (max(0, age) / HALF_LIFE))


def _named(
    history: History,
    shares: Mapping[int, float],
    files: "Counter[int]",
    last: Mapping[int, int],
    authors: Collection[str],
    most: int,
) -> tuple[Reviewer, ...]:
    """The people with the largest shares; one name is one person, whatever the address."""
    joined: dict[str, Reviewer] = {}
    eligible = [person for person in shares if not _is_left_out(history.people[person], authors)]
    whole = sum(shares[person] for person in eligible) or 1
    for person in sorted(eligible, key=lambda one: (-shares[one], history.people[one].name)):
        name, share = history.people[person].name, shares[person] / whole
        day = datetime.fromtimestamp(last[person], UTC).date().isoformat()
        other = joined.get(name, Reviewer(name, 0.0, 0, day))
        joined[name] = Reviewer(
            name, round(other.share + share, 4), max(other.files, files[person]), max(other.last, day)
        )
    ordered = sorted(joined.values(), key=lambda one: (-one.share, one.name))
    return tuple(one for one in ordered if one.share >= LEAST)[:most]


def _is_left_out(author: Author, authors: Collection[str]) -> bool:
    said = (author.name.lower(), author.email.lower())
    return any(one in authors for one in said) or any(bot in word for word in said for bot in _BOTS)
