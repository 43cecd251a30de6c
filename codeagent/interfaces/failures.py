"""What a failure becomes at the door: a message with a hint on stderr, and an exit code."""

import errno
import os
import platform
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.text import Text

from codeagent import __version__
from codeagent.domain.errors import CodeAgentError, in_words
from codeagent.domain.printable import printable
from codeagent.interfaces.terminal import Terminal
from codeagent.workspace.storage import state_dir

INTERNAL: Final = 3
INTERRUPTED: Final = 130

EXIT_CODES: Final[Mapping[int, str]] = {
    0: "ok",
    1: "findings",
    2: "usage or configuration",
    3: "internal error",
    4: "a change could not be applied",
    5: "a budget is spent",
    6: "model provider",
    7: "permission refused",
    130: "interrupted",
}

KEPT_LOGS: Final = 20

ENVIRONMENT_FAILURES: Final = {
    errno.ENOSPC: "free some disk space, or point CODEAGENT_CACHE_DIR at another disk",
    errno.EDQUOT: "free some of your quota, or point CODEAGENT_CACHE_DIR at another disk",
    errno.EROFS: "point CODEAGENT_CACHE_DIR at a folder that can be written",
    errno.EACCES: "check the permissions of that path",
    errno.EPERM: "check the permissions of that path",
    errno.EMFILE: "raise the limit on open files: ulimit -n 4096",
    errno.ENFILE: "the system has no free file handles; try again",
}


def report(error: BaseException, terminal: Terminal) -> int:
    """Say on stderr what went wrong and what to do; return the exit code."""
    if isinstance(error, KeyboardInterrupt):
        say("interrupted", "", terminal)
        return INTERRUPTED
    if isinstance(error, CodeAgentError):
        say(error.message, error.hint, terminal)
        if terminal.verbose:
            terminal.err().print("".join(traceback.format_exception(error)), markup=False, style="dim")
        return error.exit_code
    if isinstance(error, OSError) and error.errno in ENVIRONMENT_FAILURES:
        say(in_words(error), ENVIRONMENT_FAILURES[error.errno], terminal)
        return INTERNAL
    return report_bug(error, terminal)


def say(message: str, hint: str, terminal: Terminal) -> None:
    """One line `error: …`, and one `hint: …` where there is something to do."""
    for label, style, text in (("error", "bold red", message), ("hint", "bold cyan", hint)):
        if text:
            terminal.say(Text.assemble((f"{label}:", style), " ", printable(text)))


def report_bug(error: BaseException, terminal: Terminal) -> int:
    """An error that nobody foresaw: keep a log that can be pasted, name it, exit 3."""
    log = describe_bug(error)
    name = f"{type(error).__name__}: {error}".splitlines()[0]
    try:
        path = keep_log(log)
    except OSError:
        say(f"internal error: {name}", "this is a bug in codeagent; please report what follows", terminal)
        terminal.err().print(printable(log), markup=False, soft_wrap=True)
    else:
        say(f"internal error: {name}", f"this is a bug in codeagent; please report it with {path}", terminal)
    return INTERNAL


def describe_bug(error: BaseException) -> str:
    """The text of a bug report: versions, the command, the traceback."""
    return "\n".join(
        [
            f"codeagent {__version__}",
            f"python {platform.python_version()} on {platform.platform()}",
            f"arguments: {sys.argv[1:]!r}",
            f"folder: {Path.cwd()}",
            "",
            "".join(traceback.format_exception(error)),
        ]
    )


def keep_log(log: str) -> Path:
    """Write `log` under the user's state folder, keep the newest `KEPT_LOGS`, return its path."""
    folder = state_dir() / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"bug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    path.write_text(log, encoding="utf-8", errors="backslashreplace")
    for old in sorted(folder.glob("bug-*.log"))[:-KEPT_LOGS]:
        old.unlink(missing_ok=True)
    return path


def silence_stdout() -> None:
    """The reader of our stdout went away: let nothing at exit try to write to it again."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
