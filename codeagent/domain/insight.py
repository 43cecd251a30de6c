"""What the survey finds out about a repository's structure, history and health."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileStat:
    """One file of a subsystem; `commits` is how often it changed, `complexity` the sum over its callables."""

    path: str
    language: str
    code_lines: int
    complexity: int
    commits: int
    test: bool


@dataclass(frozen=True, slots=True)
class Subsystem:
    """Files that belong together by their imports and calls, named from their paths.

    `cohesion` is the part of its references that stay inside, 0 to 1; `level` 0 depends on nobody."""

    name: str
    folders: tuple[str, ...]
    files: tuple[FileStat, ...]
    code_lines: int
    languages: tuple[str, ...]
    cohesion: float
    level: int
    role: str  # product | tests | aside (examples, documentation, tooling)


@dataclass(frozen=True, slots=True)
class Dependency:
    """`source` uses `target` (subsystem names) `weight` times; the place shows one of the uses."""

    source: str
    target: str
    weight: int
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class FileLink:
    """One file uses another, `weight` references in all."""

    source: str
    target: str
    weight: int


@dataclass(frozen=True, slots=True)
class External:
    """A package from outside the tree and how many files import it; the place shows one import."""

    name: str
    files: int
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Who depends on whom. `violations` are the edges that run against the layering."""

    edges: tuple[Dependency, ...]
    layers: tuple[tuple[str, ...], ...]  # lowest first
    violations: tuple[Dependency, ...]
    files: tuple[FileLink, ...]
    external: tuple[External, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Files that import each other in a circle, and the cheapest edge whose removal helps.

    `path` holds a shortest circle, each file importing the next; `cut_left` counts the files that
    are still in circles after the cut."""

    files: tuple[str, ...]
    path: tuple[str, ...]
    cut_source: str
    cut_target: str
    cut_weight: int
    cut_line: int
    cut_left: int
    when: str  # "load": as modules load; "deferred": only later, or for types; "": loading runs nothing here


@dataclass(frozen=True, slots=True)
class KeySymbol:
    """A symbol that much else leans on; `score` is PageRank × log(1 + files), relative to the highest."""

    symbol: str
    kind: str
    path: str
    line: int
    score: float
    users: int  # distinct files that use it
    references: int
    subsystem: str


@dataclass(frozen=True, slots=True)
class ReadingStep:
    """One stop of a newcomer's tour."""

    path: str
    line: int
    why: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A file that is complex and changes often; `score` is the product of both ranks, 0 to 1."""

    path: str
    line: int  # of its most complex callable
    symbol: str | None
    score: float
    commits: int
    churn: int  # lines added and deleted
    complexity: int
    code_lines: int
    authors: int


@dataclass(frozen=True, slots=True)
class Coupling:
    """Two files that change together although neither uses the other; `share` of the rarer one's commits."""

    first: str
    second: str
    together: int
    share: float


@dataclass(frozen=True, slots=True)
class Author:
    """A person by their share of commits (0 to 1) and the day of the latest."""

    name: str
    commits: int
    share: float
    last: str


@dataclass(frozen=True, slots=True)
class AreaOwnership:
    """Who knows a subsystem: the main author's share of its changes, and its bus factor."""

    subsystem: str
    main_author: str
    share: float
    authors: int
    bus_factor: int


@dataclass(frozen=True, slots=True)
class Ownership:
    """`bus_factor`: the fewest people who together made half of the changes; 0 without history."""

    authors: tuple[Author, ...]
    author_count: int
    bus_factor: int
    areas: tuple[AreaOwnership, ...]


@dataclass(frozen=True, slots=True)
class TestReach:
    """How much of a subsystem's callables a test reaches, directly or through calls (0 to 1)."""

    subsystem: str
    callables: int
    reached: int
    share: float
    test_files: int
    examples: tuple[str, ...]  # symbol ids that no test reaches, the most used first


@dataclass(frozen=True, slots=True)
class Tests:
    """Tests as the graph sees them: static reach, not measured coverage."""

    files: int
    cases: int
    reached: float
    areas: tuple[TestReach, ...]
    untested: tuple[str, ...]  # subsystems that no test reaches


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A refactoring worth doing: why, what it would change, how risky it is, and what would do it.

    `id` stays the same as long as it is about the same thing, whatever else changes."""

    id: str
    kind: str  # break-cycle, split-module, simplify, share-copies, delete-dead, tidy-imports, mend-layers, ...
    title: str
    operation: str  # a refactoring that works on that language, else "rewrite": by hand or by a model
    targets: tuple[str, ...]  # symbol ids or paths
    path: str
    line: int
    evidence: tuple[str, ...]
    effect: str
    risk: str  # low | medium | high
    fan_in: int
    test_reach: float  # part of the targets that tests reach, 0 to 1
    score: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the tree the report could see; every "nobody uses this" leans on it."""

    files: int
    parsed: int
    parse_errors: int
    calls: int
    unknown_calls: int
    resolved: float  # part of the calls with at least one target, 0 to 1
    commits: int
    freshness: str
    notes: tuple[str, ...]
