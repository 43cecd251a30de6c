"""The onboarding report of a repository: one frozen value that every renderer reads."""

from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.domain.insight import (
    Coupling,
    Coverage,
    Cycle,
    Dependencies,
    Hotspot,
    KeySymbol,
    Opportunity,
    Ownership,
    ReadingStep,
    Subsystem,
    Tests,
)

REPORT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a claim can be checked: a path relative to the root and a 1-based line."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Repository:
    """What is looked at. Dates are ISO days; `notes` say what could not be known, and why."""

    name: str
    root: str
    description: str
    license: str
    revision: str | None
    dirty: bool
    commits: int
    first_commit: str | None
    last_commit: str | None
    files: int
    code_files: int
    lines: int
    code_lines: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """One language; `share` is its part of all lines of code, 0 to 1."""

    name: str
    files: int
    test_files: int
    lines: int
    code_lines: int
    share: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """Files that were left out for one reason; `examples` are at most five of them."""

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Technology:
    """A framework, library or tool that the repository's own files name."""

    name: str
    category: str
    version: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """How to do something here. `purpose` is install, build, test, lint, format, run or other."""

    purpose: str
    command: str
    directory: str  # relative to the root, "" for the root itself
    source: str  # where it was read: "pyproject.toml", "Makefile", "CI", ...
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """Where execution starts. `kind`: console-script, main, route, cli-command, package, script, service."""

    kind: str
    name: str
    target: str | None  # symbol id where the graph knows it
    framework: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything `codeagent analyze` knows; the fields are the top-level keys of its JSON."""

    schema_version: int = REPORT_VERSION
    repository: Repository
    languages: tuple[LanguageShare, ...]
    skipped: tuple[Skipped, ...]
    stack: tuple[Technology, ...]
    commands: tuple[Command, ...]
    entry_points: tuple[EntryPoint, ...]
    subsystems: tuple[Subsystem, ...]
    dependencies: Dependencies
    cycles: tuple[Cycle, ...]
    key_symbols: tuple[KeySymbol, ...]
    reading_order: tuple[ReadingStep, ...]
    hotspots: tuple[Hotspot, ...]
    coupling: tuple[Coupling, ...]
    ownership: Ownership
    tests: Tests
    findings: tuple[Finding, ...]
    opportunities: tuple[Opportunity, ...]
    coverage: Coverage
    timings: dict[str, float] = field(default_factory=dict)  # phase to seconds
