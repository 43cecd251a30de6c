"""Decorators of Python's functions: what is written, and which of them may keep a function to call it unseen."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Reference, Symbol
from codeagent.languages.syntax import Node, around
from codeagent.refactorings.code import Code

_TRANSPARENT: Final = frozenset(
    "property setter getter deleter staticmethod classmethod abstractmethod override overload final cache lru_cache"
    " cached_property contextmanager asynccontextmanager wraps deprecated fixture parametrize usefixtures skip skipif"
    " xfail".split()
)  # a function is called just as it was, or, as pytest does, by the names of its parameters


def decorators(code: Code, symbol: Symbol) -> list[str]:
    """Return the decorators of a function or class as they are written, without their `@`."""
    return [code.text(one, symbol.path)[1:].strip() for one in _marks(code, symbol)]


def keeper(code: Code, symbol: Symbol) -> str:
    """Return the decorator that may keep a function, and call it or name it where nobody sees it; "" for none.

    One whose wrapper is seen to call the function is none."""
    wrapping = {reference.path for reference in _wrapped(code, symbol)}
    for mark in _marks(code, symbol):
        called = code.text(mark, symbol.path)[1:].strip().partition("(")[0]
        if called.rpartition(".")[2] not in _TRANSPARENT and not _homes(code, symbol.path, mark) & wrapping:
            return called
    return ""


def _marks(code: Code, symbol: Symbol) -> list[Node]:
    node = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end).parent
    above = node.parent if node is not None else None
    if above is None or above.type != "decorated_definition":
        return []
    return [one for one in above.named_children if one.type == "decorator"]


def _homes(code: Code, path: str, mark: Node) -> set[str]:
    """The files of the tree that define a decorator."""
    name = mark.named_children[0]
    while name.type == "call" and (function := name.child_by_field_name("function")) is not None:
        name = function
    last = name.child_by_field_name("attribute") or name
    meaning = code.naming.file(path).meaning(last.start_byte, last.end_byte)
    return {target.partition("::")[0] for target in meaning.targets} if meaning is not None else set()


def _wrapped(code: Code, symbol: Symbol) -> Iterator[Reference]:
    """The calls of a function by a variable of a function around: what wrappers do."""
    for reference in code.graph.incoming(symbol.id, ("calls",)):
        meaning = code.naming.file(reference.path).meaning(reference.span.start, reference.span.end)
        inside = code.callable_around(reference.path, reference.span.start)
        owners = {target.rpartition(".")[0] for target in meaning.targets} if meaning is not None else set()
        if owners and all(inside.startswith(f"{owner}.") for owner in owners):
            yield reference
