"""Who made a change: the authors of a range of commits, or whoever works here."""

import os
from collections.abc import Iterator

from codeagent.workspace.git import Repository


def authors_of(repository: Repository, old: str, new: str) -> frozenset[str]:
    """Return the names and addresses, in small letters, of the authors of commits that `new` has and `old` has not."""
    span = f"{old}..{new}"
    done = repository.attempt("log", "--format=%aN%x00%aE%x00%an%x00%ae", "--end-of-options", span, "--")
    return frozenset(part.lower() for line in os.fsdecode(done.stdout).splitlines() for part in line.split("\0"))


def whoever_works_here(repository: Repository) -> frozenset[str]:
    """Return the name and address, in small letters, that a commit made here would carry."""
    return frozenset(_said(repository))


def _said(repository: Repository) -> Iterator[str]:
    for kind, key in (("AUTHOR", "name"), ("AUTHOR", "email")):
        told = os.environ.get(f"GIT_{kind}_{key.upper()}")
        done = repository.attempt("config", "--get", f"user.{key}")
        value = told or os.fsdecode(done.stdout).strip()
        if value:
            yield value.lower()
