"""What a change means: the one value that every form of a review is rendered from."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import Status, Verdict

REVIEW_VERSION: Final = 1
_RANK: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
Lines = tuple[int, int]  # first and last line, 1-based, both included; (n, n - 1): nothing, after line n - 1


class FailOn(StrEnum):
    """From which severity on a new finding fails a review."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SymbolChange:
    """One definition that came, went, or is not what it was.

    `symbol` is its id after the change, of a removed one before it; `old` the id before, None for an added one.
    `before` and `after` are its headers on one line, "" on the side where it is not there."""

    status: str  # added | removed | changed | moved | renamed
    kind: str
    symbol: str
    old: str | None
    path: str
    line: int
    before: str
    after: str
    public: bool
    test: bool
    complexity: int = 0
    old_complexity: int = 0


@dataclass(frozen=True, slots=True)
class SurfaceChange:
    """One difference that users of a public definition can notice; `breaking`: correct use of it may fail now."""

    change: str  # removed, renamed, moved, added, parameter-removed, parameter-required, …
    breaking: bool
    message: str
    symbol: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Dependent:
    """A symbol outside the change that leans on it, and the place where it does."""

    symbol: str
    path: str
    line: int
    distance: int
    certainty: str
    through: str  # what it leans on


@dataclass(frozen=True, slots=True)
class Impact:
    """The blast radius. `symbols` and `tests` may be cut short; the counts are whole."""

    files: tuple[str, ...] = ()  # product files outside the change
    symbols: tuple[Dependent, ...] = ()
    tests: tuple[Dependent, ...] = ()
    symbol_count: int = 0
    test_count: int = 0


@dataclass(frozen=True, slots=True)
class Untested:
    """A changed function that no test reaches, as far as the graph can see."""

    symbol: str
    path: str
    line: int
    complexity: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of one file: `old` of the file before (under its old path) became `new` of the file after."""

    path: str
    old_path: str
    old: Lines
    new: Lines


@dataclass(frozen=True, slots=True)
class Refactoring:
    """One refactoring that the difference was proven to contain; `lines` counts the changed lines it explains."""

    kind: str  # move | rename | reorder | extract | inline | format | imports | move-file
    message: str
    path: str
    line: int
    lines: int


@dataclass(frozen=True, slots=True)
class Explained:
    """How much of the difference refactorings explain; blank lines count nowhere.

    `hunks` are those whose every line one or several of them explain, with their places in `refactorings`."""

    refactorings: tuple[Refactoring, ...] = ()
    hunks: tuple[tuple[Hunk, tuple[int, ...]], ...] = ()
    lines: int = 0
    of_lines: int = 0
    of_hunks: int = 0

    def of_kinds(self, kinds: Container[str]) -> frozenset[Hunk]:
        """The hunks that refactorings of these kinds explain alone."""
        told = ((hunk, (self.refactorings[at].kind for at in by)) for hunk, by in self.hunks if by)
        return frozenset(hunk for hunk, found in told if all(kind in kinds for kind in found))

    @property
    def share(self) -> float:
        """The part of the changed lines that is explained, 0 to 1."""
        return self.lines / self.of_lines if self.of_lines else 0.0


@dataclass(frozen=True, slots=True)
class Risk:
    """How much care a change deserves, and why; `level` is low, medium or high."""

    level: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who knows the touched files; `share` is their part of that knowledge, 0 to 1."""

    name: str
    share: float
    files: int  # of the touched files, those they have worked on
    last: str  # ISO day of their latest commit to these files


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a model said of the change: `kept` was checked against it, `dropped` counts the rest by reason."""

    model: str
    kept: tuple[Finding, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    usage: Mapping[str, float | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that `codeagent review` knows. `verdict` holds all findings, new and existing; `fixed` are gone."""

    base: str
    head: str
    files: int
    added: int  # lines
    deleted: int
    symbols: tuple[SymbolChange, ...] = ()
    surface: tuple[SurfaceChange, ...] = ()
    impact: Impact = field(default_factory=Impact)
    untested: tuple[Untested, ...] = ()
    explained: Explained = field(default_factory=Explained)
    verdict: Verdict
    fixed: tuple[Finding, ...] = ()
    risk: Risk
    reviewers: tuple[Reviewer, ...] = ()
    remarks: Remarks | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)  # phase to seconds

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is new, the gravest first."""
        found = [one for result in self.verdict.results for one in result.findings]
        return tuple(sorted(found, key=lambda one: (_RANK[one.severity], one.path, one.line, one.rule)))

    @property
    def existing(self) -> tuple[Finding, ...]:
        """What was there before."""
        return tuple(one for result in self.verdict.results for one in result.existing)

    @property
    def broken(self) -> tuple[str, ...]:
        """The required gates that could not judge."""
        return tuple(one.gate for one in self.verdict.results if one.required and one.status is Status.BROKEN)

    def fails(self, on: FailOn) -> bool:
        """Tell whether a new finding is at least that grave, or a required gate could not judge."""
        if on is FailOn.NEVER:
            return False
        least = Severity(on.value)
        return bool(self.broken) or any(_RANK[one.severity] <= _RANK[least] for one in self.findings)
