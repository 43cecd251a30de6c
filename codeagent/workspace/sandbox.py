"""Running a command that somebody else wrote: shut in as far as the system allows, and said how far that was."""

import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from codeagent.domain.errors import NotPermitted
from codeagent.workspace import process
from codeagent.workspace.process import Completed
from codeagent.workspace.protection import LAUNCH, Mode, Protection, bubblewrap, offered, unshared, wrapped
from codeagent.workspace.seatbelt import profile

# Where toolchains and their downloaded packages lie in a home folder; never where they keep keys.
_TOOLS: Final = (
    ".cargo/bin", ".cargo/registry", ".cargo/git", ".rustup", ".m2/repository", ".m2/wrapper", ".gradle/caches",
    ".gradle/wrapper", ".gradle/native", "go", ".local/bin", ".local/lib", ".local/share/uv", ".local/share/pnpm",
    ".local/share/mise/installs", ".pyenv", ".nvm", ".volta", ".asdf", ".nodenv", ".rbenv", ".sdkman", ".bun", ".deno",
    ".cache/node", ".cache/ms-playwright", ".cache/coursier", ".npm/_cacache", "miniconda3", "anaconda3", "miniforge3",
)  # fmt: skip
_ACTIVE: Final = ("VIRTUAL_ENV", "CONDA_PREFIX")  # environments that packages may be installed in


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may take."""

    seconds: float = 600.0
    output: int = 64 << 20  # bytes of each stream that are kept; beyond, it is ended
    file_bytes: int = 8 << 30  # of one file
    processes: int = 8192  # of the user, all together
    memory: int | None = None  # bytes of address space; many runtimes reserve far more than they use


@dataclass(frozen=True, slots=True)
class Room:
    """What a command sees of the disk besides the system: where it may write, what it may read of a hidden home, and
    `instead`, folders that are seen in the place of others."""

    writable: tuple[Path, ...]
    readable: tuple[Path, ...] = ()
    instead: Mapping[Path, Path] = field(default_factory=dict)
    temporary: Path | None = None  # seen as /tmp


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what protection was in force."""

    done: Completed
    protection: Protection


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    room: Room,
    mode: Mode = Mode.AUTO,
    limits: Limits | None = None,
    extra: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
) -> Ran:
    """Run a command, an argument list, with a clean environment and no input but `stdin`.

    Raises NotPermitted where protection is required and the system offers too little; ProgramMissing where there is
    no such program."""
    limits = limits or Limits()
    protection = in_force(mode)
    told = dict(extra or {})
    path = told.get("PATH") or os.environ.get("PATH", "")
    _find(argv[0], path, cwd)
    if room.temporary:
        told |= dict.fromkeys(
            ("TMPDIR", "TEMP", "TMP"),
            "/tmp" if protection.tool == "bubblewrap" else os.fspath(room.temporary),
        )
    command = [*_shut_in(protection, room, cwd), *argv]
    if os.name == "posix":
        command = [sys.executable, "-I", "-S", os.fspath(LAUNCH), _settings(protection, limits), *command]
    done = process.run(command, cwd=cwd, timeout=limits.seconds, limit=limits.output, extra=told, stdin=stdin)
    return Ran(done, protection)


def in_force(mode: Mode) -> Protection:
    """Return the protection that a command will run under. Raises NotPermitted where `require` cannot be met."""
    if mode == Mode.OFF:
        return Protection("none", reason="switched off by you")
    found = offered()
    if mode == Mode.REQUIRE and not found.is_closed:
        raise NotPermitted(
            f"a sandbox is required, and this system offers too little: {found}",
            "install bubblewrap and allow user namespaces",
        )
    return found


def _find(program: str, path: str, cwd: Path) -> None:
    """Raise ProgramMissing where there is no such program: asked now, since the launcher starts in any case."""
    if "/" in program:
        places: Iterable[Path] = (cwd / program,)
    else:
        places = (Path(folder or cwd, program) for folder in path.split(os.pathsep))
    if os.name == "posix" and not any(os.access(place, os.X_OK) and place.is_file() for place in places):
        if "/" in program and (cwd / program).is_file():
            raise process.ProgramMissing(f"{program} may not be run", f"chmod +x {program}")
        raise process.ProgramMissing(f"{program} is not installed", f"install {program}, or put it on PATH")


def _settings(protection: Protection, limits: Limits) -> str:
    """What the launcher is told: what is switched off sets no limits, and ends with us all the same."""
    asked: dict[str, object] = {"watched": 0 if protection.ends_together else os.getpid()}
    if protection.limited:
        asked |= {"limits": _limits(limits), "last": protection.tool == "none"}
    return json.dumps(asked)


def _limits(limits: Limits) -> dict[str, int]:
    cores = os.cpu_count() or 1
    asked = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CPU": math.ceil(limits.seconds * cores) + 1,
    }
    return asked | ({"RLIMIT_AS": limits.memory} if limits.memory else {})


def _shut_in(protection: Protection, room: Room, cwd: Path) -> list[str]:
    if protection.tool == "bubblewrap":
        return [*wrapped(bubblewrap() or "bwrap"), *_binds(room), "--chdir", os.fspath(cwd), "--"]
    if protection.tool == "unshare":
        launch = [sys.executable, "-I", "-S", os.fspath(LAUNCH), json.dumps({"loopback": True, "last": True})]
        return [*unshared(), "--", *launch]
    if protection.tool == "sandbox-exec":
        return ["/usr/bin/sandbox-exec", "-p", profile(homes(), _readable(room), room.writable)]
    return []


def _binds(room: Room) -> list[str]:
    """bwrap's options, later ones over earlier ones: hide, then show what is needed, then let write."""
    hidden = [["--bind", os.fspath(room.temporary), "/tmp"] if room.temporary else ["--tmpfs", "/tmp"]]
    if os.path.isdir("/var/tmp") and not os.path.islink("/var/tmp"):
        hidden.append(["--tmpfs", "/var/tmp"])
    hidden += [["--tmpfs", os.fspath(home)] for home in homes()]  # a home may lie in /tmp
    shown = [["--ro-bind-try", os.fspath(one), os.fspath(one)] for one in _readable(room)]
    placed = [["--bind", os.fspath(there), os.fspath(here)] for here, there in room.instead.items()]
    written = [["--bind", os.fspath(one), os.fspath(one)] for one in room.writable]
    again = [["--ro-bind-try", os.fspath(one), os.fspath(one)] for one in room.readable if _covered(one, room)]
    return [word for group in (hidden, shown, placed, written, again) for words in group for word in words]


def _covered(path: Path, room: Room) -> bool:
    """Whether something was put over a path that must be seen."""
    return any(path.is_relative_to(here) for here in room.instead)


def _readable(room: Room) -> list[Path]:
    """What must be seen in hidden folders: toolchains, this Python, programs on PATH, and what is asked for."""
    found = [home / name for home in homes() for name in _TOOLS if (home / name).exists()]
    found += [Path(sys.prefix), Path(sys.base_prefix), LAUNCH.parent]
    found += [Path(active) for name in _ACTIVE if os.path.isabs(active := os.environ.get(name, ""))]
    hidden = (*homes(), Path(tempfile.gettempdir()))
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        place = Path(entry)
        if place.is_absolute() and place.is_dir() and any(place.is_relative_to(one) for one in hidden):
            found.append(place.parent if (place.parent / "pyvenv.cfg").is_file() else place)
    return list(dict.fromkeys([*found, *room.readable]))


def homes() -> list[Path]:
    """The folders where users keep what is theirs, as far as there are any here."""
    named = [Path.home(), Path("/home"), Path("/root")] + ([Path("/Users")] if sys.platform == "darwin" else [])
    real = [place.resolve() for place in named if place.is_dir() and place.resolve() != Path("/")]
    return [one for one in dict.fromkeys(real) if not any(other != one and one.is_relative_to(other) for other in real)]
