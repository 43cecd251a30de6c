"""Merging the bytes of one file three ways, by git's own merge-file."""

import tempfile
from pathlib import Path

from codeagent.domain.errors import Refused
from codeagent.workspace.git import GitMissing, Repository


def merge_bytes(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """Both changes of `base`, or None where they conflict. Raises Refused where it takes git and there is none."""
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    with tempfile.TemporaryDirectory(prefix="codeagent-") as name:
        folder = Path(name).resolve()
        for side, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            (folder / side).write_bytes(data)
        try:
            done = Repository(folder, folder).attempt("merge-file", "-p", "-q", "ours", "base", "theirs")
        except GitMissing as error:
            raise Refused("merging later edits takes git, which is not installed", error.hint) from error
    return done.stdout if done.ok else None
