"""The people around a change: who made it, and who knows what it touches."""

import re
from typing import Final

from codeagent.domain.errors import CodeAgentError
from codeagent.domain.review import Reviewer
from codeagent.quality.gates.change import Change
from codeagent.survey.chronicle import history_of
from codeagent.survey.reviewers import reviewers
from codeagent.workflows.gate import Request
from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.history import History
from codeagent.workspace.people import authors_of, whoever_works_here
from codeagent.workspace.refs import head

_FROM: Final = re.compile(rb"^From: (.*?)\s*<([^>]*)>", re.MULTILINE)


def past_of_repository(change: Change) -> History | None:
    """Return the history up to the commit that is checked out; None where there is none."""
    repository = enclosing(change.root)
    if repository is None:
        return None
    repository = Repository(change.root, repository.top)
    try:
        commit = head(repository)
        return history_of(repository, commit, change.config.cache_dir) if commit else None
    except CodeAgentError:
        return None  # a review stands without its past


def suggested(change: Change, request: Request, history: History | None) -> tuple[Reviewer, ...]:
    """Return who could review a change: those who know the touched files, its authors left out."""
    if history is None:
        return ()
    touched = {file.old_path: _lines(file.old_lines) + _lines(file.new_lines) for file in change.files}
    return reviewers(history, {path: lines or 1 for path, lines in touched.items()}, _authors(change, request))


def _lines(ranges: tuple[tuple[int, int], ...]) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _authors(change: Change, request: Request) -> frozenset[str]:
    found = enclosing(change.root)
    if found is None:
        return frozenset()
    repository = Repository(change.root, found.top)
    if request.patch is not None:
        named = _FROM.search(request.patch)
        return frozenset(part.decode("utf-8", "replace").lower() for part in named.groups()) if named else frozenset()
    if request.base is None:
        return whoever_works_here(repository)
    old, dots, new = request.base.replace("...", "..").partition("..")
    made = authors_of(repository, old or "HEAD", new or "HEAD")
    return made if dots else made | whoever_works_here(repository)
