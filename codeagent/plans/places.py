"""Paths that a plan names: all of them lie within the root."""

from typing import Final

_SPECIAL: Final = "\\*?[!#"


def outside(path: str) -> str:
    """Say why a path or pattern is none that a plan may name; "" where it is."""
    if not path.strip():
        return "is empty"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return "holds control characters"
    if path.startswith("!"):
        return "takes something out: list what may be touched instead"
    parts = path.strip("/").split("/")
    if ".." in parts or path.startswith("~") or path[1:3] in (":\\", ":/"):
        return "leads out of the root"
    if parts[0] == ".git":
        return "is git's own"
    return ""


def pattern_of(path: str) -> str:
    """Return the pattern that stands for one path alone."""
    escaped = "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in path)
    if escaped.endswith(" "):
        escaped = f"{escaped[:-1]}\\ "
    return escaped if "/" in escaped else f"/{escaped}"
