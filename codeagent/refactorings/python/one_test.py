"""Python: what is made inside one test, which other tests cannot have: they share what modules and fixtures hold."""

from collections.abc import Iterable
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import key_of
from codeagent.refactorings.code import Code

_CALLED: Final = ("function", "method")


def in_another_test(code: Code, keys: Iterable[str], path: str, offset: int) -> bool:
    """Tell whether all that some keys stand for is made inside one test, and a place lies in another test."""
    keys = frozenset(keys)
    owner: str = code.kept(("test of", keys), lambda: _owner(code, keys))
    around = _test_at(code, path, offset) if owner else ""
    return around not in ("", owner)


def _owner(code: Code, keys: frozenset[str]) -> str:
    """The one test inside which all keys lie; "" where there is none."""
    found = {_test_of(code, key) for key in keys}
    return next(iter(found)) if len(found) == 1 else ""


def _test_of(code: Code, key: str) -> str:
    path = key.partition("::")[0]
    around = (one for one in _tests(code, path) if key.startswith(f"{key_of(one.id)}."))
    found = min(around, key=lambda one: len(one.id), default=None)
    return (
        found.id if found is not None and b"global " not in code.read(path)[found.span.start : found.span.end] else ""
    )


def _test_at(code: Code, path: str, offset: int) -> str:
    around = (one for one in _tests(code, path) if one.span.start <= offset < one.span.end)
    found = min(around, key=lambda one: one.span.start, default=None)
    return found.id if found is not None else ""


def _tests(code: Code, path: str) -> list[Symbol]:
    """The tests of a file: functions and methods of classes that only a runner calls."""
    found: list[Symbol] = code.kept(("tests of", path), lambda: _find_tests(code, path))
    return found


def _find_tests(code: Code, path: str) -> list[Symbol]:
    if path not in code.graph.files or not code.graph.files[path].test or code.language(path) != "python":
        return []
    called = sorted((one for one in code.graph.symbols(path) if one.kind in _CALLED), key=lambda one: one.span.start)
    found, end = [], 0
    for one in called:
        if one.span.start >= end:
            end = one.span.end
            found.append(one)
    tests = (one for one in found if one.name.startswith("test"))
    return [one for one in tests if not any(True for _ in code.graph.incoming(one.id, ("calls", "references")))]
