"""Runs: what each write changed, kept in the user's state folder with the bytes before and after, to be undone."""

import calendar
import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from codeagent.domain.errors import Refused, UsageError, in_words
from codeagent.workspace.durable import replace_json, sync_folders
from codeagent.workspace.git import enclosing
from codeagent.workspace.storage import private_folder, repository_folder, state_dir

_LIMIT: Final = 256 << 20  # bytes that the runs of one repository may take
_RECORD, _INTENDED, _CONTENTS = "run.json", "intended.json", "contents.zip"
_TICKS: Final = 1 << 16  # ids tell time in 1/65536 s: four hexadecimal digits after the second
_ID: Final = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")

Status = Literal["writing", "applied", "undone"]


class Touched(msgspec.Struct, frozen=True):
    """One file of a run: where it was and is (None: nowhere), the digests of its bytes, and its permission bits."""

    old: str | None
    new: str | None
    before: str | None
    after: str | None
    mode: int | None  # before; None for a file that was made


class Run(msgspec.Struct, frozen=True):
    """One write. `turn` counts undoings: of two undone runs the one with the higher turn was undone later."""

    id: str
    title: str
    time: float  # seconds since the epoch
    root: str  # the folder that paths are relative to
    status: Status
    files: tuple[Touched, ...]
    turn: int = 0


class Runs:
    """The runs of one repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Run]:
        """Every finished run, newest first; what cannot be read is left out."""
        try:
            names = sorted(os.listdir(self.folder), reverse=True)
        except FileNotFoundError:
            return []
        found = (_load(self.folder / name / _RECORD) for name in names)
        return [run for run in found if run is not None and run.status != "writing"]

    def get(self, name: str) -> Run:
        """The run of an id, or of the start of exactly one. Raises UsageError."""
        found = [run for run in self.all() if run.id.startswith(name)]
        exact = [run for run in found if run.id == name]
        if len(exact or found) == 1:
            return (exact or found)[0]
        problem = f"{name} could be {len(found)} runs" if found else f"there is no run {name} of this repository"
        raise UsageError(problem, "codeagent undo --list shows them")

    def next_id(self) -> tuple[str, float]:
        """An id after all others, such as 20261126-113000-ab12 (UTC), and the time in it."""
        last = max((name for name in os.listdir(self.folder) if _ID.fullmatch(name)), default="")
        ticks = int(time.time() * _TICKS)
        if last:  # the clock may have been put back
            ticks = max(ticks, _ticks(last) + 1)
        return _id(ticks), ticks / _TICKS

    def keep(self, run: Run, contents: Mapping[str, bytes]) -> None:
        """Write a new run and the contents that its digests stand for; it is on the disk on return. Raises OSError."""
        folder = self.folder / run.id
        folder.mkdir(mode=0o700)
        with open(folder / _CONTENTS, "xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for digest, data in contents.items():
                    archive.writestr(zipfile.ZipInfo(digest), data, zipfile.ZIP_DEFLATED)
            file.flush()
            os.fsync(file.fileno())
        replace_json(folder / _RECORD, run)
        sync_folders((os.fspath(self.folder),))

    def intend(self, name: str, status: Status) -> None:
        """Get ready to say how a run stands once it is written, so that `settle` takes no space. Raises OSError."""
        run = _load(self.folder / name / _RECORD)
        if run is not None and run.status != status:
            turn = 1 + max((other.turn for other in self.all()), default=0) if status == "undone" else run.turn
            replace_json(self.folder / name / _INTENDED, msgspec.structs.replace(run, status=status, turn=turn))

    def settle(self, name: str) -> None:
        """The run stands as it was intended."""
        intended = self.folder / name / _INTENDED
        if intended.exists():
            os.replace(intended, self.folder / name / _RECORD)

    def settled(self, run: Run) -> float:
        """When a run came to stand as it does, in seconds since the epoch."""
        return (self.folder / run.id / _RECORD).stat().st_mtime

    def forgo(self, name: str) -> None:
        """The run stands as it did; one that was never finished is forgotten."""
        (self.folder / name / _INTENDED).unlink(missing_ok=True)
        run = _load(self.folder / name / _RECORD)
        if run is None or run.status == "writing":
            self.drop(name)

    def contents(self, run: Run, digests: Iterable[str]) -> dict[str, bytes]:
        """The bytes that digests of a run stand for. Raises UsageError where its archive is damaged."""
        try:
            with zipfile.ZipFile(self.folder / run.id / _CONTENTS) as archive:
                return {digest: archive.read(digest) for digest in set(digests)}
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise UsageError(f"what run {run.id} changed can no longer be read: {in_words(error)}") from error

    def drop(self, name: str) -> None:
        """Forget a run."""
        (self.folder / name / _RECORD).unlink(missing_ok=True)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def prune(self, limit: int = _LIMIT) -> list[str]:
        """Forget the oldest runs until the rest takes at most `limit` bytes, but never the newest; return their ids."""
        names = sorted((entry.name for entry in os.scandir(self.folder) if entry.is_dir()), reverse=True)
        total, gone = 0, []
        for place, name in enumerate(names):
            total += sum(entry.stat().st_size for entry in os.scandir(self.folder / name))
            if place and total > limit:
                self.drop(name)
                gone.append(name)
        return gone


def runs_of(root: Path) -> Runs:
    """The runs of the repository that `root` lies in, whether there are any yet or not."""
    repository = enclosing(root)
    return Runs(repository_folder(state_dir(), repository.top if repository else root) / "runs")


def make_folder(runs: Runs) -> None:
    """Let the folder of runs exist. Raises Refused where the state folder cannot be written."""
    for folder in (runs.folder.parent, runs.folder):
        storage = private_folder(folder)
        if storage.path is None:
            raise Refused(f"what is written could not be undone: {storage.problem}", "set CODEAGENT_STATE_DIR")


def _id(ticks: int) -> str:
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime(ticks // _TICKS)) + f"-{ticks % _TICKS:04x}"


def _ticks(name: str) -> int:
    return calendar.timegm(time.strptime(name[:15], "%Y%m%d-%H%M%S")) * _TICKS + int(name[16:], 16)


def _load(path: Path) -> Run | None:
    try:
        return msgspec.convert(json.loads(path.read_bytes()), Run)
    except (OSError, ValueError):  # msgspec.ValidationError is a ValueError
        return None
