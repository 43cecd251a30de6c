"""What a run of a plan left behind in git, as its log tells: commits with the files, or a branch apart from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from codeagent.domain.run import Record
from codeagent.workspace.eventlog import EVENTS, EventLog, log_folders, read_records
from codeagent.workspace.runs import Run, Status, Touched

SENDER: Final = "undo"
_MARKS: Final = (b'"tree.written"', b'"branch.made"')


@dataclass(frozen=True, slots=True)
class Landed:
    """A run that was written. `written`: the id that its files are undone by, empty where they stayed as they were;
    `branch`: the full name of the one that has its commits, empty where none was checked out; `base` and `tip`: the
    commits before and after it, alike where it made none."""

    log: Path
    goal: str
    time: float
    root: Path
    branch: str
    base: str
    tip: str
    written: str
    paths: tuple[str, ...]
    turns: tuple[Record, ...] = ()

    @property
    def id(self) -> str:
        """That of the run."""
        return self.log.name

    @property
    def has_commits(self) -> bool:
        """Whether git has anything of it."""
        return bool(self.tip) and self.tip != self.base

    @property
    def status(self) -> Status:
        """How its branch stands, by what was last done."""
        done = [one for one in self.turns if one.kind == "turn.done"]
        return "undone" if done and done[-1].body["outcome"] == "undone" else "applied"

    @property
    def turned(self) -> float:
        """When it was last taken back or brought again, in seconds since the epoch; 0 for never."""
        return self.turns[-1].time if self.turns else 0.0

    def say(self, kind: str, **body: Any) -> None:
        """Append to its log. Raises Refused where another process goes on with the run."""
        log = EventLog(self.log)
        try:
            log.append(kind, body, sender=SENDER)
        finally:
            log.close()

    def as_run(self) -> Run:
        """What a list of runs tells of it."""
        files = tuple(Touched(path, path, None, None, None) for path in self.paths)
        name = self.branch.removeprefix("refs/heads/")
        return Run(self.id, f"{self.goal} (branch {name})", self.time, str(self.root), self.status, files)


def landed_runs(root: Path) -> Iterator[Landed]:
    """Yield the runs of a repository that were written, the newest first."""
    for folder in log_folders(root):
        try:
            data = (folder / EVENTS).read_bytes()
        except FileNotFoundError:
            continue
        if any(mark in data for mark in _MARKS):
            found = _landed(folder, tuple(read_records(folder / EVENTS)))
            if found is not None:
                yield found


def _landed(folder: Path, records: tuple[Record, ...]) -> Landed | None:
    last = {record.kind: record for record in records}
    end, started, made = (
        last.get("branch.made") or last.get("tree.written"),
        last["run.started"],
        last.get("plan.carried"),
    )
    if end is None or made is None:
        return None
    if end.kind == "branch.made":
        branch, tip = f"refs/heads/{end.body['branch']}", end.body["commit"]
    else:
        committed = last["tree.committed"].body if "tree.committed" in last else {}
        branch, tip = committed.get("branch", ""), committed.get("commit", "")
    return Landed(
        folder,
        started.body["goal"],
        end.time,
        Path(started.body["root"]),
        branch,
        started.body["revision"],
        tip,
        "" if end.kind == "branch.made" else end.body["undo"],
        tuple(sorted({*made.body["files"], *made.body["moves"]})),
        tuple(record for record in records if record.kind in ("turn.begun", "turn.done")),
    )
