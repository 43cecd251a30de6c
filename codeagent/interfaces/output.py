"""Files that a result is written to where the user named one."""

import os
from pathlib import Path

from codeagent.domain.errors import UsageError


def check_target(target: Path | None) -> None:
    """Refuse before the work, not after it, where the file cannot be written."""
    if target is None:
        return
    if target.is_dir():
        raise UsageError(f"{target} is a folder", "name a file for --output")
    parent = target.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise UsageError(f"cannot write {target}: {parent} is no folder that you may write to")


def write_file(target: Path, text: str) -> None:
    """Write a finished document; UsageError where it cannot be written."""
    try:
        target.write_text(text, encoding="utf-8", errors="surrogateescape", newline="\n")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}") from error
