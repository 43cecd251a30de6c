"""Tests and fixtures that move: each test must be found, and find the fixtures that it finds now, and no others."""

import re
from collections.abc import Iterable, Mapping
from posixpath import basename
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import key_of
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.decorators import decorators
from codeagent.refactorings.python.fixtures import (
    asked_for,
    asking,
    asks,
    fixture_mark,
    fixtures,
    is_test,
    name_of_fixture,
    sees,
)
from codeagent.refactorings.refactoring import Refusal

_LOOKED_INTO: Final = re.compile(r"tests?(?:_.*)?\.py|.*_tests?\.py")
_MARKED: Final = re.compile(r"usefixtures\(([^)]*)\)")
_ASKED: Final = re.compile(rb"""\bgetfixturevalue\(\s*["'](\w+)["']""")
_WORDS: Final = re.compile(r"""["'](\w+)["']""")
_AUTOMATIC: Final = re.compile(r"\bautouse\s*=\s*(?!False\b)")
_MARKS: Final = "pytestmark"


def check_moves(code: Code, goals: Mapping[str, str], moving: Iterable[Symbol]) -> None:
    """Refuse where tests would find other fixtures once symbols move (`goals` tells where those of a file go)."""
    symbols = [each for one in moving for each in code.graph.symbols(one.path) if _is_in(each, one)]
    found = _Found(code, goals, frozenset(one.id for one in symbols))
    for one in symbols:
        _check_found(code, one, goals[one.path])
        if asks(code, one):
            found.check_marks(one)
            for name in sorted(wanted(code, one)):
                found.check(one, name)
            if found.automatic(one, moved=False) != found.automatic(one, moved=True):
                raise Refusal(f"a fixture holds for {one.id} without being asked for", "move it by hand")
        if fixture_mark(code, one):
            found.check_fixture(one)


def _check_found(code: Code, test: Symbol, goal: str) -> None:
    """Refuse where a runner that goes by the names of files would look for a test no more."""
    if not _LOOKED_INTO.fullmatch(basename(test.path)) or _LOOKED_INTO.fullmatch(basename(goal)):
        return
    there = code.graph.symbols(goal) if goal in code.graph.files else ()
    if is_test(code, key_of(test.id)) and not any(is_test(code, key_of(one.id)) for one in there):
        raise Refusal(
            f"{test.id} is a test, which nobody would find in {goal}", "let the name of the file begin with test_"
        )


def _is_in(one: Symbol, other: Symbol) -> bool:
    return one.path == other.path and other.span.start <= one.span.start and one.span.end <= other.span.end


def check_stays(code: Code, symbol: Symbol) -> None:
    """Refuse to move a fixture: which tests find it depends on the file that it is in."""
    if fixture_mark(code, symbol):
        raise Refusal(f"{symbol.id} is a fixture: tests find it by the file it is in", "move it by hand")


def wanted(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the names of all fixtures that a test or fixture asks for: by parameters, by marks on it or on its class,
    and in its body."""
    above = [one for one in code.graph.symbols(symbol.path) if symbol.id.startswith(f"{one.id}.")]
    marks = " ".join(mark for one in (symbol, *above) for mark in decorators(code, one))
    marked = {name for listed in _MARKED.findall(marks) for name in _WORDS.findall(listed)}
    body = code.read(symbol.path)[symbol.span.start : symbol.span.end]
    return asked_for(code, symbol) | marked | {name.decode() for name in _ASKED.findall(body)}


class _Found:
    """Which fixtures tests find, before the move and after it."""

    def __init__(self, code: Code, goals: Mapping[str, str], along: frozenset[str]) -> None:
        self._code, self._goals, self._along = code, goals, along

    def check(self, test: Symbol, name: str) -> None:
        """Refuse where a test finds another fixture by a name than before."""
        before, after = self._nearest(test, name, moved=False), self._nearest(test, name, moved=True)
        if before != after:
            place = (before or after).partition("::")[0]
            told = "asks for the fixture" if before else "would be given the fixture"
            raise Refusal(f"{test.id} {told} {name} of {place}", "move the fixture to a conftest.py")

    def check_fixture(self, fixture: Symbol) -> None:
        """Refuse where a test that stays finds another fixture, and where one goes that nobody has to ask for."""
        name = name_of_fixture(self._code, fixture)
        for one in asking(self._code, name) if name else ():
            if one.id not in self._along and name in wanted(self._code, one):
                self.check(one, name)
        goal = self._goals[fixture.path]
        if _AUTOMATIC.search(fixture_mark(self._code, fixture)) and (
            goal in self._code.graph.files or basename(fixture.path) == "conftest.py"
        ):
            raise Refusal(f"{fixture.id} holds for all tests that find it, unasked", "move it by hand")

    def check_marks(self, test: Symbol) -> None:
        """Refuse where marks of the whole module hold for a test, in the old one or in the new."""
        if self._goals[test.path] not in self._code.graph.files and self._is_whole(test.path):
            return
        for path in (test.path, self._goals[test.path]):
            files = self._code.graph.files
            if path in files and any(one.name == _MARKS for one in self._code.graph.symbols(path)):
                raise Refusal(f"{_MARKS} of {path} holds for its tests", "move it by hand")

    def _is_whole(self, path: str) -> bool:
        return all(one.id in self._along for one in self._code.graph.symbols(path)[1:])

    def automatic(self, test: Symbol, *, moved: bool) -> frozenset[str]:
        """Return the ids of the fixtures that a test has without asking."""
        paths = sorted(self._code.graph.mentioning(("autouse",)))
        files = self._code.graph.files
        every = (one for path in paths if path in files and files[path].language == "python" for one in self._of(path))
        return frozenset(one.id for one in every if self._sees(test, one, moved))

    def _of(self, path: str) -> list[Symbol]:
        symbols = self._code.graph.symbols(path)
        return [one for one in symbols if _AUTOMATIC.search(fixture_mark(self._code, one))]

    def _nearest(self, test: Symbol, name: str, *, moved: bool) -> str:
        """The id of the fixture that a test finds by a name; "" for none of the tree."""
        found = [one for one in fixtures(self._code, name) if self._sees(test, one, moved) and one.id != test.id]
        at = self._place(test, moved)
        home = test.path if moved and self._is_whole(test.path) else at
        files = self._code.graph.files
        if home in files and any(
            name == (one.alias or one.name) and not one.scope for one in self._code.graph.facts(home).imports
        ):
            return f"{test.path if moved and home == test.path else home}::{name}"
        nearness = {one.id: (self._in_class(one), self._place(one, moved) == at, len(one.path)) for one in found}
        return max(sorted(nearness), key=lambda key: nearness[key], default="")

    def _place(self, one: Symbol, moved: bool) -> str:
        return self._goals.get(one.path, one.path) if moved and one.id in self._along else one.path

    def _in_class(self, one: Symbol) -> bool:
        return one.parent != one.path

    def _sees(self, test: Symbol, fixture: Symbol, moved: bool) -> bool:
        if self._in_class(fixture):
            return test.id.startswith(f"{fixture.parent}.")
        return sees(self._place(test, moved), self._place(fixture, moved))
