"""Undoing a run and doing it again: the files it touched only, with later edits of them kept or the whole refused."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from typing import Final, Literal

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.unified import file_diff
from codeagent.workspace.ground import Ground
from codeagent.workspace.merging import merge_bytes
from codeagent.workspace.planning import FileChange
from codeagent.workspace.runs import Run, Runs, Touched, runs_of
from codeagent.workspace.spelling import spell
from codeagent.workspace.writing import Emit, write_changes, writing

Outcome = Literal["undone", "applied"]
_NAMED: Final = 5  # files in the way that an error names


@dataclass(frozen=True, slots=True)
class Undone:
    """A run as it stands now, and what that changed (or would change): a diff, and the files, sorted.

    `note`: what became of its commits or its branch."""

    run: Run
    diff: str
    files: tuple[str, ...]
    note: str = ""


def list_runs(root: Path) -> list[Run]:
    """The runs of the repository that `root` lies in, newest first."""
    return runs_of(root).all()


def undo(root: Path, name: str | None = None, *, write: bool = True, emit: Emit | None = None) -> Undone:
    """Take back a run (None: the latest that is not undone), or with `write` off only tell what that would change.

    Raises Refused, with nothing written, where a later edit would be lost; UsageError for an unknown run."""
    return turn(root, name, "undone", write=write, emit=emit)


def redo(root: Path, name: str | None = None, *, write: bool = True, emit: Emit | None = None) -> Undone:
    """Do an undone run again (None: the one undone last); else like `undo`."""
    return turn(root, name, "applied", write=write, emit=emit)


def turn(
    root: Path,
    name: str | None,
    outcome: Outcome,
    *,
    write: bool,
    emit: Emit | None = None,
    ready: Callable[[Sequence[FileChange]], None] | None = None,
) -> Undone:
    """Let a run be undone or applied; `ready` hears of the changes before they are written, and may refuse them."""
    with writing(root.resolve(), emit or (lambda event: None)) as runs:
        run = choose(runs, name, outcome)
        ground = Ground(Path(run.root))
        changes = _changes(ground, runs, run, outcome)
        if ready is not None:
            ready(changes)
        if write and changes:
            write_changes(runs, ground, changes, run, outcome)
        elif write:
            runs.intend(run.id, outcome)
            runs.settle(run.id)
        touched = {spell(path) for change in changes for path in (change.old, change.new) if path}
        return Undone(runs.get(run.id), "".join(map(_diff, changes)), tuple(sorted(touched)))


def choose(runs: Runs, name: str | None, outcome: Outcome) -> Run:
    """Return the run of an id, or the latest that is to be undone or done again. Raises UsageError."""
    verb = "undone" if outcome == "undone" else "done again"
    if name is not None:
        run = runs.get(name)
        if run.status == outcome:
            raise UsageError(f"run {run.id} is {'undone already' if verb == 'undone' else 'not undone'}")
        return run
    open_runs = [run for run in runs.all() if run.status != outcome]
    if not open_runs:
        raise UsageError(f"there is nothing that could be {verb} in this repository", "codeagent undo --list")
    return open_runs[0] if outcome == "undone" else max(open_runs, key=lambda run: run.turn)


def _changes(ground: Ground, runs: Runs, run: Run, outcome: Outcome) -> list[FileChange]:
    """What becomes of each file. Raises Refused naming every file in the way."""
    digests = (digest for file in run.files if not _only_moves(file) for digest in (file.before, file.after) if digest)
    turning = _Turning(ground, run.files, runs.contents(run, digests), back=outcome == "undone")
    found = [turning.change(file) for file in run.files]
    if turning.in_the_way:
        shown = "; ".join(turning.in_the_way[:_NAMED])
        more = len(turning.in_the_way) - _NAMED
        problem = f"{shown}; and {more} more" if more > 0 else shown
        raise Refused(f"run {run.id}: {problem}", "nothing was written; keep or drop these later changes first")
    return [change for change in found if change is not None]


def _only_moves(file: Touched) -> bool:
    return file.old is not None and file.new is not None and file.before == file.after


class _Turning:
    """One run, being taken back or done again."""

    def __init__(self, ground: Ground, files: Iterable[Touched], contents: dict[str, bytes], *, back: bool) -> None:
        self._ground, self._contents, self._back = ground, contents, back
        self._leaving = {file.new if back else file.old for file in files}
        self.in_the_way: list[str] = []

    def change(self, file: Touched) -> FileChange | None:
        """What becomes of one file; None where nothing is left to do, or something is in the way."""
        source, place = (file.new, file.old) if self._back else (file.old, file.new)
        base, wanted = (file.after, file.before) if self._back else (file.before, file.after)
        if source is None:
            assert place is not None and wanted is not None
            return self._appear(place, self._contents[wanted], file.mode if self._back else None)
        status = self._ground.status(source)
        ours = None if status is None else self._ground.read(source)
        if place is None:
            return self._vanish(source, ours, self._contents[base or ""])
        if ours is None or status is None:
            return self._refuse(source, "is no longer there")
        merged = (
            ours if _only_moves(file) else merge_bytes(ours, self._contents[base or ""], self._contents[wanted or ""])
        )
        if merged is None:
            return self._refuse(source, "was edited since, in the same place")
        if source != place and self._ground.status(place) is not None and place not in self._leaving:
            return self._refuse(place, "has been made since")
        if source == place and merged == ours:
            return None
        return FileChange(source, place, ours, merged, S_IMODE(status.st_mode), (status.st_uid, status.st_gid))

    def _appear(self, place: str, wanted: bytes, mode: int | None) -> FileChange | None:
        if place in self._leaving or self._ground.status(place) is None:
            return FileChange(None, place, after=wanted, mode=mode)
        return None if self._ground.read(place) == wanted else self._refuse(place, "has been made since")

    def _vanish(self, source: str, ours: bytes | None, base: bytes) -> FileChange | None:
        if ours is None:
            return None
        return FileChange(source, None, ours) if ours == base else self._refuse(source, "was edited since")

    def _refuse(self, path: str, why: str) -> FileChange | None:
        self.in_the_way.append(f"{spell(path)} {why}")
        return None


def _diff(change: FileChange) -> str:
    old, new = change.old or change.new or "", change.new or change.old or ""
    before = None if change.old is None else change.before
    after = None if change.new is None else change.after
    return file_diff(spell(old), spell(new), before, after, executable=bool((change.mode or 0) & 0o100))
