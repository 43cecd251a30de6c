"""The one hardened door to git: reading commands only, and nothing that a repository's configuration names is run."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.errors import UsageError, in_words
from codeagent.workspace import git_index, process
from codeagent.workspace.process import Completed

# Last word over every configuration file, in every version of git.
_GUARDS: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.sshCommand=false",
    "core.askPass=",
    "core.pager=cat",
    "core.quotePath=false",
    "credential.helper=",
    "protocol.allow=never",
    "uploadpack.packObjectsHook=",
    "log.showSignature=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "color.ui=false",
    "safe.directory=*",  # reading a repository of somebody else is safe once nothing in it can run
)
# Commands that read the index and objects only. All others may convert file contents by filters that the
# repository's configuration names, so each of those names is overridden first.
_CONVERT_NOTHING: Final = frozenset(
    ("ls-files", "ls-tree", "cat-file", "rev-parse", "rev-list", "log", "for-each-ref", "diff-tree", "merge-base")
)
_DRIVERS: Final = (
    r"^(filter\..*\.(clean|smudge|process|required)|diff\..*\.(command|textconv)|merge\..*\.driver"
    r"|gpg\.(.*\.)?program|codeagent\.guarded)$"
)
_CANARY: Final = "codeagent.guarded"  # seen in git's answer: proof that this git honours overrides by environment
_ENVIRONMENT: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_KEPT: Final = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")  # which configuration the user reads
_CLOSED: Final = re.compile(r'open\("(.*)"\): Permission denied')
_TIMEOUT: Final = 120.0
_LIMIT: Final = 1 << 30


class GitMissing(UsageError):
    """There is no git program; what needs history or revisions cannot be answered."""


class NotARepository(UsageError):
    """The folder is in no git repository."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository as seen from `root`, which may be its top, a folder below, or a bare repository."""

    root: Path
    top: Path  # where .git lies; the repository itself where it is bare
    bare: bool = False

    @property
    def folder(self) -> Path:
        """git's own folder for what is checked out here; of a worktree or a submodule, `.git` names it."""
        mark = self.root if self.bare else self.top / ".git"
        if not mark.is_file():
            return mark
        named = mark.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
        return self.top / named

    def run(self, *arguments: str, timeout: float = _TIMEOUT, limit: int = _LIMIT, stdin: bytes | None = None) -> bytes:
        """What a git command prints. Raises UsageError with git's own words where it fails."""
        done = self.attempt(*arguments, timeout=timeout, limit=limit, stdin=stdin)
        if not done.ok:
            raise failure(self.root, arguments, done)
        return done.stdout

    def attempt(
        self,
        *arguments: str,
        timeout: float = _TIMEOUT,
        limit: int = _LIMIT,
        stdin: bytes | None = None,
        extra: dict[str, str] | None = None,
    ) -> Completed:
        """Run a git command that may well fail; the caller reads `ok`. `extra` adds environment variables."""
        guarded = self._environment(arguments[0]) | (extra or {})
        if arguments[0] != "diff" or "GIT_INDEX_FILE" in guarded:
            return _git(self.root, arguments, guarded, timeout=timeout, limit=limit, stdin=stdin)
        with git_index.copied(self.folder) as index:
            return _git(self.root, arguments, guarded | index, timeout=timeout, limit=limit, stdin=stdin)

    @contextmanager
    def stream(self, *arguments: str, stdin: bytes | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """A running git command whose output is read as it comes; it is ended on leaving."""
        argv = _argv(arguments)
        extra = self._environment(arguments[0])
        try:
            with process.popen(
                argv, cwd=self.root, extra=extra, keep=_KEPT, fed=stdin is not None, quiet=True
            ) as running:
                if stdin is not None:
                    process.feed(running, stdin)
                yield running
        except process.ProgramMissing as error:
            raise _missing() from error

    def _environment(self, command: str) -> dict[str, str]:
        return _ENVIRONMENT if command in _CONVERT_NOTHING else _ENVIRONMENT | _overrides(_drivers(self.root))


def _argv(arguments: Sequence[str]) -> list[str]:
    return ["git", "--no-pager", *(part for pair in _GUARDS for part in ("-c", pair)), *arguments]


def _git(
    root: Path, arguments: Sequence[str], extra: dict[str, str], *, timeout: float, limit: int, stdin: bytes | None
) -> Completed:
    try:
        argv = _argv(arguments)
        return process.run(argv, cwd=root, timeout=timeout, limit=limit, extra=extra, keep=_KEPT, stdin=stdin)
    except process.ProgramMissing as error:
        raise _missing() from error


def _missing() -> GitMissing:
    return GitMissing("git is not installed", "install git to read history and revisions")


def _overrides(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Overriding configuration as environment: unlike -c it can carry names that hold an equals sign."""
    settings = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for index, (key, value) in enumerate(pairs):
        settings |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return settings


def _drivers(root: Path) -> list[tuple[str, str]]:
    """An override for each program that the configuration, includes and all, names for file contents.

    Asked anew each time: a command that ran in between may have changed the configuration."""
    arguments = ("config", "-z", "--name-only", "--includes", "--get-regexp", _DRIVERS)
    canary = _ENVIRONMENT | _overrides([(_CANARY, "true")])
    done = _git(root, arguments, canary, timeout=20.0, limit=1 << 24, stdin=None)
    if not done.ok:
        raise failure(root, arguments, done)
    named = {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
    if _CANARY not in named:
        raise UsageError("this git is too old to read a repository safely", "install git 2.31 or newer")
    return [(name, "false" if name.endswith(".required") else "") for name in sorted(named - {_CANARY})]


def failure(root: Path, arguments: Sequence[str], done: Completed) -> UsageError:
    """The error that says in one line why git failed and what would help."""
    complaint = done.complaint().removeprefix("fatal: ")
    words = done.stderr.decode("utf-8", "replace")
    if "dubious ownership" in words or "unsafe repository" in words:
        remedy = f"git config --global --add safe.directory '{root}'"
        return UsageError(f"git refuses {root}: it belongs to another user", remedy)
    if "not a git repository" in words:
        return NotARepository(f"{root} is in no git repository", "name a folder inside a repository, or run git init")
    if closed := _CLOSED.search(words):
        return UsageError(f"{closed[1]} may not be read, so git cannot say what changed in it", "make it readable")
    return UsageError(f"git {arguments[0]} failed in {root}: {complaint}")


def trouble(repository: Repository) -> str:
    """Why git can make nothing of a repository, in its own words; "" where it can."""
    done = repository.attempt("rev-parse", "--git-dir")
    return "" if done.ok else done.complaint().removeprefix("fatal: ")


def enclosing(folder: Path) -> Repository | None:
    """The repository that `folder` lies in, found without running git; None where there is none."""
    if _is_bare(folder):
        return Repository(folder, folder, bare=True)
    for above in (folder, *folder.parents):
        mark = above / ".git"
        try:
            found = mark.is_file() or (mark / "HEAD").exists()
        except PermissionError as error:
            raise UsageError(f"{mark} cannot be read: permission denied", "check its permissions") from error
        if found:
            return Repository(folder, above)
    return None


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def find_root(path: Path) -> Path:
    """The top of the enclosing git repository, else the folder itself. Raises UsageError: no such path, a file."""
    folder = existing_folder(path)
    repository = enclosing(folder)
    return repository.top if repository else folder


def existing_folder(path: Path) -> Path:
    """`path` as an absolute folder that can be listed. Raises UsageError where it is none."""
    try:
        folder = path.expanduser().resolve()
        if folder.is_dir():
            os.scandir(folder).close()
            return folder
        there = folder.exists()
    except PermissionError as error:
        raise UsageError(f"{path} cannot be read: permission denied") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"{path} is not a usable path: {in_words(error)}") from error
    if there:
        raise UsageError(f"{path} is a file, not a folder", f"name its folder: {path.parent}")
    raise UsageError(f"{path} does not exist", "name an existing folder")
