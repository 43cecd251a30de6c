"""Tests that run with what surrounds them and that they do not name: `setUp`, `@BeforeEach`, `TestMain`, fixtures that
pytest uses by itself."""

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import DECORATED, TEST
from codeagent.retrieval.backwards import Backwards

_OF_CLASS: Final = frozenset(
    "setUp tearDown asyncSetUp asyncTearDown setUpClass tearDownClass setUpTestData "
    "setup_method teardown_method setup_class teardown_class".split()
)
_OF_MODULE: Final = frozenset(
    "setUpModule tearDownModule setup_module teardown_module setup_function teardown_function".split()
)
_MARKED: Final = {  # what stands above a name
    "python": re.compile(rb"^[ \t]*@[\w.]*fixture\([^)]*\bautouse\s*=\s*True", re.MULTILINE),
    "java": re.compile(rb"@(?:Before|After)(?:Each|All|Class|Method)?\b"),
}


def surrounded(back: Backwards, identity: str) -> Iterator[Symbol]:
    """Yield the tests that run with a function, in the order of their files; none where it is no such function."""
    symbol = back.symbol(identity)
    record = back.graph.files.get(symbol.path) if symbol is not None else None
    if symbol is None or record is None or not record.test or symbol.kind not in ("function", "method"):
        return
    marked = symbol.flags & DECORATED and _is_marked(back, symbol, record.language)
    if symbol.kind == "method" and symbol.parent and (symbol.name in _OF_CLASS or marked):
        for owner in _without_own(back, symbol.parent, symbol.name):
            yield from _tests(one for one in back.symbols(owner.partition("::")[0]).values() if one.parent == owner)
    elif symbol.name == "TestMain" and record.language == "go":
        yield from _tests_in(back, (path for path in back.links if dirname(path) == dirname(symbol.path)))
    elif symbol.name in _OF_MODULE or marked:
        yield from _tests_in(back, _seen_by(back, symbol.path) if marked else (symbol.path,))


def _is_marked(back: Backwards, symbol: Symbol, language: str) -> bool:
    above = back.graph.read(symbol.path)[symbol.span.start : symbol.name_span.start]
    return language in _MARKED and _MARKED[language].search(above) is not None


def _without_own(back: Backwards, owner: str, name: str) -> Iterator[str]:
    """A class and those below that have the method from it."""
    waiting, seen = [owner], {owner}
    while waiting:
        current = waiting.pop()
        yield current
        for heir, _ in back.heirs(current):
            if heir not in seen and back.symbol(f"{heir}.{name}") is None:
                waiting.append(heir)
            seen.add(heir)


def _seen_by(back: Backwards, path: str) -> Iterable[str]:
    """The files whose tests find the fixtures of a file."""
    if basename(path) != "conftest.py":
        return (path,)
    folder = f"{dirname(path)}/".removeprefix("/")
    return (one for one in sorted(back.links) if one.startswith(folder))


def _tests_in(back: Backwards, paths: Iterable[str]) -> Iterator[Symbol]:
    for path in paths:
        if back.graph.files[path].test:
            yield from _tests(back.symbols(path).values())


def _tests(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    called = (one for one in symbols if one.kind in ("function", "method"))
    return (one for one in called if one.flags & TEST or one.name.startswith("test"))
