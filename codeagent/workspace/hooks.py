"""Where git looks for its hooks, and putting one there: whole or not at all, beside what was there before."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.errors import Refused
from codeagent.workspace.durable import write_new
from codeagent.workspace.git import Repository

_LARGEST: Final = 1 << 20  # bytes of a hook that is read


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook: its file, and whether that lies among the files of the repository, where others get it too."""

    path: Path
    shared: bool


def hook_of(repository: Repository, name: str) -> Hook:
    """Return where git looks for a hook: in `core.hooksPath`, else in the folder that all worktrees share."""
    named = _configured(repository)
    if named:
        folder = Path(repository.top, named)
    else:
        shared = repository.run("rev-parse", "--git-common-dir")
        folder = Path(repository.root, os.fsdecode(shared.rstrip(b"\n"))) / "hooks"
    inside = folder.resolve().is_relative_to(repository.top.resolve()) and ".git" not in folder.resolve().parts
    return Hook(folder / name, inside and not _is_ignored(repository, folder / name))


def _is_ignored(repository: Repository, path: Path) -> bool:
    """Whether git leaves a file of the repository out, so that nobody else gets it."""
    plain = {"GIT_LITERAL_PATHSPECS": "0"}  # this command knows no other paths than literal ones, and refuses the word
    return repository.attempt("check-ignore", "-q", "--", os.fspath(path), extra=plain).ok


def _configured(repository: Repository) -> str:
    """`core.hooksPath` as the user's and the repository's files set it, the nearest last; "" where none does."""
    done = repository.attempt("config", "-z", "--type=path", "--show-scope", "--get-all", "core.hooksPath")
    words = os.fsdecode(done.stdout).split("\0")
    rows = zip(words[0::2], words[1::2], strict=False)
    values = [value for scope, value in rows if scope != "command"]  # that one is our own guard
    return values[-1] if values else ""


def read_hook(path: Path) -> str | None:
    """Return the text of a hook, None where there is none. Raises Refused for what is no readable file."""
    try:
        data = path.read_bytes()[:_LARGEST]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}", "nothing was changed") from error
    return data.decode("utf-8", "surrogateescape")


def put_hook(path: Path, text: str, kept: Path | None) -> None:
    """Write a hook that may be executed; what was there goes to `kept`. Raises Refused where that cannot be done."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(os.fspath(temporary), text.encode("utf-8", "surrogateescape"), 0o755)
        if kept is not None:
            os.link(path, kept)  # refuses to replace a file, as rename would not
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise Refused(f"{error.filename or path} cannot be written: {error.strerror}", "nothing was changed") from error


def take_hook(path: Path, kept: Path | None) -> None:
    """Take a hook out; `kept` comes back in its place. Raises Refused where that cannot be done."""
    try:
        if kept is not None:
            os.replace(kept, path)
        else:
            path.unlink()
    except OSError as error:
        raise Refused(f"{path} cannot be taken out: {error.strerror}", "nothing was changed") from error
