"""Taking back a change that the system stopped half way: a second journal leads from wherever it stopped to before."""

import os
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from codeagent.domain.patch import hex_digest
from codeagent.workspace.durable import sync_files, write_new
from codeagent.workspace.ground import Ground
from codeagent.workspace.holding import held
from codeagent.workspace.journal import Journal, Step, pending, settle, write_journal
from codeagent.workspace.planning import FileChange
from codeagent.workspace.runs import Runs


def spare_names(changes: Sequence[FileChange], run: str) -> dict[str, str]:
    """The temporary file that the bytes before would need, for each old path that could need one."""
    return {
        change.old: os.path.join(os.path.dirname(change.old), f".codeagent-{run}-{count}b")
        for count, change in enumerate(changes)
        if change.old is not None
    }


def take_back(runs: Runs, ground: Ground, changes: Sequence[FileChange]) -> None:
    """Bring the files back to what they were before a write that failed.

    Raises OSError where the system does not allow that either; the journal stays, and whoever writes next settles it.
    """
    with held():
        journal = pending(runs)
        if journal is not None and journal.decided:
            back = _journal_back(ground, journal, changes)
            write_journal(runs, back)
        settle(runs)


def _journal_back(ground: Ground, journal: Journal, changes: Sequence[FileChange]) -> Journal:
    olds = {change.old: change for change in changes if change.old is not None}
    steps = []
    for change in changes:
        if change.new is not None and change.new not in olds and os.path.lexists(ground.full(change.new)):
            steps.append(_leave(ground, change))
    returning = {step.to: step.path for step in steps if step.kind == "rename"}
    for path, spare in spare_names(changes, journal.run).items():
        before = olds[path].before
        now = returning.get(path, path)
        found = ground.read(now) if os.path.lexists(ground.full(now)) else None
        if found != before:
            with suppress(FileNotFoundError):
                os.unlink(ground.full(spare))
            write_new(ground.full(spare), before, olds[path].mode, olds[path].owner)
            steps.append(Step("write", spare, path, None if found is None else hex_digest(found)))
    sync_files([ground.full(step.path) for step in steps if step.kind == "write"])
    steps.sort(key=lambda step: ("rename", "write", "remove").index(step.kind))
    return msgspec.structs.replace(journal, steps=tuple(steps), back=True)


def _leave(ground: Ground, change: FileChange) -> Step:
    """How what lies at a new path goes away: back to where it was, if that place is empty."""
    assert change.new is not None
    digest = hex_digest(ground.read(change.new))
    if change.old is not None and not os.path.lexists(ground.full(change.old)):
        return Step("rename", change.new, change.old, digest)
    return Step("remove", change.new, before=digest)
