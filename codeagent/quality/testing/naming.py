"""From the name that somebody gives a test to the files that may hold it, and to its cases in a report."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from codeagent.graph.graph import CodeGraph
from codeagent.quality.testing.report import TestCase

_STEPS: Final = re.compile(r"::|\.| > |/")
_BELOW: Final = ("::", "[", ".", " > ", "/")
_ABOVE: Final = ("::", ".", " > ", " ", "/")


def files_naming(names: Iterable[str], graph: CodeGraph, written: Iterable[str]) -> frozenset[str]:
    """Return the test files that names lead to: the file that a name begins with, else those whose text has its last
    word, those that were `written` before all others."""
    tests = [path for path, record in graph.files.items() if record.test]
    fresh = [path for path in written if path in tests]
    return frozenset(path for name in names for path in _files_of(name, graph, fresh, tests))


def _files_of(name: str, graph: CodeGraph, fresh: list[str], tests: list[str]) -> list[str]:
    first = name.partition("::")[0]
    if first in graph.files:
        return [first]
    word = _STEPS.split(name.partition("[")[0])[-1].encode("utf-8", "surrogateescape")
    return [path for path in fresh if word in graph.read(path)] or [path for path in tests if word in graph.read(path)]


def cases_of(name: str, cases: Mapping[str, TestCase]) -> dict[str, TestCase]:
    """Return the cases that a name means: its own, those below it, or one whose id ends with it."""
    return {key: case for key, case in cases.items() if key != case.path and _is_meant(name, key)}


def _is_meant(name: str, key: str) -> bool:
    below = tuple(f"{name}{step}" for step in _BELOW)
    if key == name or key.startswith(below):
        return True
    plain = key.partition("[")[0]
    return any(one.endswith(f"{step}{name}") for one in (key, plain) for step in _ABOVE)
