"""What a push brings: the lines that git tells its hook, and from where on the commits of each ref are new."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import Repository

_LINE: Final = re.compile(r"(\S+) ([0-9a-f]{40,64}) (\S+) ([0-9a-f]{40,64})")


@dataclass(frozen=True, slots=True)
class Pushed:
    """One ref that is pushed, as it is called there: its new commits are those of `tip` that `base` does not have.

    `base` is "" where all of its history is new."""

    ref: str
    base: str
    tip: str


def pushed(repository: Repository, told: str) -> tuple[Pushed, ...]:
    """Return what each line on the hook's input brings (LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID); what is deleted, is
    no commit, or brings nothing new is left out, and so is what another ref brings as well.

    Raises UsageError for lines that are none of git's."""
    found = [one for line in told.splitlines() if line.strip() and (one := _pushed(repository, line)) is not None]
    known: dict[tuple[str, str], Pushed] = {}
    for one in found:
        known.setdefault((one.base, one.tip), one)
    return tuple(one for one in known.values() if not _is_held(repository, one, known.values()))


def _pushed(repository: Repository, line: str) -> Pushed | None:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise UsageError(
            f"{line[:80]!r} is no line that git tells a pre-push hook", "it is LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID"
        )
    tip, there = _commit(repository, match[2]), _commit(repository, match[4])
    if not tip:
        return None
    if there and (parted := _words(repository, "merge-base", there, tip)):
        return None if parted[0] == tip else Pushed(match[3], parted[0], tip)
    if not _words(repository, "rev-list", "--max-count=1", tip, "--not", "--remotes"):
        return None  # a remote has all of it
    return Pushed(match[3], _nearest(repository, tip), tip)


def _nearest(repository: Repository, tip: str) -> str:
    """The last commit before `tip` that a remote has; "" where none has any."""
    told = _words(repository, "rev-list", "--boundary", tip, "--not", "--remotes")
    edges = [word[1:] for word in told if word.startswith("-")]
    return _words(repository, "merge-base", "--independent", *edges)[0] if edges else ""


def _is_held(repository: Repository, one: Pushed, others: Iterable[Pushed]) -> bool:
    """Whether another ref brings all that one does."""
    return any(
        other is not one
        and other.base == one.base
        and repository.attempt("merge-base", "--is-ancestor", one.tip, other.tip).ok
        for other in others
    )


def _commit(repository: Repository, name: str) -> str:
    """The commit that an id means, "" for none: all zeros, another kind of object, or one that is not here."""
    return next(iter(_words(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")), "")


def _words(repository: Repository, *arguments: str) -> list[str]:
    done = repository.attempt(*arguments)
    return done.stdout.decode("ascii", "replace").split() if done.ok else []
