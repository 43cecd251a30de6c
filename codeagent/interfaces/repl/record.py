"""What a session leaves behind, privately: its lines and settings, so that it can be gone on with."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.workspace.storage import repository_folder, state_dir

_KEPT: Final = 50  # sessions of one repository


@dataclass(slots=True)
class Session:
    """One session: the model and the budget that were named in it, and what was typed."""

    file: Path
    model: str = ""
    budget: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """What it is called."""
        return self.file.stem

    def note(self, **what: str) -> None:
        """Keep one thing: `line`, `model` or `budget`."""
        self._take(what)
        with os.fdopen(os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as out:
            out.write(json.dumps(what) + "\n")

    def _take(self, what: dict[str, str]) -> None:
        self.model = what.get("model", self.model)
        self.budget = what.get("budget", self.budget)
        self.lines += [what["line"]] if "line" in what else []

    def load(self) -> "Session":
        """Read what was kept; a line that was cut off is passed over."""
        for row in self.file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                what = json.loads(row)
            except ValueError:
                continue
            if isinstance(what, dict):
                self._take({str(key): str(value) for key, value in what.items()})
        return self


def folder_of(root: Path) -> Path:
    """Return the private folder of a repository's sessions, made if need be."""
    folder = repository_folder(state_dir() / "sessions", root)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def history_of(root: Path) -> Path:
    """Return the file that the lines of all sessions are kept in, readable by the user alone."""
    file = folder_of(root) / "history"
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    return file


def begin(root: Path) -> Session:
    """Return a new session; it is on disk once there is something to keep."""
    for old in list(_found(root))[_KEPT:]:
        old.unlink(missing_ok=True)
    return Session(folder_of(root) / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.jsonl")


def again(root: Path, name: str = "") -> Session:
    """Return the newest session, or the one of a name. Raises UsageError where there is none."""
    found = {file.stem: file for file in _found(root)}
    chosen = found.get(name) if name else next(iter(found.values()), None)
    if chosen is None:
        there = f"there are {', '.join(list(found)[:5])}" if found else "there are none yet"
        raise UsageError(f"no session {name}".rstrip(), there)
    return Session(chosen).load()


def _found(root: Path) -> Iterator[Path]:
    """Session files, the newest first."""
    yield from sorted(folder_of(root).glob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
