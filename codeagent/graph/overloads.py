"""Overloads: which of several callables of one name take the arguments of a call."""

from codeagent.domain.facts import DEF, KWARGS, NONE, VARARGS, Expr
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import BOUND, EXTERN, EXTERN_INST, FUNC, INST, NOTHING, TYPE, Value, Values
from codeagent.graph.world import FileView

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
    return value[0] in (INST, EXTERN_INST)


def chosen(flow: Evaluator, view: FileView, functions: list[Value], args: Args) -> list[Value]:
    """Those that take so many arguments (all, where none does), and of them the best by the arguments' types."""
    if len(functions) < 2:
        return functions
    takers = [value for value in functions if _takes(flow, value, len(args))] or functions
    if len(takers) < 2:
        return takers
    scores = [_score(flow, view, value, args) for value in takers]
    best = max(scores)
    return [value for value, score in zip(takers, scores, strict=True) if score == best]


def _takes(flow: Evaluator, value: Value, count: int) -> bool:
    fact = flow.function(value[1], value[2])
    if fact is None:
        return True
    needed = sum(1 for p in fact.params if p.kind not in (VARARGS, KWARGS) and p.default == NONE)
    open_ended = any(p.kind in (VARARGS, KWARGS) for p in fact.params)
    return needed <= count and (open_ended or count <= len(fact.params))


def _score(flow: Evaluator, view: FileView, value: Value, args: Args) -> int:
    """How well the arguments fit: a matching type counts for, another one against."""
    path, symbol = value[1:3]
    fact, own = flow.function(path, symbol), flow.world.view(path)
    score = 0
    for param, arg in zip(fact.params if fact else (), args, strict=False):
        given = [one for one in flow.expr(view, arg) if one[0] in (INST, EXTERN_INST)] if arg != NONE else []
        if not given or param.kind in (VARARGS, KWARGS):
            continue
        declared = flow.expr(own, param.annotation) if param.annotation != NONE else NOTHING
        if not declared:
            score -= 1  # a primitive, or a type parameter: anything known fits better elsewhere
            continue
        score += 2 if any(_is_a(flow, one, of) for one in given for of in declared) else -2
    return score


def _is_a(flow: Evaluator, value: Value, of: Value) -> bool:
    if value[0] == EXTERN_INST:
        return of[0] == EXTERN and of[1] == value[1]
    return of[0] in (TYPE, EXTERN) and of in flow.hierarchy.line(value[1:3])
