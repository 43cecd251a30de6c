"""Which commit a revision means, and what the repository's history looks like from there."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import Repository, enclosing, trouble


def head(repository: Repository) -> str | None:
    """The commit that is checked out (40 or 64 hex digits); None before the first commit."""
    done = repository.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return done.stdout.decode("ascii").strip() if done.ok else None


def resolve_revision(repository: Repository, name: str) -> str:
    """The commit that `name` means: a branch, tag, (short) commit id, HEAD~3 and the like.

    Raises UsageError for what is no commit, with the nearest branches and tags.
    """
    if name and not name.startswith("-") and name.isprintable():
        done = repository.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
        if done.ok:
            return done.stdout.decode("ascii").split()[-1]
        if "ambiguous" in done.stderr.decode("utf-8", "replace"):
            raise UsageError(f"revision {name} is ambiguous in {repository.root}", "give more digits of the commit id")
    raise _unknown(repository, name)


def is_there(repository: Repository, name: str) -> bool:
    """Tell whether a revision means a commit that is here."""
    try:
        return bool(resolve_revision(repository, name))
    except UsageError:
        return False


def _unknown(repository: Repository, name: str) -> UsageError:
    if head(repository) is None and not references(repository):
        if said := trouble(repository):
            lost = (repository.top / ".git").is_file()
            remedy = "its repository is gone or has moved: git worktree repair, run there, mends that" if lost else ""
            return UsageError(f"git cannot read {repository.root}: {said}", remedy)
        return UsageError(f"unknown revision {name!r}: {repository.root} has no commits yet", "commit something first")
    near = difflib.get_close_matches(name, references(repository), n=3, cutoff=0.5)
    hints = [f"did you mean {', '.join(near)}?"] if near else ["git branch -a and git tag list what there is"]
    if is_shallow(repository):
        hints.append("this clone is shallow: git fetch --unshallow brings the rest of the history")
    return UsageError(f"unknown revision {name!r} in {repository.root}", "; ".join(hints))


def references(repository: Repository) -> list[str]:
    """Short names of branches, remote branches and tags."""
    done = repository.attempt("for-each-ref", "--format=%(refname:short)")
    return [os.fsdecode(line) for line in done.stdout.splitlines()] if done.ok else []


def is_shallow(repository: Repository) -> bool:
    """Whether history was cut when this repository was cloned."""
    return repository.attempt("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def is_dirty(repository: Repository) -> bool:
    """Whether the files on disk differ from HEAD: edited, staged, deleted or untracked and not ignored."""
    if repository.bare:
        return False
    arguments = ("--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=all", "--no-renames")
    done = repository.attempt("status", *arguments, "--", ".")
    return not done.ok or bool(done.stdout)


def committed(root: Path, ref: str) -> Callable[[str], bytes | None]:
    """Return what reads single files of a revision, paths relative to `root`. Raises UsageError for an unknown one."""
    repository = enclosing(root)
    if repository is None:
        raise UsageError(f"{root} is in no git repository, so it has no revisions")
    sha = resolve_revision(repository, ref)

    def read(path: str) -> bytes | None:
        done = repository.attempt("cat-file", "blob", f"{sha}:./{path}")
        return done.stdout if done.ok else None

    return read
