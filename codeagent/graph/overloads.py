"""Overloads: which of several callables of one name take the arguments of a call."""

from codeagent.domain.facts import DEF, KWARGS, NONE, VARARGS, Expr
from codeagent.graph import conversions
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import BOUND, BOX, EXTERN_INST, FUNC, INST, TYPED_INST, Value, Values
from codeagent.graph.views import FileView

Args = tuple[int, ...]


def fitting(flow: Evaluator, view: FileView, expr: Expr) -> Values:
    """The values of a callee that take the arguments of (TAKES, callee, args)."""
    _, callee, args = expr
    values = flow.expr(view, callee)
    functions = [value for value in values if value[0] in (FUNC, BOUND)]
    if not functions or (len(values) == 1 and view.facts.exprs[callee][0] == DEF):
        return values
    others = [value for value in values if value[0] not in (FUNC, BOUND) and not _holds(value)]
    return frozenset((*chosen(flow, view, functions, args), *others))


def _holds(value: Value) -> bool:
    """A field's value beside a method of its name: languages with overloads keep the two apart."""
    return value[0] in (INST, EXTERN_INST, TYPED_INST, BOX)


def chosen(flow: Evaluator, view: FileView, functions: list[Value], args: Args) -> list[Value]:
    """Those that take so many arguments (all, where none does), and of them the best by the arguments' types."""
    if len(functions) < 2:
        return functions
    takers = [value for value in functions if _takes(flow, value, len(args))] or functions
    if len(takers) < 2:
        return takers
    exact = [value for value in takers if len(flow.function(*value[1:3]).params) == len(args)]  # type: ignore[union-attr]  # takers have facts
    scores = [_score(flow, view, value, args) + (value in exact) for value in takers]
    best = max(scores)
    return [value for value, score in zip(takers, scores, strict=True) if score == best]


def _takes(flow: Evaluator, value: Value, count: int) -> bool:
    fact = flow.function(value[1], value[2])
    if fact is None:
        return False
    needed = sum(1 for p in fact.params if p.kind not in (VARARGS, KWARGS) and p.default == NONE)
    open_ended = any(p.kind in (VARARGS, KWARGS) for p in fact.params)
    return needed <= count and (open_ended or count <= len(fact.params))


def _score(flow: Evaluator, view: FileView, value: Value, args: Args) -> int:
    """How well the arguments fit: a matching type counts for, the nearer the more; another one against."""
    path, symbol = value[1:3]
    fact, own = flow.function(path, symbol), flow.world.view(path)
    params = fact.params if fact else ()
    score = 0
    for place, arg in enumerate(args):
        param = params[min(place, len(params) - 1)] if params else None
        if param is None or arg == NONE or (place >= len(params) and param.kind != VARARGS):
            continue
        values = flow.expr(view, arg)
        given = [one for one in values if conversions.tells(view, one)]
        if given and param.kind != KWARGS:
            score += conversions.fit(flow, view, given, own, param)
        elif functions := [one for one in values if one[0] in (FUNC, BOUND)]:
            score += conversions.fit_function(flow, functions, own, param)
    return score
