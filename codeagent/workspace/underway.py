"""What git is in the middle of, by the marks that it leaves in its own folder: git itself is not run."""

from typing import Final

from codeagent.workspace.git import Repository

# A rebase that stops leaves the mark of a cherry-pick as well, so it comes first.
_MARKS: Final = {
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}


def underway(repository: Repository) -> str:
    """Return `a rebase`, `a merge` and the like; "" where git is at rest."""
    return next((what for mark, what in _MARKS.items() if (repository.folder / mark).exists()), "")
