"""Files that a result is written to where the user named one."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from codeagent.domain.errors import UsageError

Shape = TypeVar("Shape")


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


def targets(output: Sequence[Path] | None) -> list[Path | None]:
    """Return where a result goes: the files that were named, each checked, and None for stdout (`-`, or nothing named).

    Raises UsageError for a file that cannot be written."""
    found = list(dict.fromkeys(None if str(one) == "-" else one for one in output or (Path("-"),)))
    for one in found:
        check_target(one)
    return found


def shape(target: Path | None, asked: Shape, plain: Shape, by_suffix: Mapping[str, Shape], count: int) -> Shape:
    """Return the form of a file: the one that was asked for, unless none was or many files share the wish."""
    named = by_suffix.get(target.suffix.lower()) if target is not None else None
    return named if named is not None and (asked == plain or count > 1) else asked
