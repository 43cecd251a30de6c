"""The last step before a command of the repository: limits are set, a private network is woken, and it is started.

Runs as a program of its own (`python -I -S launch.py SETTINGS COMMAND…`), so that no lock of this process is
held when it sets limits. SETTINGS is JSON: `limits` (names of the module resource to numbers), `loopback`, and
`last` (nothing follows that must gain rights by being started, as the tools that make namespaces may)."""

import ctypes
import json
import os
import signal
import socket
import struct
import sys

if sys.platform != "win32":
    import fcntl
    import resource

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 1, 38, 47, 4
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_CANNOT_START = 127


def main(settings: str, command: list[str]) -> None:
    """Set everything and become the command; exit 127 where it cannot be started."""
    asked = json.loads(settings)
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if asked.get("loopback"):
            wake_loopback()
        libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
        if asked.get("last"):
            libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if sys.platform != "win32":
        for name, most in asked.get("limits", {}).items():
            lower(name, most)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be started: {error.strerror}\n")
        sys.exit(_CANNOT_START)


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
