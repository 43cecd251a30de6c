"""Overloads: which of several callables of one name take the arguments of a call."""

from typing import Final, NamedTuple

from codeagent.domain.facts import ANY_LABEL, ATTR, DEF, FILE_ONLY, KWARGS, METHOD_LIKE, NONE, VARARGS, Expr
from codeagent.graph import conversions, labelled
from codeagent.graph.conversions import APART
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import BOUND, BOX, EXTERN_INST, FUNC, INST, MODULE, TYPE, TYPED_INST, Value, Values
from codeagent.graph.views import FileView

_NAMELESS: Final = frozenset(("", "_", ANY_LABEL))


class Passed(NamedTuple):
    """What a call passes: expressions, and where the language has labels theirs, each with a colon."""

    args: tuple[int, ...]
    labels: str = ""
    receiver: int = NONE  # what the function is called on, where that may be its first argument


def fitting(flow: Evaluator, view: FileView, expr: Expr) -> Values:
    """The values of a callee that take the arguments of (TAKES, callee, args)."""
    callee, passed = expr[1], Passed(*expr[2:])
    if view.language.scoping.receiver_first:
        passed = passed._replace(receiver=_receiver(flow, view, callee))
    values = flow.expr(view, callee)
    functions = [value for value in values if value[0] in (FUNC, BOUND)]
    if not functions or (len(values) == 1 and view.facts.exprs[callee][0] == DEF):
        return values
    others = [value for value in values if value[0] not in (FUNC, BOUND) and not _holds(value)]
    return frozenset((*chosen(flow, view, functions, passed), *others))


def _receiver(flow: Evaluator, view: FileView, callee: int) -> int:
    """The expression that a member is called on, NONE where that is a type."""
    expr = view.facts.exprs[callee]
    if expr[0] != ATTR or any(one[0] in (TYPE, MODULE) for one in flow.expr(view, expr[1])):
        return NONE
    return int(expr[1])


def _to(flow: Evaluator, function: Value, passed: Passed) -> Passed:
    """What a call passes to one function: to an extension of C# what it is called on as well."""
    if passed.receiver == NONE:
        return passed
    fact = flow.function(*function[1:3])
    extends = fact is not None and fact.owner != NONE
    return passed._replace(args=(passed.receiver, *passed.args)) if extends else passed


def _holds(value: Value) -> bool:
    """A field's value beside a method of its name: languages with overloads keep the two apart."""
    return value[0] in (INST, EXTERN_INST, TYPED_INST, BOX)


def chosen(flow: Evaluator, view: FileView, functions: list[Value], passed: Passed) -> list[Value]:
    """Those that take so many arguments (all, where none does), and of them the best by the arguments' types."""
    takers = [value for value in functions if _takes(flow, value, _to(flow, value, passed))]
    if len(takers) > 1:
        takers = [value for value in takers if _is_seen(flow, view, value)] or takers
    if not takers and functions:
        takers = _inherited(flow, functions, passed)
    if len(takers) < 2:
        return _or_inherited(flow, view, takers, passed) if takers else takers
    exact = [value for value in takers if _takes_just(flow, value, len(_to(flow, value, passed).args))]
    scores = [_score(flow, view, value, _to(flow, value, passed)) + (value in exact) for value in takers]
    members = [score for value, score in zip(takers, scores, strict=True) if not _extends(flow, value)]
    if any(score >= 0 for score in members):  # a member that fits hides extensions
        scores = [-APART if _extends(flow, one) else score for one, score in zip(takers, scores, strict=True)]
    best = max(scores)
    return [value for value, score in zip(takers, scores, strict=True) if score == best]


def _is_seen(flow: Evaluator, view: FileView, function: Value) -> bool:
    """Whether a function may be called from a file: it is not private to another one."""
    path, symbol = function[1:3]
    return path == view.path or not flow.world.view(path).facts.symbols[symbol].flags & FILE_ONLY


def _extends(flow: Evaluator, function: Value) -> bool:
    """Whether a function is given to a type from outside of it, beside what that has."""
    view = flow.world.view(function[1])
    fact, symbol = view.functions.get(function[2]), view.facts.symbols[function[2]]
    if fact is None or not view.language.scoping.adopts_methods:
        return False
    around = view.facts.symbols[max(symbol.parent, 0)]
    return fact.owner != NONE or not around.start <= symbol.start < around.end  # `fun Cart.add()` below `class Cart`


def _inherited(flow: Evaluator, functions: list[Value], passed: Passed) -> list[Value]:
    """Of each receiver's base classes the nearest overloads that take such arguments; else those that were found.

    No function takes another label than its own: such a call is of one that is not in the tree."""
    found: dict[Value, None] = {}
    for one in functions:
        found.update(dict.fromkeys(_nearest(flow, one, passed)))
    if not found and _NAMELESS.issuperset(passed.labels.split(":")):
        return [one for one in functions if not passed.labels or _needs(flow, one) <= len(passed.args)]
    return list(found)


def _or_inherited(flow: Evaluator, view: FileView, takers: list[Value], passed: Passed) -> list[Value]:
    """The only one that takes so many arguments; that of a base class where the arguments are for that."""
    above = _nearest(flow, takers[0], passed)
    if not above or _score(flow, view, takers[0], passed) >= 0:
        return takers
    better = [one for one in above if _score(flow, view, one, passed) >= 0]
    return better if len(better) == 1 else takers


def _nearest(flow: Evaluator, function: Value, passed: Passed) -> list[Value]:
    view = flow.world.view(function[1])
    symbol = view.facts.symbols[function[2]]
    if symbol.kind not in METHOD_LIKE or symbol.parent <= 0:
        return []
    defining = (function[1], symbol.parent)
    owner = function[3][1:3] if function[0] == BOUND and function[3][0] == INST else defining
    for base in flow.hierarchy.line(owner):
        if base[0] != TYPE or base[1:3] == defining:
            continue
        found = flow.slot(flow.world.view(base[1]), base[2], symbol.name)
        takers = [(function[0], *one[1:3], *function[3:]) for one in found if one[0] == FUNC]
        takers = [one for one in takers if _takes(flow, one, passed)]
        if takers:
            return takers
    return []


def _takes_just(flow: Evaluator, value: Value, count: int) -> bool:
    """Whether a function declares so many parameters, each for one argument."""
    fact = flow.function(value[1], value[2])
    return fact is not None and len(fact.params) == count and all(p.kind != VARARGS for p in fact.params)


def _takes(flow: Evaluator, value: Value, passed: Passed) -> bool:
    fact = flow.function(value[1], value[2])
    if fact is None:
        return False
    if passed.labels:
        return labelled.places(fact.params, passed.labels) is not None
    count, needed = len(passed.args), _needs(flow, value)
    open_ended = any(p.kind in (VARARGS, KWARGS) for p in fact.params)
    return needed <= count and (open_ended or count <= len(fact.params))


def _needs(flow: Evaluator, value: Value) -> int:
    """How many arguments a function cannot do without."""
    fact = flow.function(value[1], value[2])
    params = fact.params if fact is not None else ()
    return sum(1 for one in params if one.kind not in (VARARGS, KWARGS) and one.default == NONE)


def _score(flow: Evaluator, view: FileView, value: Value, passed: Passed) -> int:
    """How well the arguments fit: a matching type counts for, the nearer the more; another one against."""
    path, symbol = value[1:3]
    fact, own = flow.function(path, symbol), flow.world.view(path)
    params = fact.params if fact else ()
    places = labelled.places(params, passed.labels) if passed.labels else None
    score = 0
    for number, arg in enumerate(passed.args):
        place = places[number] if places else number
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
