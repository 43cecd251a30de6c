"""Commit messages with the files they touched, oldest first, streamed from git."""

from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from codeagent.domain.errors import UsageError
from codeagent.workspace.git import Repository

_BLOCK: Final = 1 << 18
_RECORD: Final = "\x1e"
_LOG: Final = (
    "log", "--no-merges", "--date-order", "--reverse", "-z", "--name-status", "-M", "-l400", "-O/dev/null", "--root",
    f"--format={_RECORD}%H%x1f%B", "--no-ext-diff", "--no-textconv", "--no-color", "--no-notes", "--no-decorate",
    "--encoding=UTF-8", "--ignore-submodules=all",
)  # fmt: skip


class Told(NamedTuple):
    """One commit: its id, its whole message, and (status letter, old path, new path) of each file."""

    commit: str
    message: str
    touches: tuple[tuple[str, str, str], ...]


def is_before(repository: Repository, older: str, newer: str) -> bool:
    """Whether the commit `newer` builds on `older`."""
    return repository.attempt("merge-base", "--is-ancestor", older, newer).code == 0


def tell(repository: Repository, head: str, after: str, most: int) -> Iterator[Told]:
    """Yield the `most` newest commits up to `head`, without those up to `after` where it is not empty.

    Merges are left out; parents come before children. Raises UsageError where git cannot read them."""
    span = f"{after}..{head}" if after else head
    below = ("--relative",) if repository.root != repository.top else ()
    inside = ("--", ".") if below else ("--",)
    with repository.stream(*_LOG, f"-n{most}", *below, "--end-of-options", span, *inside) as running:
        assert running.stdout is not None
        yield from _commits(_fields(running.stdout))
        if running.wait() != 0:
            raise UsageError(f"git could not read the history of {repository.root}", "git fsck says what is broken")


def _commits(fields: Iterator[str]) -> Iterator[Told]:
    commit = message = ""
    touches: list[tuple[str, str, str]] = []
    for text in fields:
        text = text.removeprefix("\n")
        if text.startswith(_RECORD):
            if commit:
                yield Told(commit, message, tuple(touches))
            commit, _, message = text[1:].partition("\x1f")
            touches = []
        elif text:
            old = next(fields, "")
            new = next(fields, "") if text[0] in "RC" else old
            touches.append(("A", new, new) if text[0] == "C" else (text[0], old, new))
    if commit:
        yield Told(commit, message, tuple(touches))


def _fields(stream: IO[bytes]) -> Iterator[str]:
    """The NUL-ended fields of a stream, without holding more than a block of it."""
    rest = b""
    while block := stream.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from (field.decode("utf-8", "backslashreplace") for field in whole)
    if rest:
        yield rest.decode("utf-8", "backslashreplace")
