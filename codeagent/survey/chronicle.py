"""From git's log to the past that the report speaks of, read once per commit and kept in the cache folder."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from codeagent.survey.past import AuthorPast, FilePast, Past
from codeagent.workspace.blobs import read_blob, write_blob
from codeagent.workspace.git import Repository
from codeagent.workspace.history import History
from codeagent.workspace.mining import mine

BLOB: Final = "history"
MOST_FILES: Final = 30  # a commit that touches more says nothing about pairs


def history_of(repository: Repository, commit: str, cache: Path) -> History:
    """Return the history up to a commit, reading from git only what the kept one lacks."""
    blob = read_blob(cache, repository.root, BLOB)
    kept = History.from_blob(blob) if blob else None
    history = mine(repository, commit, kept)
    if kept is None or history.head != kept.head:
        write_blob(cache, repository.root, BLOB, history.to_blob())
    return history


def past_of(history: History, present: Collection[str]) -> Past:
    """Sum a history up for the files that exist."""
    files = {
        churn.path: FilePast(
            churn.commits,
            churn.added + churn.deleted,
            {share.author.name: share.commits for share in churn.authors},
        )
        for churn in history.churn(present)
    }
    pairs = {(p.left, p.right): p.together for p in history.coupling(present, most=MOST_FILES, least=5)}
    return Past(len(history.dates), *_span(history), files, pairs, _authors(history))


def _span(history: History) -> tuple[str | None, str | None]:
    if not history.dates:
        return None, None
    return day(min(history.dates)), day(max(history.dates))


def _authors(history: History) -> dict[str, AuthorPast]:
    commits: dict[int, int] = {}
    last: dict[int, int] = {}
    for author, date in zip(history.authors, history.dates, strict=True):
        commits[author] = commits.get(author, 0) + 1
        last[author] = max(last.get(author, 0), date)
    people: dict[str, AuthorPast] = {}
    for author, count in commits.items():
        name = history.people[author].name
        known = people.get(name)
        newest = max(day(last[author]), known.last) if known else day(last[author])
        people[name] = AuthorPast(count + (known.commits if known else 0), newest)
    return people


def day(seconds: int) -> str:
    """Return the ISO day of a time in seconds since the epoch, UTC; out of range: the epoch."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return "1970-01-01"
