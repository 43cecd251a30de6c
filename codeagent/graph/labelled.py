"""Which parameters the arguments of a call go to, where they are told by labels."""

from collections.abc import Sequence
from itertools import takewhile

from codeagent.domain.facts import ANY_LABEL, NONE, VARARGS, Param


def places(params: Sequence[Param], labels: str) -> tuple[int, ...] | None:
    """Return the parameter of each argument by the labels of a call (`_:to:`), None where a function has others."""
    return _onward(params, labels.split(":")[:-1], 0)


def _onward(params: Sequence[Param], wanted: list[str], start: int) -> tuple[int, ...] | None:
    """Arguments stand in the order of the parameters; those with defaults may be left out."""
    if not wanted:
        return () if all(_may_lack(one) for one in params[start:]) else None
    label, *others = wanted
    for place in range(start, len(params)):
        if label in (params[place].label, ANY_LABEL):
            more = len(list(takewhile("_".__eq__, others))) if params[place].kind == VARARGS else 0
            rest = _onward(params, others[more:], place + 1)
            if rest is not None:
                return (*(place for _ in range(more + 1)), *rest)
        if not _may_lack(params[place]):
            return None
    return None


def _may_lack(param: Param) -> bool:
    return param.default != NONE or param.kind == VARARGS
