"""Which changes a git hook is about: what is pushed, by pre-commit's word or git's own, else what is staged."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import enclosing
from codeagent.workspace.pushes import pushed


@dataclass(frozen=True, slots=True)
class Hooked:
    """One change that a hook is about: a range, the index, or all that there is, where it is pushed for the first time.

    `tip` is the commit whose files are all there is, "" for those on disk; `ref` what is pushed."""

    base: str | None = None
    staged: bool = False
    whole: bool = False
    tip: str = ""
    ref: str = ""


def is_pushing(environment: Mapping[str, str]) -> bool:
    """Tell whether git started us for a push: its hooks for commits are told of an index, and pre-commit speaks for
    itself."""
    return "GIT_PREFIX" in environment and not {"GIT_INDEX_FILE", "PRE_COMMIT"}.intersection(environment)


def asked_by_hook(root: Path, environment: Mapping[str, str], told: str | None = None) -> tuple[Hooked, ...]:
    """Return which changes a hook is about; `told` is what git told its pre-push hook.

    Raises UsageError where only one end of the range is told, and for lines that are none of git's."""
    old, new = environment.get("PRE_COMMIT_FROM_REF"), environment.get("PRE_COMMIT_TO_REF")
    if bool(old) != bool(new):
        raise UsageError("pre-commit named one end of a range only", "set PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF")
    if old and new:
        return (Hooked(f"{old}...{new}"),)
    repository = enclosing(root)
    if told is not None and repository is not None:
        brought = pushed(repository, told)
        return tuple(
            Hooked(f"{one.base}..{one.tip}", ref=one.ref) if one.base else Hooked(whole=True, tip=one.tip, ref=one.ref)
            for one in brought
        )
    first = bool(environment.get("PRE_COMMIT_REMOTE_NAME"))  # a push, and no commit of it was there before
    return (Hooked(staged=not first, whole=first),)
