"""The branches of a repository: where a change would be merged, and what else is being worked on."""

from dataclasses import dataclass
from typing import Final

from codeagent.workspace.git import Repository
from codeagent.workspace.refs import head

_DEFAULTS: Final = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
_FIELDS: Final = "%(objectname)%00%(refname)%00%(symref)%00%(committerdate:unix)%00%(committerdate:short)%00%(subject)"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch, local or remote: its short name, its last commit (hex) and when that was made."""

    name: str
    commit: str
    when: int  # seconds since 1970
    day: str  # the same as people write it, 2030-01-31
    subject: str

    def __str__(self) -> str:
        return f"{self.name} ({self.commit[:8]}, {self.day})"


def current(repository: Repository) -> str:
    """Return the full name of the branch that is checked out; "" where none is."""
    done = repository.attempt("rev-parse", "--symbolic-full-name", "HEAD")
    name = done.stdout.decode("utf-8", "replace").strip()
    return name if done.ok and name.startswith("refs/heads/") else ""


def full_name(repository: Repository, name: str) -> str:
    """Return the full name of a branch that a revision names; "" where it names a commit in another way."""
    done = repository.attempt("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", name)
    full = done.stdout.decode("utf-8", "replace").split()
    return full[-1] if done.ok and full and full[-1].startswith(("refs/heads/", "refs/remotes/")) else ""


def upstream(repository: Repository) -> str:
    """Return the full name of the branch that the current one follows; "" where it follows none."""
    done = repository.attempt("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "HEAD@{upstream}")
    return done.stdout.decode("utf-8", "replace").strip() if done.ok else ""


def default_branch(repository: Repository) -> str:
    """Return the full name of the branch that others are merged into; "" where none is known by that."""
    done = repository.attempt("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "refs/remotes/origin/HEAD")
    named = done.stdout.decode("utf-8", "replace").strip()
    if done.ok and named.startswith("refs/remotes/") and not named.endswith("/HEAD"):
        return named
    there = {one.name: one for one in list_branches(repository)}
    return next((full for full in _DEFAULTS if short(full) in there), "")


def list_branches(repository: Repository, *, besides: str | None = None) -> list[Branch]:
    """Return all branches, those worked on last first; with `besides`, without what that commit holds already."""
    asked = ("--sort=-committerdate", f"--format={_FIELDS}", *((f"--no-merged={besides}",) if besides else ()))
    done = repository.attempt("for-each-ref", *asked, "refs/heads", "refs/remotes")
    found = []
    for line in done.stdout.decode("utf-8", "replace").splitlines() if done.ok else ():
        commit, name, symbolic, when, day, subject = line.split("\0", 5)
        if not symbolic and when:
            found.append(Branch(short(name), commit, int(when), day, subject))
    return found


def short(name: str) -> str:
    """Return the name of a branch as people say it."""
    return name.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def parted(repository: Repository, first: str, second: str) -> str:
    """Return the commit where two histories parted; "" where they have none in common."""
    done = repository.attempt("merge-base", first, second)
    return done.stdout.decode("ascii").split()[0] if done.ok else ""


def commits(repository: Repository, since: str, tip: str) -> list[str]:
    """Return the commits of `tip` that `since` lacks, as lines of short id and subject, the newest first."""
    done = repository.attempt("log", "--no-decorate", "--format=%h %s", f"{since}..{tip}", "--")
    return done.stdout.decode("utf-8", "replace").splitlines() if done.ok else []


def commit_of(repository: Repository, name: str) -> str:
    """Return the commit (hex) of a revision that is known to be there; "" where it is not."""
    if name == "HEAD":
        return head(repository) or ""
    done = repository.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return done.stdout.decode("ascii").strip() if done.ok else ""


def containing(repository: Repository, commit: str) -> list[str]:
    """Return the full names of the branches, local and remote, and tags that have a commit."""
    done = repository.attempt("for-each-ref", f"--contains={commit}", "--format=%(refname)%00%(symref)")
    rows = (line.split("\0") for line in done.stdout.decode("utf-8", "replace").splitlines()) if done.ok else ()
    return [name for name, symbolic in rows if not symbolic]


def worktree_of(repository: Repository, name: str) -> str:
    """Return the folder in which a branch (its full name) is checked out; "" where it is in none."""
    done = repository.attempt("for-each-ref", "--format=%(worktreepath)", name)
    return done.stdout.decode("utf-8", "replace").strip() if done.ok else ""
