"""What is installed for the commands of a repository: what its tests said before, they said with just that."""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from codeagent.quality.testing.runner import TestCommand

_PYTHON: Final = ("lib/python*/site-packages", "lib/python*/dist-packages", "Lib/site-packages")
_NODE: Final = ("node_modules", "node_modules/.package-lock.json")


def installed(root: Path, commands: Iterable[TestCommand]) -> tuple[str, ...]:
    """Return the folders that packages are installed in, as far as the commands tell, and when each last changed."""
    places = dict.fromkeys(place for command in commands for place in _places(root, command))
    return tuple(f"{place} {place.stat().st_mtime_ns}" for place in places if place.exists())


def _places(root: Path, command: TestCommand) -> Iterator[Path]:
    folder = root / command.folder
    yield from (base / name for base in (root, folder) for name in _NODE)
    program = shutil.which(os.fspath(folder / command.argv[0])) or shutil.which(command.argv[0])
    if program is not None:
        home = Path(program).parent.parent
        yield from (place for pattern in _PYTHON for place in sorted(home.glob(pattern)))
