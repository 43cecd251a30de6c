"""What is remembered of recipes beside their files: whom the user trusts, and how they went here; by their digest."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from codeagent.domain.errors import Refused
from codeagent.domain.recipe import Track
from codeagent.workspace.lock import FileLock
from codeagent.workspace.storage import private_folder, state_dir

_PATIENCE: Final = 50  # times 20 ms


@dataclass(frozen=True, slots=True)
class Seen:
    """One content of a recipe: whether the user trusts it, and its track on this machine."""

    trusted: bool = False
    track: Track = field(default_factory=Track)
    last: str = ""  # the run that was counted last, and how it ended


def remembered() -> Mapping[str, Seen]:
    """Return what is known, by digest; an unreadable record trusts none."""
    try:
        held = json.loads(_file().read_bytes())["recipes"]
        return {
            str(digest): Seen(one["trusted"] is True, _track(one["track"]), str(one["last"]))
            for digest, one in held.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def remember(digest: str, change: Callable[[Seen], Seen]) -> Seen:
    """Change what is known of one content, all or nothing; return it. Raises Refused where it cannot be written."""
    storage = private_folder(state_dir())
    if storage.path is None:
        raise Refused(f"nothing can be remembered of a recipe: {storage.problem}", "set CODEAGENT_STATE_DIR")
    with _alone():
        held = dict(remembered())
        held[digest] = change(held.get(digest, Seen()))
        text = json.dumps({"schema_version": 1, "recipes": {key: asdict(one) for key, one in held.items()}}, indent=1)
        temporary = _file().with_name(f"recipes.json.{os.getpid()}")
        try:
            temporary.write_text(text, encoding="utf-8")
            temporary.chmod(0o600)
            os.replace(temporary, _file())
        except OSError as error:
            raise Refused(f"{_file()} cannot be written: {error.strerror}", "nothing was remembered") from error
        return held[digest]


def _track(table: Mapping[str, Any]) -> Track:
    return Track(int(table["successes"]), int(table["failures"]), int(table["missed"]))


def _file() -> Path:
    return state_dir() / "recipes.json"


@contextmanager
def _alone() -> Iterator[None]:
    lock = FileLock(state_dir() / "recipes.lock")
    try:
        for _ in range(_PATIENCE):
            if lock.own():
                break
            time.sleep(0.02)
        else:
            raise Refused("another codeagent is writing what it knows of recipes", "try again")
        yield
    finally:
        lock.release()
