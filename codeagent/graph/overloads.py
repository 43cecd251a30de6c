"""Overloads: which of several callables of one name take the arguments of a call."""

from codeagent.domain.facts import DEF, KWARGS, NONE, SEQ, TYPED, VARARGS, Expr, Param
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import BOUND, BOX, EXTERN, EXTERN_INST, FUNC, INST, TYPE, TYPED_INST, Value, Values
from codeagent.graph.views import FileView

Args = tuple[int, ...]
_KNOWN = (INST, EXTERN_INST, TYPED_INST, BOX)
_APART = 100  # how much a match counts more than the order among matches


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
    score = 0
    for param, arg in zip(fact.params if fact else (), args, strict=False):
        given = [one for one in flow.expr(view, arg) if _tells(view, one)] if arg != NONE else []
        if given and param.kind not in (VARARGS, KWARGS):
            score += _fit(flow, view, given, own, param)
    return score


def _tells(view: FileView, value: Value) -> bool:
    """Whether a value has a type; what an outside function returned (`String.trim`) has none that is known."""
    if value[0] != EXTERN_INST:
        return value[0] in _KNOWN
    short = value[1].rpartition(".")[2]
    return bool(short[:1].isupper()) or any(row[0] == short for row in view.language.scoping.conversions)


def _fit(flow: Evaluator, view: FileView, given: list[Value], own: FileView, param: Param) -> int:
    if param.annotation == NONE:
        return 0  # a type parameter takes anything
    expr, array = own.facts.exprs[param.annotation], any(one[0] == BOX for one in given)
    if expr[0] == SEQ:
        return _APART if array else -_APART
    declared = flow.expr(own, expr[1] if expr[0] == TYPED else param.annotation)
    if not declared:
        return 0
    if array:
        return 1 if any(str(one[1]).endswith(f".{own.language.scoping.root}") for one in declared) else -_APART
    return max(_distance(flow, view, one, of) for one in given for of in declared)


def _distance(flow: Evaluator, view: FileView, value: Value, of: Value) -> int:
    """How near a value is to a declared type: `_APART` for the very type, less for wider ones, negative for others."""
    if value[0] == INST:
        line = list(flow.hierarchy.line(value[1:3]))
        return _APART - line.index(of) if of in line else -_APART if of[0] == TYPE else -1
    name = _name(flow, value)
    wanted = str(of[1]) if of[0] in (EXTERN, EXTERN_INST) else ""
    if name == wanted:
        return _APART
    short, takers = name.rpartition(".")[2], wanted.rpartition(".")[2]
    if not wanted:
        return -_APART
    row = next((row for row in view.language.scoping.conversions if row[0] == short), ())
    if takers in row:
        return _APART - row.index(takers)
    final = any(other[0] == takers for other in view.language.scoping.conversions)
    return -_APART if row or final else -1


def _name(flow: Evaluator, value: Value) -> str:
    """The dotted name of an outside instance's type."""
    if value[0] == EXTERN_INST:
        return str(value[1])
    view = flow.world.view(value[1])
    base = view.facts.exprs[value[2]][1]
    return next((str(one[1]) for one in flow.expr(view, base) if one[0] == EXTERN), "")
