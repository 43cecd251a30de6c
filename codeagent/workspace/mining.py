"""Reading a repository's history from git: streamed, once for each commit, and only the new part of what is known.

What costs is counting lines: git must read and compare two versions of each file (0.6 ms a commit measured on a
history of 32,780 commits), ten times what naming the touched files takes. So every commit's files are named, and
lines are counted for the newest commits only; the two parts are read by two processes at once.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Final, NamedTuple

from codeagent.workspace.git import Repository
from codeagent.workspace.history import UNCOUNTED, Author, History
from codeagent.workspace.refs import is_shallow

LINES_WINDOW: Final = 4_000  # commits whose lines are counted when nothing is known yet
MOST_COMMITS: Final = 100_000  # commits read at most
_BLOCK: Final = 1 << 18
_RECORD: Final = "\x1e"
_SPARED: Final = ".git-blame-ignore-revs"  # the usual name for a list of commits that only reformat
_SHA: Final = re.compile(r"^\s*([0-9a-f]{40,64})\b", re.MULTILINE)
_FORMAT: Final = f"--format={_RECORD}%H%x1f%at%x1f%aE%x1f%aN"
_LOG: Final = (
    "log", "--no-merges", "-z", _FORMAT, "--no-ext-diff", "--no-textconv", "--no-color", "--no-notes", "--no-decorate",
    "--encoding=UTF-8", "--ignore-submodules=all", "-O/dev/null", "-l400", "--root",
)  # fmt: skip


def mine(
    repository: Repository,
    head: str,
    since: History | None = None,
    *,
    window: int = LINES_WINDOW,
    most: int = MOST_COMMITS,
) -> History:
    """The history that leads to the commit `head`.

    `since`: what an earlier call returned; if its head is an ancestor only newer commits are read. Lines are counted
    for the `window` newest commits of what is read. Commits named in .git-blame-ignore-revs are passed over: they
    only reformat. Where blobs are missing (a partial clone) no lines are counted.
    """
    spared = _spared(repository, head)
    if since is not None and since.head == head and since.spared == spared:
        return since
    if since is not None and not (since.spared == spared and _is_ancestor(repository, since.head, head)):
        since = None
    span = head if since is None else f"{since.head}..{head}"
    try:
        log = _two_parts(repository, span, spared, window, most)
    except _LogFailed:  # blobs are missing, as in a partial clone: names and exact renames need none
        log = _read(repository, span, spared, ("--name-status", "-M100%", f"-n{most}"))
    complete = len(log.dates) < most and not is_shallow(repository)
    if since is not None:
        log.join(_Log.of(since))
        complete = complete and since.complete
    return log.history(head, complete, spared)


def _spared(repository: Repository, head: str) -> tuple[str, ...]:
    done = repository.attempt("cat-file", "blob", f"{head}:./{_SPARED}")
    return tuple(sorted(set(_SHA.findall(done.stdout.decode("utf-8", "replace"))))) if done.ok else ()


def _is_ancestor(repository: Repository, older: str, newer: str) -> bool:
    return repository.attempt("merge-base", "--is-ancestor", older, newer).code == 0


def _two_parts(repository: Repository, span: str, spared: tuple[str, ...], window: int, most: int) -> "_Log":
    """The newest commits with their lines and the others without, read at the same time."""
    with ThreadPoolExecutor(1) as pool:
        names = ("--name-status", "-M", f"--skip={window}", f"-n{most - window}")
        older = pool.submit(_read, repository, span, spared, names)
        log = _read(repository, span, spared, ("--numstat", "-M", f"-n{window}"))
        log.counted = len(log.dates)
        log.join(older.result())
    return log


_Parse = Callable[[str, Iterator[str]], "_Touch"]


class _LogFailed(Exception):
    """git could not read all of the history it was asked for."""


class _Touch(NamedTuple):
    path: str
    old_path: str
    added: int = UNCOUNTED
    deleted: int = UNCOUNTED


@dataclass(slots=True)
class _Log:
    """A history being read, newest commit first, so that a rename is met before the older names are."""

    dates: "array[int]" = field(default_factory=lambda: array("q"))
    authors: "array[int]" = field(default_factory=lambda: array("I"))
    commit: "array[int]" = field(default_factory=lambda: array("I"))
    path: "array[int]" = field(default_factory=lambda: array("I"))
    added: "array[int]" = field(default_factory=lambda: array("I"))
    deleted: "array[int]" = field(default_factory=lambda: array("I"))
    people: dict[Author, int] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)  # what a path means to the next older commit
    counted: int = 0

    @classmethod
    def of(cls, past: History) -> "_Log":
        people = {author: index for index, author in enumerate(past.people)}
        names = {path: index for index, path in enumerate(past.paths)}
        return cls(
            past.dates, past.authors, past.commit, past.path, past.added, past.deleted,
            people, list(past.paths), names, past.counted,
        )  # fmt: skip

    def begin(self, date: int, author: Author) -> None:
        """One more commit; its touches follow."""
        self.dates.append(date)
        self.authors.append(self.people.setdefault(author, len(self.people)))

    def touch(self, touch: _Touch) -> None:
        """One file of the commit that was begun last."""
        index = self._index(touch.path)
        if touch.old_path != touch.path:
            self.names[touch.old_path] = index
        self.commit.append(len(self.dates) - 1)
        self.path.append(index)
        self.added.append(touch.added)
        self.deleted.append(touch.deleted)

    def _index(self, path: str) -> int:
        index = self.names.get(path)
        if index is None:
            index = self.names[path] = len(self.paths)
            self.paths.append(path)
        return index

    def join(self, older: "_Log") -> None:
        """Append what was read of the older commits, under the names that its files have now."""
        first = len(self.dates)
        paths = [self._index(path) for path in older.paths]
        authors = [self.people.setdefault(author, len(self.people)) for author in older.people]
        self.names |= {name: paths[index] for name, index in older.names.items()}
        self.dates.extend(older.dates)
        self.authors.extend(authors[author] for author in older.authors)
        self.commit.extend(commit + first for commit in older.commit)
        self.path.extend(paths[path] for path in older.path)
        self.added.extend(older.added)
        self.deleted.extend(older.deleted)
        self.counted += older.counted

    def history(self, head: str, complete: bool, spared: tuple[str, ...]) -> History:
        """What was read, as a value."""
        return History(
            head, self.dates, self.authors, tuple(self.people), tuple(self.paths),
            self.commit, self.path, self.added, self.deleted, self.counted, complete, spared,
        )  # fmt: skip


def _read(repository: Repository, span: str, spared: tuple[str, ...], options: tuple[str, ...]) -> _Log:
    """One `git log`, read block by block."""
    log = _Log()
    if "-n0" in options:
        return log
    below = ("--relative",) if repository.root != repository.top else ()
    inside = ("--", ".") if below else ("--",)
    with repository.stream(*_LOG, *options, *below, "--end-of-options", span, *inside) as running:
        assert running.stdout is not None
        parse = _numstat if "--numstat" in options else _name_status
        _fill(log, _fields(running.stdout), parse, frozenset(spared))
        if running.wait() != 0:
            raise _LogFailed
    return log


def _fields(stream: IO[bytes]) -> Iterator[str]:
    """The NUL-ended fields of a stream, without holding more than a block of it."""
    rest = b""
    while block := stream.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from map(_text, whole)
    if rest:
        yield _text(rest)


def _text(field_: bytes) -> str:
    try:
        return field_.decode("utf-8")
    except UnicodeDecodeError:
        return field_.decode("utf-8", "backslashreplace")


def _fill(log: _Log, fields: Iterator[str], parse: _Parse, spared: frozenset[str]) -> None:
    passed_over = False
    for text in fields:
        text = text.removeprefix("\n")
        if text.startswith(_RECORD):
            sha, date, email, name = text[1:].split("\x1f", 3)
            passed_over = sha in spared
            log.begin(int(date or 0), Author(name, email))
        elif text:
            touch = parse(text, fields)
            if not passed_over or touch.path != touch.old_path:
                log.touch(touch)


def _name_status(text: str, fields: Iterator[str]) -> _Touch:
    path = next(fields)
    if text[0] == "R":
        return _Touch(next(fields), path)
    return _Touch(path, path)


def _numstat(text: str, fields: Iterator[str]) -> _Touch:
    added, deleted, path = text.split("\t", 2)
    old_path = path or next(fields)
    lines = (UNCOUNTED, UNCOUNTED) if added == "-" else (int(added), int(deleted))
    return _Touch(path or next(fields), old_path, *lines)
