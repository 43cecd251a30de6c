"""How a reference is spelled: the name on the bytes that it stands on."""

from collections.abc import Collection
from dataclasses import dataclass

from codeagent.domain.arity import bare
from codeagent.domain.facts import (
    ATTR,
    AWAIT,
    CALL,
    CLASS,
    EACH,
    IMPORT,
    IMPORTS,
    INSTANCE,
    ITEM,
    LIVE,
    NAME,
    NONE,
    STAR,
    TAKES,
    TYPED,
    WITHIN,
    FileFacts,
)
from codeagent.graph.names import spec_words

Chain = tuple[str, ...]
_THROUGH = (TAKES, TYPED, WITHIN)
_ON = (ATTR, CALL, ITEM, EACH, AWAIT, INSTANCE, STAR, CLASS, *_THROUGH)  # what stands on another expression


def spelled(facts: FileFacts, index: int) -> str:
    """Return the name that an expression is told by; "" where it has none, such as what a call gives."""
    if index < 0:
        return ""
    expr = facts.exprs[index]
    while expr[0] in _THROUGH:
        expr = facts.exprs[expr[1]]
    if expr[0] in (NAME, LIVE, ATTR):
        return bare(str(expr[2]))
    if expr[0] == IMPORT:
        return str(expr[2] or list(spec_words(expr[1]))[-1])
    return ""


def chain(facts: FileFacts, index: int) -> Chain:
    """Return the names that an expression is told by, the last one first: `shop.cart().total` is total, cart, shop."""
    names: list[str] = []
    while index != NONE:
        expr = facts.exprs[index]
        if expr[0] in (NAME, LIVE, ATTR, IMPORT):
            names.append(spelled(facts, index).partition("@")[0])  # behind it: where a comprehension names it
        if expr[0] == IMPORT:
            names.append(str(expr[1]))
        index = expr[1] if expr[0] in _ON else NONE
    return tuple(names)


def is_bare(facts: FileFacts, index: int) -> bool:
    """Tell whether an expression is a name by itself."""
    return index >= 0 and facts.exprs[index][0] in (NAME, LIVE)


def is_import(start: int, role: int, expr: int) -> bool:
    """Say yes to references that are imports."""
    return role == IMPORTS


@dataclass(frozen=True, slots=True)
class StartingOn:
    """Says yes to references that start on one of some bytes."""

    starts: Collection[int]

    def __call__(self, start: int, role: int, expr: int) -> bool:
        """Tell whether it is one of them."""
        return start in self.starts
