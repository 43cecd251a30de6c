"""Decorators of Python's functions: what is written, and which of them may keep a function to call it unseen."""

from collections.abc import Iterable
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.languages.syntax import around
from codeagent.refactorings.code import Code

_TRANSPARENT: Final = frozenset(
    "property setter getter deleter staticmethod classmethod abstractmethod override overload final cache lru_cache"
    " cached_property contextmanager asynccontextmanager wraps deprecated fixture parametrize usefixtures skip skipif"
    " xfail".split()
)  # a function is called just as it was, or, as pytest does, by the names of its parameters


def decorators(code: Code, symbol: Symbol) -> list[str]:
    """Return the decorators of a function or class as they are written, without their `@`."""
    node = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end).parent
    above = node.parent if node is not None else None
    if above is None or above.type != "decorated_definition":
        return []
    return [code.text(one, symbol.path)[1:].strip() for one in above.named_children if one.type == "decorator"]


def keeper(code: Code, symbol: Symbol, wrappers: Iterable[str] = ()) -> str:
    """Return the decorator that may keep a function, and call it where nobody sees it; "" for none.

    `wrappers` are the keys of functions that are seen to hand on to it whatever they are given."""
    for mark in decorators(code, symbol):
        called = mark.partition("(")[0]
        name = called.rpartition(".")[2]
        seen = any(f".{name}." in one.replace("::", ".") for one in wrappers)
        if name not in _TRANSPARENT and not seen:
            return called
    return ""
