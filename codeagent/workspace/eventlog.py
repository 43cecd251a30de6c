"""The log of a run: records appended to one file of JSON lines, on the disk before anything is done because of them."""

import errno
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.run import RECORD_KINDS, Record
from codeagent.workspace.durable import write_new
from codeagent.workspace.git import enclosing
from codeagent.workspace.lock import FileLock
from codeagent.workspace.storage import private_folder, repository_folder, state_dir

EVENTS: Final = "events.jsonl"
_SEED: Final = "seed"
_LIMIT: Final = 512 << 20  # bytes that the runs of one repository may take
Listener = Callable[[Record], None]


class EventLog:
    """The records of one run; `append` may be called from many threads.

    Many may read a run; the first `append` makes this the one process that goes on with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._records = list(read_records(folder / EVENTS))
        self._owned = FileLock(folder / "lock")
        self._handle = -1

    @cached_property
    def seed(self) -> str:
        """What all runs of a repository have in common and nobody else knows, such as who wrote its files.

        Raises Refused where it cannot be kept."""
        place = self.folder.parent / _SEED
        try:
            _make_seed(place)
            return place.read_text(encoding="ascii")
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    @property
    def records(self) -> tuple[Record, ...]:
        """All records so far, in order."""
        with self._lock:
            return tuple(self._records)

    def listen(self, listener: Listener) -> None:
        """Let `listener` hear of every record from now on, once it is on the disk."""
        self._listeners.append(listener)

    def append(self, kind: str, body: Mapping[str, Any], *, sender: str = "run", to: str = "run") -> Record:
        """Append a record; it is on the disk on return. `kind` is one of RECORD_KINDS.

        Raises Refused where the disk does not take it, and where another process goes on with the run."""
        assert kind in RECORD_KINDS, kind
        with self._lock:
            if self._handle < 0:
                self._own()
            record = Record(len(self._records) + 1, time.time(), sender, to, kind, body)
            try:
                _write(self._handle, _line(record))
            except OSError as error:
                raise _unwritable(self.folder, error) from error
            self._records.append(record)
        for listener in self._listeners:
            listener(record)
        return record

    def close(self) -> None:
        """Let go of the file, and of the run."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1
        self._owned.release()

    def _own(self) -> None:
        try:
            if not self._owned.own():
                raise Refused(f"run {self.id} is being carried out by another process", "codeagent runs shows how far")
            handle = os.open(self.folder / EVENTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self._records = list(read_records(self.folder / EVENTS))  # somebody may have gone on since it was opened
        whole = sum(len(_line(record)) for record in self._records)
        if os.fstat(handle).st_size > whole:  # a line that a kill cut short was never relied on
            os.ftruncate(handle, whole)
        self._handle = handle


def _make_seed(place: Path) -> None:
    """Make the file whole or not at all, and only where there is none."""
    if place.exists():
        return
    temporary = place.with_name(f"{_SEED}.{os.getpid()}-{threading.get_ident()}")
    try:
        write_new(os.fspath(temporary), secrets.token_hex(16).encode(), 0o600)
        try:
            os.link(temporary, place)
        except FileExistsError:
            return
        except OSError:  # not every file system has links
            os.replace(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> Refused:
    return Refused(
        f"the log of the run cannot be written: {folder / EVENTS}: {error.strerror}",
        "make room; what was recorded is kept, and codeagent resume goes on from there",
    )


def _write(handle: int, line: bytes) -> None:
    """Write a whole line or none of it, and wait for the disk."""
    size = os.fstat(handle).st_size
    try:
        if os.write(handle, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _line(record: Record) -> bytes:
    row = {
        "id": record.id,
        "time": record.time,
        "from": record.sender,
        "to": record.to,
        "kind": record.kind,
        "body": record.body,
    }
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"), default=list).encode() + b"\n"


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a log, up to a line that was cut short; nothing where there is no file."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            yield Record(row["id"], row["time"], row["from"], row["to"], row["kind"], row["body"])
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                return
            raise UsageError(f"{path}:{number} is no record of a run", "the log was edited or damaged") from error


def read_run(folder: Path) -> tuple[Record, ...]:
    """Return the records of a run, whoever is carrying it out. Raises UsageError for a damaged log."""
    return tuple(read_records(folder / EVENTS))


def logs_folder(root: Path) -> Path:
    """Where the logs of the runs of the repository that `root` lies in are kept, a folder for each run."""
    repository = enclosing(root)
    return repository_folder(state_dir(), repository.top if repository else root) / "logs"


def start_log(root: Path) -> EventLog:
    """Begin a run: a new log with an id after all others, such as 20261126-113000-ab12 (UTC).

    Raises Refused where the state folder cannot be written."""
    folder = logs_folder(root)
    for place in (folder.parent, folder):
        storage = private_folder(place)
        if storage.path is None:
            raise Refused(f"a run must be on record: {storage.problem}", "set CODEAGENT_STATE_DIR")
    while True:
        now = time.time()
        name = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)) + f"-{int(now % 1 * 0x10000):04x}"
        try:
            (folder / name).mkdir(mode=0o700)
        except FileExistsError:
            time.sleep(0.001)
            continue
        return EventLog(folder / name)


def prune_logs(root: Path, limit: int = _LIMIT) -> list[str]:
    """Forget the oldest runs until the rest takes at most `limit` bytes; return their ids.

    The newest stays, and so does a run that a process is carrying out."""
    total, gone = 0, []
    for place, folder in enumerate(log_folders(root)):
        total += sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file())
        lock = FileLock(folder / "lock")
        try:
            if place and total > limit and lock.own():
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(folder.name)
        finally:
            lock.release()
    return gone


def open_log(root: Path, name: str = "") -> EventLog:
    """Open the log of a run by its id or the start of one; empty: the newest. Raises UsageError."""
    return EventLog(find_log(root, name))


def find_log(root: Path, name: str = "") -> Path:
    """Return the folder of a run, as `open_log` finds it, without a hold on its log. Raises UsageError."""
    found = [path for path in log_folders(root) if path.name.startswith(name)]
    if not found or (name and len(found) > 1):
        problem = f"{name} could be {len(found)} runs" if found else f"there is no run {name}".rstrip()
        raise UsageError(f"{problem} of this repository", "codeagent runs lists them")
    return found[0]


def log_folders(root: Path) -> list[Path]:
    """The folders of all runs of a repository, newest first."""
    try:
        return sorted((path for path in logs_folder(root).iterdir() if path.is_dir()), reverse=True)
    except FileNotFoundError:
        return []
