"""The git repository of a scratch tree: its own, borrowing the objects of the user's, which never hears of it."""

import os
import shutil
from pathlib import Path

from codeagent.workspace.git import Repository
from codeagent.workspace.scratch.mirror import remove_folder


def objects_of(repository: Repository) -> Path | None:
    """Return the folder of a repository's objects, shared by all its worktrees; None where git cannot say."""
    done = repository.attempt("rev-parse", "--git-path", "objects")
    if not done.ok:
        return None
    return Path(repository.root, os.fsdecode(done.stdout.rstrip(b"\n"))).resolve()


def borrow(repository: Repository, scratch: Path) -> None:
    """Give the scratch a repository that knows the same commits, branches and tags, with the user's index.

    Whatever was left of an earlier one is replaced: what ran in the scratch may have written hooks or settings."""
    own = scratch / ".git"
    if own.is_symlink() or own.is_file():
        own.unlink()
    elif own.is_dir():
        remove_folder(own)
    objects = objects_of(repository)
    if objects is None or repository.bare or repository.root != repository.top:
        return
    for folder in ("objects/info", "refs/heads", "refs/tags", "info", "hooks"):
        (own / folder).mkdir(parents=True)
    (own / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
    sha256 = repository.attempt("rev-parse", "--show-object-format").stdout.strip() == b"sha256"
    version, extra = ("1", "[extensions]\n\tobjectformat = sha256\n") if sha256 else ("0", "")
    (own / "config").write_text(f"[core]\n\trepositoryformatversion = {version}\n\tbare = false\n{extra}")
    refs = repository.attempt("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
    (own / "packed-refs").write_bytes(refs.stdout if refs.ok else b"")
    head = repository.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    (own / "HEAD").write_bytes(head.stdout if head.ok else b"ref: refs/heads/main\n")
    _copy(repository, own)


def _copy(repository: Repository, own: Path) -> None:
    """The index, what is excluded, and where a shallow history ends."""
    for name in ("index", "info/exclude", "shallow"):
        found = repository.attempt("rev-parse", "--git-path", name)
        place = Path(repository.root, os.fsdecode(found.stdout.rstrip(b"\n")))
        if found.ok and place.is_file():
            shutil.copyfile(place, own / name)
            if name == "index":
                for shared in place.parent.glob("sharedindex.*"):
                    shutil.copyfile(shared, own / shared.name)


def move_head(scratch: Path, commit: str) -> None:
    """Let the scratch's repository stand at a commit, its index too. Raises UsageError where git cannot."""
    repository = Repository(scratch, scratch)
    if (scratch / ".git").is_dir():
        (scratch / ".git" / "HEAD").write_text(f"{commit}\n", encoding="ascii")
        repository.run("read-tree", commit)
