"""Patterns in the style of .gitignore, compiled."""

from collections.abc import Sequence

from pathspec import GitIgnoreSpec


def compiled(lines: Sequence[str]) -> GitIgnoreSpec:
    """Rules of one file; a line that is no pattern is passed over, as git does."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines(line for line in lines if _valid(line))


def _valid(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
