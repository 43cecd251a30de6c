"""What an expression may evaluate to: small tuples, the first member telling which kind."""

from collections.abc import Iterable
from typing import Any, Final

from codeagent.domain.arity import bare

Value = tuple[Any, ...]  # the first member says what the others are
Values = frozenset[Value]
Class = tuple[str, int]  # path and symbol of a class
Denoted = tuple[str, int]  # path and symbol of any definition

FUNC: Final = 0  # (FUNC, path, symbol)               a function or method, unbound
BOUND: Final = 1  # (BOUND, path, symbol, receiver)   a method with its receiver already given
TYPE: Final = 2  # (TYPE, path, symbol)               a class; may end with its `Arguments`
INST: Final = 3  # (INST, path, symbol)               an instance of that class; may end with its `Arguments`
MODULE: Final = 4  # (MODULE, locations)              one module: its `Location`s
EXTERN: Final = 5  # (EXTERN, dotted)                 something outside the tree
EXTERN_INST: Final = 6  # (EXTERN_INST, dotted)       what calling it gives
BOX: Final = 7  # (BOX, path, expr)                   a container literal; may end with its `Scene`
GENERATOR: Final = 8  # (GENERATOR, path, symbol)     what calling a generator function gives
TYPED_INST: Final = 9  # (TYPED_INST, path, expr)     a value of a generic type: `list[Cart]`; may end with its `Scene`
PARENT: Final = 10  # (PARENT, path, symbol)          `super()` inside that class
BOX_METHOD: Final = 11  # (BOX_METHOD, name, box)     `items.append`, `table.get`
ELEMENTS: Final = 12  # (ELEMENTS, box)               a view of a container's elements
PAIRS: Final = 13  # (PAIRS, box)                     `table.items()`, `enumerate(items)`
PAIR: Final = 14  # (PAIR, box)                       one of those
FLOWED: Final = 15  # (FLOWED,)                       marks a set that rests on an open world: arguments
MAPPED: Final = 17  # (MAPPED, path, expr)             what calling that over elements gives
PACKED: Final = 22  # (PACKED, path, (symbol, position))  what `*args` or `**kwargs` of a function holds
VARIABLE: Final = 18  # (VARIABLE, path, expr)         a type parameter, by its PARAMETER, or by its call of `TypeVar`
VARIABLE_INST: Final = 19  # (VARIABLE_INST, path, expr)  a value of that type
CALLED: Final = 20  # (CALLED, function, path, args, keywords, receiver, scene)  only in a `Scene`
WIDE: Final = 21  # (WIDE,)                           marks a set too large to tell type arguments in
MANY: Final = 16  # (MANY,)                           too many to tell

# What type parameters stand for: an instance with arguments, or a call (CALLED), in which those of the function
# are found in its arguments. None: a place where they stand for themselves.
Scene = Value | None
# The type arguments of an instance: (path, TYPED expression or (args, keywords) of its construction, `Scene` of it).
Arguments = tuple[str, int | tuple[tuple[int, ...], tuple[tuple[str, int], ...]], Scene]

NOTHING: Final[Values] = frozenset()
FLOW_MARK: Final[Value] = (FLOWED,)
WIDE_MARK: Final[Value] = (WIDE,)
MANY_MARK: Final[Value] = (MANY,)
TOO_MANY: Final[Values] = frozenset({MANY_MARK})
LIMIT: Final = 32  # values of one expression; bounds how often a node of a cycle can grow
CALLABLES: Final = 128  # the same with functions, of which registries hold many
_CALLABLE: Final = frozenset((FUNC, BOUND))


def ordered(values: Iterable[Value]) -> list[Value]:
    """Values in an order that is the same in every process; the scene of one may be missing where another's is told."""
    found = list(values)
    if len(found) > 1:
        try:
            found.sort()
        except TypeError:
            found.sort(key=str)
    return found


def union(parts: list[Values]) -> Values:
    """Join sets; beyond `LIMIT` type arguments are left out, then the answer is "many"; nothing undoes either."""
    if not parts:
        return NOTHING
    first = parts[0]
    if len(parts) == 1:
        if len(first) < 2:
            return first
        joined = first
    else:
        joined = first.union(*parts[1:])
    if len(joined) > LIMIT or WIDE_MARK in joined:
        joined = frozenset((*map(_plain, joined), WIDE_MARK))
    return TOO_MANY if MANY_MARK in joined or (len(joined) > LIMIT and _are_too_many(joined)) else joined


def is_wide(found: Values) -> bool:
    """Tell whether values are so many that what they give, called, would tell nothing."""
    return len(found) > LIMIT


def _are_too_many(joined: Values) -> bool:
    return len(joined) > CALLABLES or sum(one[0] not in _CALLABLE for one in joined) > LIMIT


def _plain(value: Value) -> Value:
    """A value without what type parameters stand for in it."""
    kind = value[0]
    if kind in (ELEMENTS, PAIRS, PAIR):
        return (kind, _plain(value[1]))
    if len(value) < 4:
        return value
    return (*value[:3], _plain(value[3])) if kind == BOUND and value[3] is not None else value[:3]


def part_of(outside: str, name: str) -> str:
    """The dotted name of a part of something outside.

    Where that very name led there, what it leads to again is taken to be the same: `query = query.where(…)` in a loop
    would go on for ever, and so would a list that is walked from `next` to `next`."""
    name, parts = bare(name), outside.split(".")
    return ".".join(parts[: parts.index(name, 1) + 1]) if name in parts[1:] else f"{outside}.{name}"
