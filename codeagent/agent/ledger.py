"""The ledger: a line for every call of a model, in the user's state folder, and sums over them.

One file of JSON lines a month, `usage/2026-11.jsonl`. The keys of a line are the fields of `Entry`."""

import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from codeagent.domain.run import Usage
from codeagent.workspace.storage import private_folder, state_dir


class Entry(msgspec.Struct, frozen=True, omit_defaults=False):
    """One call. `id` is ours and unique; `request_id` the provider's; `cost` in US dollars, null where unknown."""

    id: str
    time: float  # seconds since the epoch
    day: str  # of that time, UTC
    model: str
    role: str
    repository: str  # where it lies
    run: str
    step: str
    request_id: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost: float | None

    @property
    def usage(self) -> Usage:
        """What it took."""
        return Usage(self.input_tokens, self.output_tokens, self.cached_tokens, self.reasoning_tokens, self.cost, 1)


KEYS: Final[dict[str, Callable[[Entry], str]]] = {
    "model": lambda entry: entry.model,
    "run": lambda entry: entry.run,
    "day": lambda entry: entry.day,
    "repository": lambda entry: entry.repository,
}


def folder() -> Path:
    """Where the ledger lies; it may not exist yet."""
    return state_dir() / "usage"


def entry(usage: Usage, *, model: str, role: str, repository: str, run: str, step: str, request_id: str) -> Entry:
    """A line for a call that has just ended."""
    now = time.time()
    return Entry(
        uuid.uuid4().hex,
        round(now, 3),
        time.strftime("%Y-%m-%d", time.gmtime(now)),
        model,
        role,
        repository,
        run,
        step,
        request_id,
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_tokens,
        usage.reasoning_tokens,
        usage.cost,
    )


def append(line: Entry) -> str:
    """Write a line; return what is wrong where it cannot be written, for a run does not end for that."""
    storage = private_folder(folder())
    if storage.path is None:
        return storage.problem
    try:
        handle = os.open(storage.path / f"{line.day[:7]}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, msgspec.json.encode(line) + b"\n")
        finally:
            os.close(handle)
    except OSError as error:
        return f"{storage.path}: {error.strerror}"
    return ""


def read(since: str = "") -> Iterator[Entry]:
    """All calls since a day ("2026-11-26"), each once, oldest first; lines that are none are passed over."""
    seen: set[str] = set()
    for path in sorted(folder().glob("*.jsonl")):
        if path.stem < since[:7]:
            continue
        for line in path.read_bytes().splitlines():
            try:
                found = msgspec.json.decode(line, type=Entry)
            except msgspec.DecodeError:
                continue
            if found.day >= since and found.id not in seen:
                seen.add(found.id)
                yield found


@dataclass(frozen=True, slots=True)
class Sum:
    """What calls took together. `priced`: dollars of those with a known price; `unpriced`: how many have none."""

    usage: Usage = field(default_factory=Usage)
    priced: float = 0.0
    unpriced: int = 0

    def plus(self, one: Entry) -> "Sum":
        """With one call more."""
        return Sum(self.usage + one.usage, self.priced + (one.cost or 0.0), self.unpriced + (one.cost is None))


def sums(entries: Iterable[Entry], by: str) -> dict[str, Sum]:
    """What was used for each model, run, day or repository, in the order in which they first appear."""
    key, found = KEYS[by], dict[str, Sum]()
    for one in entries:
        found[key(one)] = found.get(key(one), Sum()).plus(one)
    return found
