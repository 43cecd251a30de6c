"""Running other programs: argument lists only, bounded in time and output, with an environment that holds no keys."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from codeagent.domain.errors import CodeAgentError

WINDOWS: Final = os.name == "nt"
_GRACE: Final = 1.0  # seconds
DEFAULT_LIMIT: Final = 64 * 1024 * 1024  # bytes of output kept

# Only names that programs need to run at all or to find their tools and caches; never what may hold a secret.
_HARMLESS: Final = """
    PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM TMPDIR TEMP TMP PWD COLUMNS LINES NO_COLOR CI
    SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA
    PROGRAMFILES PROGRAMFILES(X86) NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE
    VIRTUAL_ENV CONDA_PREFIX PYENV_ROOT PYENV_VERSION PYTHONPATH PYTHONDONTWRITEBYTECODE PYTHONUTF8
    JAVA_HOME GOPATH GOROOT GOCACHE GOMODCACHE GOFLAGS CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN
    NODE_PATH NVM_DIR NVM_BIN VOLTA_HOME COREPACK_HOME PNPM_HOME GEM_HOME GEM_PATH RBENV_ROOT RBENV_VERSION
    SSL_CERT_FILE SSL_CERT_DIR LD_LIBRARY_PATH DYLD_LIBRARY_PATH SOURCE_DATE_EPOCH
"""
_KEPT: Final = frozenset(_HARMLESS.split())
_LIVING: Final[set["subprocess.Popen[bytes]"]] = set()  # started here and not yet reaped
_KEPT_PREFIXES: Final = ("LC_", "XDG_")


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended; `code` is negative for a signal, `truncated` says that output beyond the limit was cut."""

    argv: tuple[str, ...]
    code: int
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False

    @property
    def ok(self) -> bool:
        """Whether it ran to its end and returned 0."""
        return self.code == 0 and not self.timed_out and not self.truncated

    def complaint(self) -> str:
        """The last line it wrote to stderr, or how it died."""
        if self.timed_out:
            return f"timed out after {self.seconds:.0f} s"
        lines = self.stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else f"exit code {self.code}"


class ProgramMissing(CodeAgentError):
    """The program itself is not installed or not executable."""

    exit_code = 2


def clean_environment(extra: Mapping[str, str] | None = None, keep: Sequence[str] = ()) -> dict[str, str]:
    """This process's environment without anything that may be a key: known harmless names, `keep`, then `extra`."""
    wanted = _KEPT.union(keep)
    found = {name: value for name, value in os.environ.items() if name in wanted or name.startswith(_KEPT_PREFIXES)}
    return found | dict(extra or {})


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    timeout: float = 60.0,
    limit: int = DEFAULT_LIMIT,
    extra: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    stdin: bytes | None = None,
) -> Completed:
    """Run a command to its end and keep at most `limit` bytes of each stream.

    At the timeout (seconds), at the limit and on interruption the whole process group is killed.
    Raises ProgramMissing where the program cannot be started.
    """
    started = time.monotonic()
    with popen(argv, cwd=cwd, extra=extra, keep=keep, fed=stdin is not None) as process:
        drains = [_Drain(stream, limit, process) for stream in (process.stdout, process.stderr) if stream]
        if stdin is not None:
            feed(process, stdin)
        timed_out = _await(process, drains, started + timeout)
        kill_group(process)  # also what it left running in its group
        for drain in drains:
            drain.join(_GRACE)  # something that left the group may hold the stream open for ever
    out, err = drains
    cut = out.cut or err.cut
    return Completed(
        tuple(argv), process.returncode, out.kept(), err.kept(), time.monotonic() - started, timed_out, cut
    )


@contextmanager
def popen(
    argv: Sequence[str],
    *,
    cwd: Path,
    extra: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    fed: bool = False,
    quiet: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command in its own group; on leaving, however that happens, the group is dead and reaped.

    `fed`: it will be given input by `feed`; `quiet`: what it says on stderr is dropped."""
    try:
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=clean_environment(extra, keep),
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
            start_new_session=not WINDOWS,
            bufsize=0,  # a buffered stream could not be closed while a thread waits to read from it
        )
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        if not cwd.is_dir():
            raise CodeAgentError(f"{cwd} is not a folder") from error
        raise ProgramMissing(f"{argv[0]} cannot be started: {error.strerror}", f"install {argv[0]}") from error
    _LIVING.add(process)
    try:
        yield process
    finally:
        if process.returncode is None:
            kill_group(process)
        _LIVING.discard(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with suppress(OSError):
                    stream.close()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process, everything in its group, and reap it; harmless when it has ended."""
    with suppress(OSError):
        if WINDOWS:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_all() -> None:
    """End every command that is running, whoever waits for it; for a process that is about to end itself."""
    for process in tuple(_LIVING):
        with suppress(OSError):
            process.kill() if WINDOWS else os.killpg(process.pid, signal.SIGKILL)


class Later(threading.Thread):
    """A command that runs while its caller goes on; `result` waits for it and raises what it raised."""

    def __init__(self, start: Callable[[], Completed]) -> None:
        super().__init__(daemon=True)
        self._command = start
        self._outcome: Completed | BaseException | None = None
        self.start()

    def run(self) -> None:
        """Called by the thread itself."""
        try:
            self._outcome = self._command()
        except BaseException as error:  # handed to the caller, who decides
            self._outcome = error

    def result(self) -> Completed:
        """How the command ended."""
        self.join()
        if not isinstance(self._outcome, Completed):
            raise self._outcome or RuntimeError("the command was never run")
        return self._outcome


def _await(process: subprocess.Popen[bytes], drains: "list[_Drain]", deadline: float) -> bool:
    """Wait until the command has ended and said all; True where the deadline came first.

    Waits on its output, which ends at once when it does: Popen.wait would sleep in growing steps. A command that
    has ended while something it left behind holds its output open is over too."""
    while any(drain.is_alive() for drain in drains):
        for drain in drains:
            drain.join(min(0.1, max(0.0, deadline - time.monotonic())))
        if process.poll() is not None:
            return False
        if time.monotonic() >= deadline:
            return True
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return True
    return False


class _Drain(threading.Thread):
    """Reads one stream to its end, keeps `limit` bytes, and kills the writer that goes beyond."""

    def __init__(self, stream: IO[bytes], limit: int, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._stream, self._limit, self._process = stream, limit, process
        self._parts: list[bytes] = []
        self.cut = False
        self.start()

    def run(self) -> None:
        size = 0
        with suppress(OSError, ValueError):
            while block := self._stream.read(1 << 16):
                self._parts.append(block)
                size += len(block)
                if size > self._limit:
                    self.cut = True
                    kill_group(self._process)
                    return

    def kept(self) -> bytes:
        return b"".join(self._parts)[: self._limit]


def feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    """Write the whole input from a thread while the output is being read, so that neither side waits for the other."""

    def write(stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):  # it ended before it had read everything
            rest = memoryview(data)
            while rest:
                rest = rest[stream.write(rest) :]
            stream.close()

    if process.stdin:
        threading.Thread(target=write, args=(process.stdin,), daemon=True).start()
