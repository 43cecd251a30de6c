"""The folders that codeagent writes to: the user's own and private, never the repository."""

import hashlib
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

_NAME: Final = "codeagent"
_PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Storage:
    """A private folder that can be written to; `path` is None where there is none, and `problem` says why."""

    path: Path | None
    problem: str = ""


def state_dir() -> Path:
    """Where runs and logs lie: $CODEAGENT_STATE_DIR, else the user's state folder. May not exist yet."""
    named = os.environ.get("CODEAGENT_STATE_DIR")
    return Path(named).expanduser().absolute() if named else platformdirs.user_state_path(_NAME)


def repository_folder(base: Path, root: Path) -> Path:
    """The folder under `base` for one repository: its name, readable, and a digest of where it lies."""
    place = os.fsencode(root.resolve())
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", root.name).strip("-.")[:40] or "root"
    return base / f"{readable}-{hashlib.blake2b(place, digest_size=8).hexdigest()}"


def private_folder(path: Path) -> Storage:
    """Make `path` exist, readable by its owner only, and check that it can be written to.

    Never raises: a caller without storage goes on in memory and says why."""
    try:
        path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        if _is_open_to_others(path):
            path.chmod(_PRIVATE)
        _probe(path)
    except FileExistsError:
        return Storage(None, f"{path} is a file, not a folder")
    except OSError as error:
        return Storage(None, f"{path} cannot be written to: {error.strerror or error}")
    return Storage(path)


def _is_open_to_others(path: Path) -> bool:
    return os.name != "nt" and bool(path.stat().st_mode & 0o077)


def _probe(path: Path) -> None:
    """Write for real: access rights alone do not tell of read-only mounts and full disks."""
    probe = path / f".probe-{os.getpid()}-{threading.get_ident()}"
    descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, b"codeagent")
    finally:
        os.close(descriptor)
        os.unlink(probe)
