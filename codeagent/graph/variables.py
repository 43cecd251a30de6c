"""Type parameters as they are declared and named: of a class in order, and in a type."""

from codeagent.domain.facts import (
    ANY,
    ATTR,
    INSTANCE,
    LIVE,
    MAP,
    NAME,
    NONE,
    PARAMETER,
    SEQ,
    TYPED,
    Expr,
)
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN, EXTERN_INST, VARIABLE, Class, Value
from codeagent.graph.views import FileView

_ORDERED = frozenset({"Generic", "Protocol"})  # bases that tell the order of the parameters
MADE: Value = (EXTERN_INST, "typing.TypeVar")


def of_class(flow: Evaluator, owner: Class) -> tuple[Value | None, ...]:
    """The type parameters of a class by position; None for one that it never names."""
    view = flow.world.view(owner[0])
    declared = view.parameters.get(owner[1])
    if declared:
        found = dict(declared)
        return tuple((VARIABLE, owner[0], found[i]) if i in found else None for i in range(max(found) + 1))
    return _made_by_calls(flow, view, owner[1]) if view.language.scoping.type_variables else ()


def _made_by_calls(flow: Evaluator, view: FileView, symbol: int) -> tuple[Value, ...]:
    """`T = TypeVar("T")`, `class Box(Base[T], Generic[K, T])`: the order of `Generic`, else of appearance."""
    fact = view.classes.get(symbol)
    found: list[Value] = []
    for base in fact.bases if fact else ():
        expr = view.facts.exprs[base]
        if expr[0] != TYPED:
            continue
        named = [one for arg in expr[2] for one in sorted(named_in(flow, view, arg, settled=True))]
        bases = flow.settled(view, expr[1])
        if any(value[0] == EXTERN and value[1].rpartition(".")[2] in _ORDERED for value in bases) and named:
            return tuple(named)
        found += [one for one in named if one not in found]
    return tuple(found)


def named_in(flow: Evaluator, view: FileView, index: int, *, settled: bool = False) -> frozenset[Value]:
    """The type parameters that a type mentions."""
    if index == NONE or not (view.parameters or view.language.scoping.type_variables):
        return frozenset()
    found: set[Value] = set()
    pending = [index]
    while pending:
        at = pending.pop()
        expr = view.facts.exprs[at] if at != NONE else (NONE,)
        if expr[0] == PARAMETER:
            found.add((VARIABLE, view.path, at))
        elif expr[0] in (NAME, LIVE, ATTR):
            values = flow.settled(view, at) if settled else flow.expr(view, at)
            found.update(value for value in values if value[0] == VARIABLE)
        else:
            pending += _parts(expr)
    return frozenset(found)


def _parts(expr: Expr) -> tuple[int, ...]:
    if expr[0] == TYPED:
        return tuple(expr[2])
    if expr[0] in (SEQ, ANY):
        return tuple(expr[1])
    if expr[0] == MAP:
        return tuple(value for _, value in expr[1])
    return (expr[1],) if expr[0] == INSTANCE else ()
