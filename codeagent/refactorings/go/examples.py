"""Go: examples are functions of tests that are called after what they show: `ExampleCart_Total_empty`."""

from collections.abc import Iterable, Iterator
from posixpath import dirname
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.refactorings.code import Code

_EXAMPLE: Final = "Example"


def examples_of(code: Code, keys: Iterable[str], new: str) -> Iterator[tuple[Symbol, str]]:
    """Yield the examples of what is renamed, each with its new name; of what is not exported there are none."""
    for key in sorted(keys):
        path, _, dotted = key.partition("::")
        if path in code.graph.files and code.language(path) == "go" and new[:1].isupper():
            owner, _, _ = dotted.rpartition(".")
            shown, renamed = dotted.replace(".", "_"), f"{owner}_{new}" if owner else new
            for symbol in _examples(code, path):
                rest = symbol.name.removeprefix(_EXAMPLE + shown)
                if rest != symbol.name and _belongs(rest, method=bool(owner)):
                    yield symbol, f"{_EXAMPLE}{renamed}{rest}"


def _examples(code: Code, path: str) -> Iterator[Symbol]:
    """The examples in the tests beside a file, in its package or in the one that tests it from outside."""
    for other in sorted(code.graph.files):
        if other.endswith("_test.go") and dirname(other) == dirname(path):
            for symbol in code.graph.symbols(other):
                if symbol.kind == "function" and symbol.name.startswith(_EXAMPLE):
                    yield symbol


def _belongs(rest: str, *, method: bool) -> bool:
    """Whether what follows is nothing, a suffix, which is lower case, or a method of a type."""
    return not rest or (rest[0] == "_" and (rest[1:2].islower() or not method))
