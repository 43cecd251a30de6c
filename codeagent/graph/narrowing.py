"""What is left of values where a test says that they are of some class, or that they are not."""

from typing import Final

from codeagent.graph import containers
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import (
    BOX,
    EXTERN,
    EXTERN_INST,
    FLOWED,
    INST,
    MANY,
    TYPE,
    WIDE,
    Value,
    Values,
    union,
)

_MARKS: Final = frozenset((FLOWED, MANY, WIDE))


def narrowed(flow: Evaluator, of: Values, types: Values, *, holds: bool) -> Values:
    """Of some values those of a class and instances of that class; with `holds` false those that are not of it."""
    wanted = union([types, *(containers.elements(flow, one) for one in types if one[0] == BOX)])
    own = frozenset(one[:3] for one in wanted if one[0] == TYPE)
    outside = frozenset(str(one[1]) for one in wanted if one[0] == EXTERN)
    if not own and not outside:
        return of
    if not holds:
        return frozenset(one for one in of if not _is_of(flow, one, own, outside))
    kept = frozenset(one for one in of if _is_of(flow, one, own, outside) or (outside and _may_be(one)))
    known = {one[:3] for one in kept}
    return kept | frozenset(one for one in flow.instances(own) if one not in known)


def _is_of(flow: Evaluator, value: Value, own: Values, outside: frozenset[str]) -> bool:
    if value[0] == INST:
        line = flow.hierarchy.line(value[1:3])
        return any(one in own or (one[0] == EXTERN and one[1] in outside) for one in line)
    return bool(value[0] == EXTERN_INST and value[1] in outside)


def _may_be(value: Value) -> bool:
    """Whether a value that is no instance of a class of the tree may be of one outside."""
    return value[0] not in _MARKS and value[0] != INST
