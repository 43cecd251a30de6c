"""What of a repository the user lets run or lets a model heed: recorded outside of it, by place and exact text."""

import json
import os
import shlex
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

from codeagent.domain.errors import NotPermitted
from codeagent.workspace.storage import state_dir


@dataclass(frozen=True, slots=True)
class Runnable:
    """A command that a repository brings: its words, the folder it runs in, and the text that says what it does where
    that stands in a file of the repository, such as a script of package.json."""

    argv: tuple[str, ...]
    folder: str = ""
    defined: str = ""

    @property
    def digest(self) -> str:
        """What stands for the command in the record; another one when any part of it changes."""
        text = json.dumps([self.argv, self.folder, self.defined])
        return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def __str__(self) -> str:
        return shlex.join(self.argv) + (f" (in {self.folder})" if self.folder else "")


@dataclass(frozen=True, slots=True)
class Words:
    """A file of a repository that tells agents what to do, such as AGENTS.md or a skill."""

    path: str
    text: bytes

    @property
    def digest(self) -> str:
        """What stands for the words in the record; another one when any of them changes."""
        return blake2b(self.text, digest_size=16, person=b"words").hexdigest()

    def __str__(self) -> str:
        return f"(what agents are told) {self.path}"


@dataclass(frozen=True, slots=True)
class Pass:
    """A waiver in a repository's own settings: what it would let pass."""

    path: str
    table: str  # its keys and values, in order

    @property
    def digest(self) -> str:
        """What stands for the waiver in the record; another one when any of it changes."""
        return blake2b(self.table.encode("utf-8", "surrogateescape"), digest_size=16, person=b"waiver").hexdigest()

    def __str__(self) -> str:
        return f"(what gates let pass) {self.path}: {self.table}"


@dataclass(frozen=True, slots=True)
class Record:
    """One trusted repository; `commands`, and words for agents, as they were shown to the user, by digest."""

    root: str
    when: str
    commands: dict[str, str]


def listed() -> list[Record]:
    """Return what the user trusts, by root."""
    try:
        held = json.loads(_file().read_bytes())
        return [Record(one["root"], one["when"], dict(one["commands"])) for one in held["trusted"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # an unreadable record trusts nobody


def trust(root: Path, commands: Iterable[Runnable | Words | Pass]) -> Record:
    """Record that exactly these commands of a repository may run, these words be heeded and these waivers count."""
    made = Record(_place(root), time.strftime("%Y-%m-%d %H:%M"), {one.digest: str(one) for one in commands})
    _write([*(one for one in listed() if one.root != made.root), made])
    return made


def revoke(root: Path) -> bool:
    """Forget a repository; False where it was not trusted."""
    kept = [one for one in listed() if one.root != _place(root)]
    if len(kept) == len(listed()):
        return False
    _write(kept)
    return True


def is_trusted(root: Path) -> bool:
    """Tell whether the user has recorded trust in a repository."""
    return any(one.root == _place(root) for one in listed())


def untrusted(root: Path, commands: Iterable[Runnable]) -> list[Runnable]:
    """Return the commands that the user has not let run."""
    known: dict[str, str] = next((one.commands for one in listed() if one.root == _place(root)), {})
    return [one for one in commands if one.digest not in known]


def heeded(root: Path, words: Words | Pass) -> bool:
    """Whether the user lets models heed exactly these words of a repository, or gates this waiver."""
    return any(one.root == _place(root) and words.digest in one.commands for one in listed())


def require(root: Path, commands: Sequence[Runnable], *, once: bool = False) -> None:
    """Raise NotPermitted, naming the command, where one may not run. `once`: the user says yes for this run."""
    new = [] if once else untrusted(root, commands)
    if new:
        why = "has changed since you trusted this repository" if is_trusted(root) else "is code of this repository"
        more = f" (and {len(new) - 1} more)" if len(new) > 1 else ""
        raise NotPermitted(f"not run: {new[0]}{more}; it {why}", f"read it, then {_remedy()}")


def _remedy() -> str:
    if os.environ.get("PRE_COMMIT"):  # it has put us where no PATH of the user leads
        return f"run {shlex.quote(sys.executable)} -m codeagent trust, or give the hook `args: [--trust]`"
    return "run codeagent trust, or allow it this once by --trust"


def _place(root: Path) -> str:
    return os.fspath(root.resolve())


def _file() -> Path:
    return state_dir() / "trust.json"


def _write(records: list[Record]) -> None:
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps({"schema_version": 1, "trusted": [asdict(one) for one in records]}, indent=1)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
    temporary.chmod(0o600)
    os.replace(temporary, file)
