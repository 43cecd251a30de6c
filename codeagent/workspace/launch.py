"""The last step before a command of the repository: limits are set, a private network is woken, and it is started.

Runs as a program of its own (`python -I -S launch.py SETTINGS COMMAND…`), so that no lock of this process is
held when it sets limits. SETTINGS is JSON: `limits` (names of the module resource to numbers), `loopback`, `last`
(nothing follows that must gain rights by being started, as the tools that make namespaces may), and `watched`, the
process without which the command and all of its group shall not live: where no namespace of processes sees to that, we
stay and watch."""

import ctypes
import json
import os
import signal
import socket
import struct
import sys
import time
from _thread import start_new_thread

if sys.platform != "win32":
    import fcntl
    import resource

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 1, 38, 47, 4
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_CANNOT_START = 127
_GLANCE = 0.1  # seconds


def main(settings: str, command: list[str]) -> None:
    """Set everything and become the command; exit 127 where it cannot be started."""
    asked = json.loads(settings)
    if sys.platform != "win32":
        for name, most in asked.get("limits", {}).items():
            lower(name, most)
        if asked.get("watched"):
            watch(asked["watched"])
        for one in (signal.SIGPIPE, signal.SIGXFSZ):  # this Python ignores them, and a command would inherit that
            signal.signal(one, signal.SIG_DFL)
    if sys.platform.startswith("linux"):
        shut_in(asked)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be started: {error.strerror}\n")
        sys.exit(_CANNOT_START)


def shut_in(asked: dict[str, object]) -> None:
    """Let this process end with the one that started it, and what it becomes gain no rights."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if asked.get("loopback"):
        wake_loopback()
    if asked.get("last"):
        libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def lower(name: str, most: int) -> None:
    """Lower a limit; one that is stricter already stays."""
    if sys.platform == "win32":
        return
    which = getattr(resource, name, None)
    if which is None:
        return
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def watch(owner: int) -> None:
    """Return in a child of this process; the process itself ends as the child does, or ends the group without `owner`.

    No signal of the system serves: it would reach one process alone, and be lost where a program changes its user."""
    if sys.platform == "win32":
        return
    child = os.fork()
    if child == 0:
        return
    os.close(0)  # what is fed to the command must fail once the command reads no more
    start_new_thread(end_without, (owner,))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        end_by(os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def end_by(number: int) -> None:
    """End this process by a signal, so that it is seen to have ended as its child did."""
    lower("RLIMIT_CORE", 0)
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def end_without(owner: int) -> None:
    """End the group of this process as soon as the one that started it is gone."""
    if sys.platform == "win32":
        return
    while os.getppid() == owner:
        time.sleep(_GLANCE)
    os.killpg(0, signal.SIGKILL)


def wake_loopback() -> None:
    """Bring up the loopback device of a network of our own: tests talk to servers that they start."""
    if sys.platform == "win32":
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        request = fcntl.ioctl(door, _SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        (flags,) = struct.unpack_from("16xH", request)
        fcntl.ioctl(door, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
