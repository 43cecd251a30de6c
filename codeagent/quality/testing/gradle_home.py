"""A home folder of Gradle's own for our runs: it locks files there, and the user's is read only to what we run."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def told(home: Path) -> Mapping[str, str]:
    """Return what Gradle is told of its home, and of the user's, whose packages it reads (from 6.1 on).

    What its wrapper has downloaded is linked where it is looked for, beside locks that can be written."""
    theirs = Path(os.environ.get("GRADLE_USER_HOME") or Path.home() / ".gradle")
    if home.parent.is_dir():
        for entry in sorted((theirs / "wrapper" / "dists").glob("*/*/*")):
            _link(entry, home / entry.relative_to(theirs))
    cache = theirs / "caches"
    packages = {"GRADLE_RO_DEP_CACHE": os.fspath(cache)} if (cache / "modules-2").is_dir() else {}
    return {"GRADLE_USER_HOME": os.fspath(home), **packages}


def _link(entry: Path, place: Path) -> None:
    if not entry.name.endswith(".lck"):
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            place.symlink_to(entry)
