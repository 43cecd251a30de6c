"""The index that `git diff` reads: a copy, since it writes a stale one anew even where it is told to take no locks."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


@contextmanager
def copied(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the variable that names a copy of the index in git's own folder; none where it cannot be copied.

    The copy is as old as the index: by that git tells which files may have changed unseen."""
    copy: dict[str, str] = {}
    with ExitStack() as stack:
        with suppress(OSError):
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="codeagent-index-"))
            copy = {"GIT_INDEX_FILE": os.fspath(shutil.copy2(folder / "index", name))}
        yield copy
