"""Writing a change to the user's tree: all of it or nothing, on record, and never over what somebody else wrote."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from codeagent.domain.errors import Refused, Stale
from codeagent.domain.events import Event, Notice
from codeagent.domain.patch import Patch, hex_digest
from codeagent.workspace.durable import sync_files, write_new
from codeagent.workspace.ground import Ground
from codeagent.workspace.journal import Journal, carry_out, close, settle, write_journal
from codeagent.workspace.lock import FileLock
from codeagent.workspace.planning import FileChange, check, file_changes, plan_steps
from codeagent.workspace.reverting import spare_names, take_back
from codeagent.workspace.runs import Run, Runs, Status, Touched, make_folder, runs_of
from codeagent.workspace.spelling import spell

Emit = Callable[[Event], None]


def write_patch(root: Path, patch: Patch, *, title: str = "", emit: Emit | None = None) -> str:
    """Write a patch to the files under `root`, and return the id of the run that `codeagent undo` knows it by.

    Either everything is written or nothing is. Raises Stale where a file is not what the patch was computed from,
    and Refused where something stands in its way: a path that exists, leads out of the root or through a link,
    a read-only file, a merge conflict, a full disk, another codeagent that is writing."""
    root = root.resolve()
    say = emit or (lambda event: None)
    with writing(root, say) as runs:
        ground = Ground(root)
        changes = file_changes(ground, patch)
        name, time = runs.next_id()
        run = Run(name, title or patch.title, time, os.fspath(root), "writing", tuple(map(_touched, changes)))
        try:
            write_changes(runs, ground, changes, run, "applied")
        except KeyboardInterrupt:
            if any(known.id == name for known in runs.all()):
                say(Notice(f"the change had been decided, and is written whole: codeagent undo {name} takes it back"))
            raise
        for old in runs.prune():
            say(Notice(f"forgot run {old}, the oldest: it can no longer be undone"))
    return name


@contextmanager
def writing(root: Path, say: Emit) -> Iterator[Runs]:
    """Hold the lock of the repository that `root` lies in; what an interrupted write left behind is settled first.

    Raises Refused where another process holds it."""
    runs = runs_of(root)
    make_folder(runs)
    lock = FileLock(runs.folder / "lock")
    try:
        if not lock.own():
            problem = "another codeagent is writing to this repository"
            raise Refused(problem, "wait until it is done, then try again; nothing was written")
        found = settle(runs)
        if found is not None:
            done = "finished" if found.decided and not found.back else "taken back"
            say(Notice(f"run {found.run} was interrupted while it wrote; it has been {done}"))
        yield runs
    finally:
        lock.release()


def write_changes(runs: Runs, ground: Ground, changes: Sequence[FileChange], run: Run, outcome: Status) -> None:
    """Bring changes about as a whole, under the lock; `run`, new or known, then stands as `outcome` says.

    Raises Refused, with the tree as it was, where that cannot be done."""
    root = Path(run.root)
    check(ground, root, changes)
    steps, contents = plan_steps(changes, run.id)
    folders = {folder for change in changes if change.new for folder in ground.missing_folders(change.new)}
    temporaries = (*contents, *spare_names(changes, run.id).values())
    journal = Journal(run.id, run.root, tuple(steps), temporaries, tuple(sorted(folders)))
    try:
        write_journal(runs, journal)
        if run.status == "writing":
            runs.keep(run, {hex_digest(data): data for change in changes for data in _contents(change)})
        runs.intend(run.id, outcome)
        _prepare(ground, journal, contents)
        decided = msgspec.structs.replace(journal, decided=True)
        write_journal(runs, decided)
        carry_out(decided, again=False)
        with suppress(OSError):  # the change is made; whoever writes next tidies up
            close(runs, decided)
    except OSError as error:
        where = spell(str(error.filename)) if error.filename else run.root
        problem = f"{where} cannot be written: {error.strerror}"
        try:
            take_back(runs, ground, changes)
        except OSError as worse:
            raise Refused(f"{problem}; it is half done", "mend that, then run codeagent undo to finish") from worse
        raise Refused(problem, "mend that and try again; nothing was changed") from error
    except BaseException:  # an interruption: finish what was decided, take back what was not
        settle(runs)
        raise


def _prepare(ground: Ground, journal: Journal, contents: Mapping[str, FileChange]) -> None:
    """Everything that can fail for want of space or rights, beside the files that it is for."""
    for folder in journal.folders:
        os.mkdir(ground.full(folder))
    for temporary, change in contents.items():
        write_new(ground.full(temporary), change.after, change.mode, change.owner)
    sync_files([ground.full(temporary) for temporary in contents])
    moved_on = ground.moved_on()
    if moved_on is not None:
        raise Stale(f"{spell(moved_on)} changed while this was being written", "compute the change again")


def _contents(change: FileChange) -> tuple[bytes, ...]:
    """What must be kept of a change: nothing of a file that only moves."""
    if change.old and change.new:
        return (change.before, change.after) if change.before != change.after else ()
    return (change.before,) if change.old else (change.after,)


def _touched(change: FileChange) -> Touched:
    before = None if change.old is None else hex_digest(change.before)
    after = None if change.new is None else hex_digest(change.after)
    return Touched(change.old, change.new, before, after, change.mode if change.old else None)
