"""`undo` and `redo`: the files of a run and what git has of it, together; what was done since is never lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.domain.events import Notice
from codeagent.workflows.undo import Outcome, Undone, choose, turn
from codeagent.workflows.undoing.apart import turn_branch
from codeagent.workflows.undoing.commits import Move, carry_out, in_history, plan_move
from codeagent.workflows.undoing.landed import Landed, landed_runs
from codeagent.workspace.committing import Entry
from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.planning import FileChange
from codeagent.workspace.refs import head
from codeagent.workspace.runs import Run, runs_of
from codeagent.workspace.writing import Emit, writing


@dataclass(frozen=True, slots=True)
class Way:
    """How a run is turned: `write` off only tells; `commits` off leaves alone what git has of it."""

    write: bool = True
    commits: bool = True


def turn_run(root: Path, name: str | None, outcome: Outcome, way: Way, config: Config, emit: Emit) -> Undone:
    """Take back a run, or bring it again; `name`: the id of the run or of its files, None: the latest.

    Raises Refused, with nothing written, where anything done since would be lost; UsageError for an unknown run."""
    with writing(root.resolve(), emit):
        pass  # what an interrupted write left behind is a run only when it has been settled
    landed = list(landed_runs(root))
    for one in landed:
        _settle(one, root, emit)
    chosen = _chosen(root, list(landed_runs(root)), name, outcome)
    if isinstance(chosen, Landed):
        note = turn_branch(chosen, _repository(chosen), outcome, write=way.write)
        status = outcome if way.write else chosen.status
        return Undone(msgspec.structs.replace(chosen.as_run(), status=status), "", chosen.paths, note)
    ours = next((one for one in landed if one.written == chosen.id and one.has_commits), None)
    if ours is None or not way.commits:
        return turn(root, chosen.id, outcome, write=way.write, emit=emit)
    return _with_commits(root, ours, outcome, way, config, emit)


def all_runs(root: Path) -> list[Run]:
    """Return every run that was written, to the files or to a branch, the newest first."""
    apart = [one.as_run() for one in landed_runs(root) if not one.written]
    return sorted([*runs_of(root).all(), *apart], key=lambda run: run.time, reverse=True)


def _chosen(root: Path, landed: Sequence[Landed], name: str | None, outcome: Outcome) -> Run | Landed:
    """The run that is meant: one that wrote files, or one that made a branch."""
    runs = runs_of(root)
    if name is not None:
        named = [one for one in landed if one.id.startswith(name)]
        files = [run for run in runs.all() if run.id.startswith(name) and run.id not in [one.written for one in named]]
        if len(named) != 1 or files:
            return runs.get(name)
        if named[0].written:
            return runs.get(named[0].written)
        if named[0].status == outcome:
            raise UsageError(f"run {named[0].id} is {'undone already' if outcome == 'undone' else 'not undone'}")
        return named[0]
    apart = [one for one in landed if not one.written and one.status != outcome]
    if not apart:
        return choose(runs, None, outcome)
    turned = [run for run in runs.all() if run.status != outcome]
    if outcome == "undone":
        newest = max(turned, key=lambda run: run.time, default=None)
        return newest if newest is not None and newest.time > apart[0].time else apart[0]
    last, latest = max(turned, key=lambda run: run.turn, default=None), max(apart, key=lambda one: one.turned)
    return last if last is not None and runs.settled(last) > latest.turned else latest


def _with_commits(root: Path, ours: Landed, outcome: Outcome, way: Way, config: Config, emit: Emit) -> Undone:
    repository, moves = _repository(ours), list[Move]()

    def ready(changes: Sequence[FileChange]) -> None:
        """Before anything is written: where the branch goes, on record."""
        if not changes and not in_history(ours, repository, outcome):
            return  # somebody has taken both back already
        move = plan_move(ours, repository, outcome, _contents(changes) if way.write else None, config.cache_dir)
        moves.append(move)
        if way.write:
            index = {path: [entry.mode, entry.oid] if entry else None for path, entry in move.index.items()}
            told: dict[str, Any] = {"old": move.old, "new": move.new, "again": move.again, "index": index}
            ours.say("turn.begun", outcome=outcome, **told)

    done = turn(root, ours.written, outcome, write=way.write, emit=emit, ready=ready)
    for move in moves:
        if way.write:
            carry_out(move, repository, f"codeagent {'undo' if outcome == 'undone' else 'redo'}: {ours.id}")
            ours.say("turn.done", outcome=outcome)
        return replace(done, note=move.words(ours, outcome, written=way.write))
    return done


def _contents(changes: Sequence[FileChange]) -> dict[str, bytes | None]:
    gone = {change.old: None for change in changes if change.old is not None and change.old != change.new}
    return {**gone, **{change.new: change.after for change in changes if change.new is not None}}


def _settle(landed: Landed, root: Path, emit: Emit) -> None:
    """Finish what was begun and not done: the files were turned, and nobody lived to move the branch."""
    if not landed.turns or landed.turns[-1].kind != "turn.begun":
        return
    begun, repository = landed.turns[-1].body, _repository(landed)
    with writing(root.resolve(), emit) as runs:
        status = next((run.status for run in runs.all() if run.id == landed.written), "")
    if status == begun["outcome"] and head(repository) in (begun["old"], begun["new"]):
        index = {path: Entry(*row) if row else None for path, row in begun["index"].items()}
        carry_out(Move(begun["old"], begun["new"], begun["again"], index), repository, f"codeagent undo: {landed.id}")
        landed.say("turn.done", outcome=begun["outcome"])
        emit(Notice(f"run {landed.id} was interrupted while its branch moved; that is finished"))


def _repository(landed: Landed) -> Repository:
    found = enclosing(landed.root)
    if found is None:
        raise UsageError(f"{landed.root} is in no git repository any more", "--no-commit takes back the files alone")
    return Repository(landed.root, found.top)
