"""pytest's fixtures: functions that tests, and other fixtures, ask for by the names of their parameters."""

import re
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import DECORATED
from codeagent.graph.fixtures import of_name
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.decorators import decorators
from codeagent.refactorings.python.parameters import parameters_of
from codeagent.refactorings.refactoring import Refusal
from codeagent.workspace.search import Query, search

_MOST: Final = 200_000
_CALLED: Final = ("function", "method")
_PARAMETRIZED: Final = re.compile(
    r"""parametrize\(\s*(?:argnames\s*=\s*)?("[^"]*"|'[^']*'|\([^()]*\)|\[[^\[\]]*\]|[\w.]+)"""
)  # a string of names, or a row of such
_SAID: Final = re.compile(r"""\bname\s*=\s*["'](\w+)["']""")
_WORDS: Final = re.compile(r"\w+")


def fixture_mark(code: Code, symbol: Symbol) -> str:
    """Return the decorator that makes a function a fixture, as it is written; "" where it is none."""
    if symbol.kind not in _CALLED or not symbol.flags & DECORATED:
        return ""
    marks = (one for one in decorators(code, symbol) if one.partition("(")[0].rpartition(".")[2] == "fixture")
    return next(marks, "")


def is_fixture(code: Code, symbol: Symbol) -> bool:
    """Tell whether a function is a fixture that goes by its own name."""
    mark = fixture_mark(code, symbol)
    return bool(mark) and "name=" not in mark.replace(" ", "")


def name_of_fixture(code: Code, symbol: Symbol) -> str:
    """Return what a fixture is asked for by; "" where a function is none, or its name is put together."""
    mark = fixture_mark(code, symbol)
    said = _SAID.search(mark)
    return said[1] if said else symbol.name if is_fixture(code, symbol) else ""


def asks(code: Code, symbol: Symbol) -> bool:
    """Tell whether pytest calls a function, and hands over what its parameters are called after."""
    if symbol.kind not in _CALLED or code.language(symbol.path) != "python":
        return False
    test = symbol.name.startswith("test") and code.graph.files[symbol.path].test
    return test or bool(fixture_mark(code, symbol))


def is_test(code: Code, key: str) -> bool:
    """Tell whether a runner of tests finds a function of a module or of a class, by its name."""
    path = key.partition("::")[0]
    if path not in code.graph.files or code.language(path) != "python" or not code.graph.files[path].test:
        return False
    found = [one for one in code.graph.symbols(path) if key_of(one.id) == key]
    above = {one.id for one in code.graph.symbols(path) if one.kind == "class"} | {path}
    return any(one.kind in _CALLED and one.name.startswith("test") and one.parent in above for one in found)


def asked_for(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the names of the fixtures that a test or fixture asks for: parameters that nothing else gives."""
    function = enclosing(
        around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end), "function_definition"
    )
    every = parameters_of(function, code.read(symbol.path)) if function is not None else []
    names = [one.name for one in every if not one.default and not one.star]
    return frozenset(names) - given_by_mark(code, symbol) - {"self", "cls"}


def given_by_name(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the parameters of a function that pytest gives by their names: fixtures, and what marks say."""
    return asked_for(code, symbol) | given_by_mark(code, symbol) if asks(code, symbol) else frozenset()


def given_by_mark(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the parameters that the function's own `parametrize` names."""
    marks = [match for one in decorators(code, symbol) for match in _PARAMETRIZED.findall(one)]
    return frozenset(word for mark in marks for word in _WORDS.findall(mark))


def fixtures(code: Code, name: str) -> list[Symbol]:
    """Return the fixtures that are asked for by a name."""
    return [one for one in asking(code, name) if name_of_fixture(code, one) == name]


def fixture_keys(code: Code, name: str) -> frozenset[str]:
    """Return the keys of the fixtures of a name and of the parameters that ask for them; none where none is here."""
    own = [one for one in fixtures(code, name) if one.name == name]
    wanting = [one for one in asking(code, name) if name in asked_for(code, one)] if own else []
    return frozenset((*(key_of(one.id) for one in own), *(f"{key_of(one.id)}.{name}" for one in wanting)))


def together_with(code: Code, key: str) -> frozenset[str]:
    """Return what must be named alike because pytest goes by names: for a fixture, and a parameter that asks for one.

    Raises Refusal for a parameter that a fixture from elsewhere fills."""
    path, _, dotted = key.partition("::")
    above, _, name = dotted.rpartition(".")
    by_key = {key_of(one.id): one for one in code.graph.symbols(path)}
    symbol, function = by_key.get(key), by_key.get(f"{path}::{above}")
    if symbol is not None and is_fixture(code, symbol):
        _require_own(code, name or dotted)
        return fixture_keys(code, name or dotted)
    if function is None or not asks(code, function) or name not in asked_for(code, function):
        return frozenset()
    found = fixture_keys(code, name)
    if not found:
        raise Refusal(f"pytest hands {name} to {function.name} by its name", "it must keep the name of the fixture")
    _require_own(code, name)
    return found


def _require_own(code: Code, name: str) -> None:
    """Raise Refusal where a fixture of a name asks for that very name and is handed one from outside of the tree."""
    flow = code.naming.flow
    for one in fixtures(code, name):
        view = flow.world.view(one.path)
        index = next(at for at in range(len(view.facts.symbols)) if view.symbol_id(at) == one.id)
        if name in asked_for(code, one) and not of_name(flow, view, index, name):
            raise Refusal(
                f"{one.id} is handed another {name}, which is not in this tree", "it must keep the name of that fixture"
            )


def in_mark(code: Code, path: str, node: Node, methods: frozenset[str]) -> bool:
    """Tell whether text stands in what a function's own `parametrize` calls its parameters."""
    mark, function = enclosing(node, "decorator"), enclosing(node, "decorated_definition")
    if mark is None or function is None or mark.parent != function:
        return False
    match = _PARAMETRIZED.search(code.text(mark, path))
    offset = len(code.text(mark, path)[: match.end(1)].encode()) if match else 0
    return node.start_byte < mark.start_byte + offset and code.callable_around(path, node.start_byte) in methods


def asking(code: Code, name: str) -> list[Symbol]:
    """Return the tests and fixtures of the files in which a name stands."""
    found: list[Symbol] = code.kept(
        ("asking", name),
        lambda: [one for path in _mentioning(code, name) for one in code.graph.symbols(path) if asks(code, one)],
    )
    return found


def _mentioning(code: Code, name: str) -> list[str]:
    """The files of Python that hold a word: unused parameters and strings count, too."""
    files = code.graph.files
    found = search(code.graph.tree, Query(name, fixed=True, whole_words=True), most=_MOST)
    return sorted({hit.path for hit in found.hits if hit.path in files and files[hit.path].language == "python"})


def sees(test: str, path: str) -> bool:
    """Tell whether a test of one file finds the fixtures of another, or of its own."""
    return test == path or (basename(path) == "conftest.py" and f"{dirname(test)}/".startswith(_folder(path)))


def _folder(path: str) -> str:
    return f"{dirname(path)}/" if dirname(path) else ""
