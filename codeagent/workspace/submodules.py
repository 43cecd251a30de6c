"""Submodules: which of them point at another commit than before."""

import os
from dataclasses import dataclass
from typing import Final

from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.refs import head
from codeagent.workspace.spelling import spell

_RAW: Final = ("--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty", "--no-ext-diff")
_LINK: Final = "160000"


@dataclass(frozen=True, slots=True)
class Pointer:
    """One submodule, and the commits that it stood and stands at; "" where it was not there, or is not."""

    path: str
    before: str
    after: str

    @property
    def told(self) -> str:
        """What happened, in words."""
        if not self.before:
            return f"a submodule comes, at {self.after[:10]}"
        if not self.after:
            return f"the submodule is gone; it stood at {self.before[:10]}"
        return f"the submodule stood at {self.before[:10]} and now stands at {self.after[:10]}"


def pointers(repository: Repository, *what: str, extra: dict[str, str] | None = None) -> tuple[Pointer, ...]:
    """Return the submodules that differ, by what `git diff` compares: two revisions, `--cached`, or one and the disk.

    What the submodules hold is not looked at."""
    below = "--relative" if repository.root != repository.top else "--no-relative"
    done = repository.attempt("diff", *_RAW, below, *what, "--", extra=extra)
    fields = os.fsdecode(done.stdout).split("\0")
    found = []
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        was, now, old, new, *_ = meta.removeprefix(":").split(" ")
        if _LINK in (was, now):
            before = old if was == _LINK else ""
            found.append(Pointer(spell(path), before, _now(repository, path, new) if now == _LINK else ""))
    return tuple(found)


def _now(repository: Repository, path: str, commit: str) -> str:
    """The commit that git names; of a submodule on disk it names none, and that of its checkout is it."""
    if commit.strip("0"):
        return commit
    inside = enclosing(repository.root / path)
    return (head(inside) if inside is not None and inside.top != repository.top else None) or commit
