"""What a repository's history says of its files and people, as the history questions read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FilePast:
    """One file that still exists: commits that touched it, lines added plus deleted, commits by author."""

    commits: int
    churn: int
    authors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AuthorPast:
    """One person: commits, and the ISO day of the latest."""

    commits: int
    last: str


@dataclass(frozen=True, slots=True)
class Past:
    """History up to one commit; all empty where there is none. `pairs` counts commits that touch both."""

    commits: int = 0
    first: str | None = None
    last: str | None = None
    files: Mapping[str, FilePast] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    authors: Mapping[str, AuthorPast] = field(default_factory=dict)
