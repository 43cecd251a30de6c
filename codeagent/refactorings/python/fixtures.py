"""pytest's fixtures: functions that tests, and other fixtures, ask for by the names of their parameters."""

import re
from collections.abc import Iterable, Mapping
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import DECORATED
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.decorators import decorators
from codeagent.refactorings.python.parameters import parameters_of
from codeagent.refactorings.refactoring import Refusal

_CALLED: Final = ("function", "method")
_PARAMETRIZED: Final = re.compile(r"parametrize\(\s*(.*?)\s*(?:,\s*[\[(\w]|\))", re.DOTALL)
_WORDS: Final = re.compile(r"\w+")


def is_fixture(code: Code, symbol: Symbol) -> bool:
    """Tell whether a function is a fixture that goes by its own name."""
    if symbol.kind not in _CALLED or not symbol.flags & DECORATED:
        return False
    marks = [one for one in decorators(code, symbol) if one.partition("(")[0].rpartition(".")[2] == "fixture"]
    return any("name=" not in one.replace(" ", "") for one in marks)


def asks(code: Code, symbol: Symbol) -> bool:
    """Tell whether pytest calls a function, and hands over what its parameters are called after."""
    if symbol.kind not in _CALLED or code.language(symbol.path) != "python":
        return False
    return (symbol.name.startswith("test") and code.graph.files[symbol.path].test) or is_fixture(code, symbol)


def asked_for(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the names of the fixtures that a test or fixture asks for: parameters that nothing else gives."""
    function = enclosing(
        around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end), "function_definition"
    )
    every = parameters_of(function, code.read(symbol.path)) if function is not None else []
    names = [one.name for one in every if not one.default and not one.star]
    return frozenset(names) - given_by_mark(code, symbol) - {"self", "cls"}


def given_by_mark(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the parameters that the function's own `parametrize` names."""
    marks = [match for one in decorators(code, symbol) for match in _PARAMETRIZED.findall(one)]
    return frozenset(word for mark in marks for word in _WORDS.findall(mark))


def fixtures(code: Code, name: str) -> list[Symbol]:
    """Return the fixtures of a name."""
    return [one for one in _asking(code, name) if one.name == name and is_fixture(code, one)]


def fixture_keys(code: Code, name: str) -> frozenset[str]:
    """Return the keys of the fixtures of a name and of the parameters that ask for them; none where none is here."""
    own = fixtures(code, name)
    asking = [one for one in _asking(code, name) if name in asked_for(code, one)] if own else []
    return frozenset((*(key_of(one.id) for one in own), *(f"{key_of(one.id)}.{name}" for one in asking)))


def together_with(code: Code, key: str) -> frozenset[str]:
    """Return what must be named alike because pytest goes by names: for a fixture, and a parameter that asks for one.

    Raises Refusal for a parameter that a fixture from elsewhere fills."""
    path, _, dotted = key.partition("::")
    above, _, name = dotted.rpartition(".")
    by_key = {key_of(one.id): one for one in code.graph.symbols(path)}
    symbol, function = by_key.get(key), by_key.get(f"{path}::{above}")
    if symbol is not None and is_fixture(code, symbol):
        return fixture_keys(code, name or dotted)
    if function is None or not asks(code, function) or name not in asked_for(code, function):
        return frozenset()
    found = fixture_keys(code, name)
    if not found:
        raise Refusal(f"pytest hands {name} to {function.name} by its name", "it must keep the name of the fixture")
    return found


def in_mark(code: Code, path: str, node: Node, methods: frozenset[str]) -> bool:
    """Tell whether text stands in what a function's own `parametrize` calls its parameters."""
    mark, function = enclosing(node, "decorator"), enclosing(node, "decorated_definition")
    if mark is None or function is None or mark.parent != function:
        return False
    match = _PARAMETRIZED.search(code.text(mark, path))
    offset = len(code.text(mark, path)[: match.end(1)].encode()) if match else 0
    return node.start_byte < mark.start_byte + offset and code.callable_around(path, node.start_byte) in methods


def _asking(code: Code, name: str) -> list[Symbol]:
    """The tests and fixtures of the files that mention a name."""
    found: list[Symbol] = code.kept(
        ("asking", name),
        lambda: [one for path in _mentioning(code, name) for one in code.graph.symbols(path) if asks(code, one)],
    )
    return found


def _mentioning(code: Code, name: str) -> list[str]:
    shelf, _ = code.graph.sources()
    files = code.graph.files
    return sorted(path for path in shelf.mentioning(name) if path in files and files[path].language == "python")


def check_moves(code: Code, goals: Mapping[str, str], moving: Iterable[Symbol]) -> None:
    """Refuse where tests that move (`goals` tells where the files of symbols go) would no longer find a fixture."""
    symbols = list(moving)
    along = {one.id for one in symbols}
    for one in symbols:
        if not asks(code, one):
            continue
        if is_fixture(code, one):
            _check_found(code, goals, one)
        for name in sorted(asked_for(code, one)):
            found = fixtures(code, name)
            here = [each.path for each in found if sees(one.path, each.path)]
            there = (goals[each.path] if each.id in along else each.path for each in found)
            if here and not any(sees(goals[one.path], path) for path in there):
                raise Refusal(f"{one.id} asks for the fixture {name} of {here[0]}", "move the fixture to a conftest.py")


def _check_found(code: Code, goals: Mapping[str, str], fixture: Symbol) -> None:
    """Refuse where a test that stays would no longer find a fixture that moves."""
    for one in _asking(code, fixture.name):
        saw = one.path not in goals and sees(one.path, fixture.path)
        if saw and not sees(one.path, goals[fixture.path]) and fixture.name in asked_for(code, one):
            raise Refusal(f"{one.id} asks for the fixture {fixture.name} of {fixture.path}", "move it by hand")


def check_stays(code: Code, symbol: Symbol) -> None:
    """Refuse to move a fixture: which tests find it depends on the file that it is in."""
    if is_fixture(code, symbol):
        raise Refusal(f"{symbol.id} is a fixture: tests find it by the file it is in", "move it by hand")


def sees(test: str, path: str) -> bool:
    """Tell whether a test of one file finds the fixtures of another, or of its own."""
    return test == path or (basename(path) == "conftest.py" and f"{dirname(test)}/".startswith(_folder(path)))


def _folder(path: str) -> str:
    return f"{dirname(path)}/" if dirname(path) else ""
