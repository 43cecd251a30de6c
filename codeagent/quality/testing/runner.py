"""What a test runner is to us: how it is found in a tree, how it is started, and how its report is read."""

import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from codeagent.quality.testing.report import TestReport
from codeagent.workspace.process import Completed
from codeagent.workspace.scratch import STARTUP
from codeagent.workspace.trust import Runnable

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_WENT_WRONG: Final = re.compile(
    r"^\* What went wrong:\n((?:.*\S.*\n?)+)|^\[ERROR\] ((?:.*:\n\[ERROR\] )?.*)"
    r"|^Exception in thread \"[^\"]*\" (.*)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Files:
    """A tree as detection sees it; `root` is the user's, where installed packages lie."""

    root: Path
    paths: Collection[str]
    read: Callable[[str], bytes]

    def text(self, path: str) -> str:
        """Return a file's text, "" where there is no such file."""
        try:
            return self.read(path).decode("utf-8", "replace") if path in self.paths else ""
        except OSError:
            return ""

    def folders(self, *names: str) -> list[str]:
        """Return the folders that hold a file of one of these names, the outermost first."""
        found = {path.rpartition("/")[0] for path in self.paths if path.rpartition("/")[2] in names}
        return sorted(found, key=lambda one: (one.count("/") + bool(one), one))

    def has(self, folder: str, *names: str) -> bool:
        """Tell whether a folder holds a file of one of these names."""
        return any(within(folder, name) in self.paths for name in names)


@dataclass(frozen=True, slots=True)
class TestCommand:
    """How one part of a repository is tested, before anything is chosen; `defined` as in `Runnable`.

    `looks_in` are the folders (relative to its own) where it looks for tests, `named` the patterns of the names of the
    files that it takes for tests; empty for all of them. `environment` is what it is told besides."""

    __test__ = False

    runner: str
    argv: tuple[str, ...]
    folder: str = ""
    defined: str = ""
    looks_in: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def takes(self, path: str) -> bool:
        """Tell whether a file (relative to the command's folder) is one in which it looks for tests."""
        looked = tuple(f"{folder.rstrip('/')}/" for folder in self.looks_in) or ("",)
        called = not self.named or any(_matches(path, one) for one in self.named)
        return called and f"{path}/".startswith(looked)

    @property
    def runnable(self) -> Runnable:
        """What the user is asked to trust."""
        return Runnable(self.argv, self.folder, self.defined)


def _matches(path: str, pattern: str) -> bool:
    """A pattern with a folder in it speaks of the end of the path, any other of the file's name."""
    return fnmatch(f"/{path}", f"*/{pattern}") if "/" in pattern else fnmatch(path.rpartition("/")[2], pattern)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command runs: the scratch, a file or folder of its own for the report, and where our reporters lie."""

    scratch: Path
    folder: str
    report: Path
    startup: Path = STARTUP

    def relative(self, path: str) -> str:
        """Return a path that a runner named as one relative to the root."""
        whole = path if os.path.isabs(path) else os.path.join(self.scratch, self.folder, path)
        return os.path.relpath(whole, self.scratch).replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Started:
    """The words and the environment that a command is started with."""

    argv: tuple[str, ...]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Runner:
    """A test runner. `start` takes test files (relative to the command's folder) or None for all tests."""

    find: Callable[[Files], list[TestCommand]]
    start: Callable[[TestCommand, tuple[str, ...] | None, Place], Started]
    read: Callable[[Place, Completed], TestReport]
    suffixes: tuple[str, ...] = ("",)  # of the files that hold its tests
    chooses: bool = True  # False: it runs all its tests whatever is chosen


def within(folder: str, name: str) -> str:
    """Return the path of a name in a folder ("" is the root)."""
    return f"{folder}/{name}" if folder else name


def module_of(path: str) -> str:
    """Return the name by which Python imports a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def outermost(commands: list[TestCommand]) -> list[TestCommand]:
    """Return the commands without those whose folder lies below another's."""
    kept: list[TestCommand] = []
    for one in commands:
        if not any(
            one.folder != other.folder and f"{one.folder}/".startswith(within(other.folder, "")) for other in kept
        ):
            kept.append(one)
    return kept


def tail(done: Completed, lines: int = 12) -> str:
    """Return the last lines that a command said, to tell what went wrong."""
    text = _COLOUR.sub("", (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace"))
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def unread(done: Completed, why: str) -> TestReport:
    """Return the report of a run that told nothing that can be read."""
    if done.timed_out:
        why = f"timed out after {done.seconds:.0f} s"
    elif done.truncated:
        why = "said more than is kept"
    said = (_complaint(done) or tail(done, 3)).replace("\n", " | ")
    return TestReport(broken=f"{why}{': ' if said else ''}{said[-400:]}")


def _complaint(done: Completed) -> str:
    """What a build tool says went wrong, where it says so in a way of its own; its last lines are advice."""
    text = _COLOUR.sub("", (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace"))
    found = _WENT_WRONG.search(text)
    return (
        re.sub(r"\s*\n\s*", " | ", (found[1] or found[2] or found[3]).replace("[ERROR] ", "").strip())[:400]
        if found
        else ""
    )
