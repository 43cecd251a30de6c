"""The write-ahead record of one change: after a crash at any instant it is finished or taken back as a whole.

The tree's own files are touched only once the journal says `decided`; from then on every step can be done again
without harm, so whoever finds the journal finishes it. Before that, all there is to take back are temporary files."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec

from codeagent.domain.errors import Refused, in_words
from codeagent.domain.patch import hex_digest
from codeagent.workspace.durable import replace_json, sync_folders
from codeagent.workspace.ground import Ground
from codeagent.workspace.holding import held
from codeagent.workspace.runs import Runs
from codeagent.workspace.spelling import spell

_NAME: Final = "journal.json"


class Step(msgspec.Struct, frozen=True):
    """`rename` path to `to`; `write`: the temporary file `path` becomes `to`; `remove` path.

    `before`: the digest of what lies there until then; None: nothing does."""

    kind: Literal["rename", "write", "remove"]
    path: str
    to: str = ""
    before: str | None = None


class Journal(msgspec.Struct, frozen=True):
    """A change under way. Paths are relative to `root`, as the disk names them."""

    run: str
    root: str
    steps: tuple[Step, ...]
    temporaries: tuple[str, ...]  # all that there may be
    folders: tuple[str, ...]  # made for the change, outermost first
    decided: bool = False
    back: bool = False  # decided, and the steps lead back to what was before


def write_journal(runs: Runs, journal: Journal) -> None:
    """Put the journal on the disk. Raises OSError."""
    replace_json(runs.folder / _NAME, journal)


def pending(runs: Runs) -> Journal | None:
    """The journal of a change that is under way or was interrupted. Raises Refused where it cannot be read."""
    path = runs.folder / _NAME
    try:
        return msgspec.convert(json.loads(path.read_bytes()), Journal)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Refused(
            f"{path}, the record of an interrupted write, cannot be read: {in_words(error)}", "see what is in it"
        ) from error


def settle(runs: Runs) -> Journal | None:
    """Finish a decided journal, take back an undecided one; return what was found, None where all is in order.

    Called under the repository's lock, before any write and after a failed one; no Ctrl-C ends it. Raises Refused
    where the system does not let it be finished; the journal stays."""
    with held():
        return _settled(runs)


def _settled(runs: Runs) -> Journal | None:
    journal = pending(runs)
    if journal is None:
        return None
    if journal.decided:
        try:
            carry_out(journal)
        except OSError as error:
            where = spell(str(error.filename or journal.root))
            problem = f"an interrupted write cannot be finished: {where}: {error.strerror}"
            raise Refused(problem, "mend that, then run codeagent undo") from error
    close(runs, journal)
    return journal


def close(runs: Runs, journal: Journal) -> None:
    """The change is done, or never will be: say so in its run, and leave nothing behind."""
    if journal.decided and not journal.back:
        runs.settle(journal.run)
    _sweep(journal)
    runs.forgo(journal.run)
    (runs.folder / _NAME).unlink(missing_ok=True)
    sync_folders((os.fspath(runs.folder),))


def carry_out(journal: Journal, *, again: bool = True) -> None:
    """Do every step that is not done yet. Raises OSError.

    `again`: somebody may have edited the files since the journal was written; what they wrote is kept."""
    ground = Ground(Path(journal.root))
    do = {"rename": _rename, "write": _write, "remove": _remove}
    for step in journal.steps:
        if not again or _as_left(ground, step):
            do[step.kind](ground, step)
    folders = {os.path.dirname(path) for step in journal.steps for path in (step.path, step.to) if path}
    sync_folders(sorted(ground.full(folder) for folder in folders))


def _sweep(journal: Journal) -> None:
    """Remove temporary files, and folders that the change has left empty."""
    ground = Ground(Path(journal.root))
    for path in journal.temporaries:
        with suppress(OSError):
            os.unlink(ground.full(path))
    emptied = set(journal.folders)
    for step in journal.steps if journal.decided else ():
        if step.kind != "write":
            emptied.update(_above(step.path))
    for folder in sorted(emptied, key=len, reverse=True):
        with suppress(OSError):  # something lies in it
            os.rmdir(ground.full(folder))


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _as_left(ground: Ground, step: Step) -> bool:
    """Whether what a step replaces is still what it was when the journal was written."""
    target = step.to if step.kind == "write" else step.path
    status = ground.status(target)
    return status is None or (step.before is not None and hex_digest(ground.read(target)) == step.before)


def _rename(ground: Ground, step: Step) -> None:
    old, new = ground.full(step.path), ground.full(step.to)
    if os.path.lexists(old) and (not os.path.lexists(new) or os.path.samefile(old, new)):
        os.rename(old, new)


def _write(ground: Ground, step: Step) -> None:
    if os.path.lexists(ground.full(step.path)):
        os.replace(ground.full(step.path), ground.full(step.to))


def _remove(ground: Ground, step: Step) -> None:
    with suppress(FileNotFoundError):
        os.unlink(ground.full(step.path))
