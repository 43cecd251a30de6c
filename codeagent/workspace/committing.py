"""Making commits without a checkout: objects, references and index entries, and nothing of the files on disk."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.errors import Refused, UsageError
from codeagent.workspace.git import Repository, failure
from codeagent.workspace.revisions import read_blobs

_WHO: Final = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL")
REGULAR: Final = "100644"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree or the index has at a path: the mode as git writes it, and the id of the blob."""

    mode: str
    oid: str


Entries = Mapping[str, Entry | None]


@dataclass(frozen=True, slots=True)
class Author:
    """Who a commit is by, as the user's git would say."""

    name: str
    mail: str

    def environment(self, seconds: int) -> dict[str, str]:
        """Return the variables that make git write a commit of this author and moment, the same each time."""
        moment = f"@{seconds} +0000"
        values = {"NAME": self.name, "EMAIL": self.mail, "DATE": moment}
        return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in values.items()}


def author_of(repository: Repository) -> Author:
    """Return who the user is to git. Raises Refused where git does not know."""
    named = {name: os.environ[name] for name in _WHO if name in os.environ}
    done = repository.attempt("var", "GIT_AUTHOR_IDENT", extra=named)
    if not done.ok:
        raise Refused(
            "git does not know who you are", "git config user.name and user.email say it; nothing was written"
        )
    name, _, rest = done.stdout.decode("utf-8", "replace").partition(" <")
    return Author(name, rest.partition(">")[0])


def entries_at(repository: Repository, commit: str, paths: Iterable[str]) -> dict[str, Entry | None]:
    """Return what a commit has at each path (as the disk names it, relative to the repository's root)."""
    wanted = sorted(set(paths))
    found: dict[str, Entry | None] = dict.fromkeys(wanted)
    for some in _in_parts(wanted):
        for record in os.fsdecode(repository.run("ls-tree", "-z", commit, "--", *some)).split("\0"):
            meta, _, path = record.partition("\t")
            if path in found:
                mode, _, oid = meta.split()
                found[path] = Entry(mode, oid)
    return found


def staged_at(repository: Repository, paths: Iterable[str]) -> dict[str, Entry | None]:
    """Return what the index has at each path."""
    wanted = sorted(set(paths))
    found: dict[str, Entry | None] = dict.fromkeys(wanted)
    for some in _in_parts(wanted):
        for record in os.fsdecode(repository.run("ls-files", "--stage", "-z", "--", *some)).split("\0"):
            meta, _, path = record.partition("\t")
            if path in found:
                mode, oid, _ = meta.split()
                found[path] = Entry(mode, oid)
    return found


def _in_parts(paths: list[str]) -> Iterable[list[str]]:
    return (paths[at : at + 500] for at in range(0, len(paths), 500))  # as many as a command line takes


def filtered(repository: Repository, paths: Iterable[str]) -> str | None:
    """Return a path whose content git would store through a program, such as git-lfs; None where there is none."""
    wanted = sorted(set(paths))
    if not wanted:
        return None
    asked = b"".join(os.fsencode(path) + b"\0" for path in wanted)
    fields = os.fsdecode(repository.run("check-attr", "-z", "--stdin", "filter", stdin=asked)).split("\0")
    values = zip(fields[::3], fields[2::3], strict=False)
    return next((path for path, value in values if value not in ("unspecified", "unset")), None)


def store(repository: Repository, path: str, data: bytes) -> str:
    """Store the content of a file, line ends as git keeps them; return the id of the blob."""
    return _word(repository.run("hash-object", "-w", "--stdin", f"--path={path}", stdin=data))


def store_as_it_is(repository: Repository, data: bytes) -> str:
    """Store bytes; return the id of the blob."""
    return _word(repository.run("hash-object", "-w", "--stdin", stdin=data))


def contents_of(repository: Repository, oids: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of blobs by id. Raises UsageError where one is missing."""
    wanted = list(dict.fromkeys(oids))
    found = dict(zip(wanted, read_blobs(repository, wanted), strict=True))
    lost = [oid for oid, data in found.items() if data is None]
    if lost:
        raise UsageError(f"git has no object {lost[0]}", "fetch what is missing, or run git fsck")
    return {oid: data for oid, data in found.items() if data is not None}


def tree_of(repository: Repository, parent: str, changed: Entries, folder: Path) -> str:
    """Return the id of the tree of a commit with some entries changed; `folder`: for an index of its own."""
    extra = {"GIT_INDEX_FILE": os.fspath(folder / f"index-{os.getpid()}")}
    try:
        _run(repository, ("read-tree", parent), extra)
        _run(repository, ("update-index", "-z", "--index-info"), extra, _index_info(repository, changed))
        return _word(_run(repository, ("write-tree",), extra))
    finally:
        Path(extra["GIT_INDEX_FILE"]).unlink(missing_ok=True)


def stage(repository: Repository, changed: Entries) -> None:
    """Let the index have these entries; all others stay. Raises UsageError where another git holds it."""
    _run(repository, ("update-index", "-z", "--index-info"), {}, _index_info(repository, changed))


def _index_info(repository: Repository, changed: Entries) -> bytes:
    """What update-index reads: mode, id and path from the top; mode 0 takes an entry out."""
    prefix = repository.root.resolve().relative_to(repository.top.resolve()).as_posix()
    above = "" if prefix == "." else f"{prefix}/"
    rows = []
    for path, entry in sorted(changed.items(), key=lambda one: one[1] is not None):  # what goes first, then what comes
        meta = f"{entry.mode} {entry.oid}" if entry else f"0 {'0' * 40}"
        rows.append(f"{meta}\t".encode() + os.fsencode(above + path) + b"\0")
    return b"".join(rows)


def commit(repository: Repository, tree: str, parent: str, message: str, author: Author, seconds: int) -> str:
    """Make a commit that no branch knows yet; the same values give the same id. Return it."""
    arguments = ("commit-tree", tree, "-p", parent)
    words = message.encode("utf-8", "surrogateescape")
    return _word(_run(repository, arguments, author.environment(seconds), words))


def tree_id(repository: Repository, commit: str) -> str:
    """Return the id of the tree of a commit."""
    return _word(repository.run("rev-parse", f"{commit}^{{tree}}"))


def check_branch(repository: Repository, name: str) -> None:
    """Raise UsageError for what cannot be the name of a branch."""
    if name.startswith("-") or not repository.attempt("check-ref-format", "--branch", name).ok:
        raise UsageError(f"{name!r} cannot be the name of a branch", "name another one")


def move_reference(repository: Repository, reference: str, new: str, old: str, why: str) -> None:
    """Let a reference (or what HEAD stands for) name `new` if it names `old`; empty: it is not to be there.

    Raises Refused where it names something else."""
    nothing = "0" * len(new or old)
    done = repository.attempt("update-ref", "-m", why, reference, new or nothing, old or nothing)
    if not done.ok:
        raise Refused(
            f"{reference} was not moved: {done.complaint().removeprefix('fatal: ')}", "look at it; then resume"
        )


def reference(repository: Repository, name: str) -> str:
    """Return the commit that a reference names; empty where there is none."""
    done = repository.attempt("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return _word(done.stdout) if done.ok else ""


def _run(
    repository: Repository, arguments: tuple[str, ...], extra: dict[str, str], stdin: bytes | None = None
) -> bytes:
    done = repository.attempt(*arguments, extra=extra, stdin=stdin)
    if not done.ok:
        raise failure(repository.root, arguments, done)
    return done.stdout


def _word(output: bytes) -> str:
    return output.decode("ascii").strip()
