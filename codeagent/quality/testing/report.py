"""What a run of tests said, test by test."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

BUILD = "<build>"  # stands for all tests that could not even be started, because the code does not compile


class Outcome(StrEnum):
    """How a test ended; `error`: it could not be run, such as a module that cannot be imported."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"  # expected to fail, and did
    XPASSED = "xpassed"

    @property
    def is_bad(self) -> bool:
        """Whether it counts as a failure."""
        return self in (Outcome.FAILED, Outcome.ERROR)

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing about the code."""
        return self in (Outcome.SKIPPED, Outcome.XFAILED)


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test; `raised` is the kind of error where the runner tells it, `path` its file (relative to the root)."""

    __test__ = False

    outcome: Outcome
    seconds: float = 0.0
    message: str = ""
    raised: str = ""
    path: str = ""

    @property
    def by_assertion(self) -> bool:
        """Whether what it raised is an assertion's error, in the words of whichever runner."""
        return bool(re.search(r"Assert|ComparisonFailure|MultipleFailures", self.raised))


@dataclass(frozen=True, slots=True)
class Copied:
    """A module of the tree's own of which only an installed copy was there: the copy ran where it is `kept`, as a
    compiled module is; else it was not found, since nobody knows where in the tree it lies."""

    module: str
    place: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class TestReport:
    """All tests of a run by id. `broken` says why nothing can be concluded; then what `cases` holds is not all.

    `torn` are beginnings of ids of which some could not run, because something failed that is told for itself."""

    __test__ = False

    cases: Mapping[str, TestCase] = field(default_factory=dict)
    broken: str = ""
    protection: tuple[str, ...] = ()
    seconds: float = 0.0
    torn: tuple[str, ...] = ()
    copied: tuple[Copied, ...] = ()

    def failing(self) -> dict[str, TestCase]:
        """Return the tests that failed or could not run."""
        return {name: case for name, case in self.cases.items() if case.outcome.is_bad}


def joined(reports: Iterable[TestReport]) -> TestReport:
    """Return the reports of several commands as one; broken where any is. A test that several ran is as bad as it was
    in any of them."""
    cases: dict[str, TestCase] = {}
    broken, protection, seconds, torn, copied = [], [], 0.0, list[str](), dict[Copied, None]()
    for report in reports:
        cases |= {name: one for name, one in report.cases.items() if name not in cases or one.outcome.is_bad}
        broken += [report.broken] if report.broken else []
        protection += [name for name in report.protection if name not in protection]
        seconds += report.seconds
        torn += report.torn
        copied |= dict.fromkeys(report.copied)
    return TestReport(cases, "; ".join(broken), tuple(protection), seconds, tuple(torn), tuple(copied))
