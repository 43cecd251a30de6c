"""What every refactoring shares: what it is given, what it proposes, and how it refuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname, splitext

from codeagent.domain.errors import Refused
from codeagent.domain.patch import Patch


class Refusal(Refused):
    """A refactoring will not do what was asked: `message` is the reason, `hint` what to do instead."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where the name stands: bytes `start` to `end` of `path`; `why` says how it was judged."""

    path: str
    start: int
    end: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Accounting:
    """Every occurrence of a name, each in exactly one bucket."""

    edited: tuple[Occurrence, ...] = ()
    other: tuple[Occurrence, ...] = ()  # proven to be something else of that name
    text: tuple[Occurrence, ...] = ()  # in strings and comments
    unresolved: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What an operation is about: a name, the keys that it is the name of (paths for modules), where it can stand."""

    name: str
    keys: frozenset[str]
    paths: tuple[str, ...] | None = None  # None: anywhere

    @classmethod
    def module(cls, path: str) -> "Named":
        """A module by the path of its file, or a package by its folder."""
        whole = dirname(path) if splitext(basename(path))[0] in ("__init__", "mod") and dirname(path) else path
        return cls(splitext(basename(whole))[0] or basename(whole), frozenset({path, f"{path}/__init__.py"}))


@dataclass(frozen=True, slots=True)
class Carried:
    """Text that a proposal moves as it is: bytes of an old file, found again in a new one."""

    path: str
    start: int
    end: int
    new_path: str
    new_start: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a refactoring would do. `renamed` maps the ids of symbols (and paths) to what they are called after it.

    The proof compares the graphs before and after: a reference in text that is neither edited nor carried, and one
    in carried text, must stand for the same definition as before, but for `renamed`; what an edit wrote anew must
    resolve. References to ids in `dropped` may disappear (an inlined function, a deleted symbol)."""

    patch: Patch
    renamed: Mapping[str, str] = field(default_factory=dict)
    carried: tuple[Carried, ...] = ()
    dropped: frozenset[str] = frozenset()
    about: tuple[Named, ...] = ()  # the targets by name; `occurrences` need not be all of theirs
    occurrences: Accounting = Accounting()
    notes: tuple[str, ...] = ()
    split: Mapping[str, str] = field(default_factory=dict)  # ids of definitions that shared a key, and after it do not


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the registry: `run(code, target(s), …)` proposes or raises Refusal.

    Positional parameters of `run` become arguments of the command, keyword-only ones its options, and `Annotated`
    texts their help; the agent's tool, the MCP tool and the plan's step follow from the same signature."""

    name: str
    summary: str
    run: Callable[..., Proposal]
