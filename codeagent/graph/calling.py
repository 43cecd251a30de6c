"""Calls: what they give, what a decorator makes of a definition."""

from collections.abc import Iterator

from codeagent.domain.facts import (
    CALL,
    CLASS,
    KWARGS,
    LIVE,
    NAME,
    NONE,
    SELF,
    STATIC,
    VARARGS,
    Expr,
    FunctionFact,
)
from codeagent.domain.facts import (
    GENERATOR as GENERATOR_FLAG,
)
from codeagent.graph import arriving, declared_types, externs, objects
from codeagent.graph.evaluator import Args, Evaluator, Keywords
from codeagent.graph.values import (
    BOUND,
    BOX,
    BOX_METHOD,
    EXTERN,
    EXTERN_INST,
    FLOW_MARK,
    FUNC,
    GENERATOR,
    INST,
    MANY_MARK,
    MAPPED,
    NOTHING,
    TOO_MANY,
    TYPE,
    TYPED_INST,
    Value,
    Values,
    is_wide,
    union,
)
from codeagent.graph.views import FileView


def call(flow: Evaluator, view: FileView, expr: Expr) -> Values:
    """What a call expression gives; of one that may be of any function in a large registry nobody can tell."""
    _, callee, args, keywords = expr
    called = flow.expr(view, callee)
    if is_wide(called):
        return TOO_MANY
    return union([of_value(flow, view, value, args, keywords) for value in called])


_MAPPING = frozenset(("map", "flatMap", "mapToObj", "thenApply"))
_OUTSIDE = frozenset((EXTERN, EXTERN_INST))
_CALLABLE = frozenset((FUNC, BOUND, TYPE, INST, TYPED_INST))  # what a decorator may have made of a definition
_HELD = frozenset((INST, EXTERN_INST, TYPED_INST, BOX))  # what a field may hold


def of_value(flow: Evaluator, view: FileView, value: Value, args: Args, keywords: Keywords) -> Values:
    """What calling one value gives; `args` are expressions of `view`."""
    kind = value[0]
    if kind in _HELD and view.language.scoping.read_by_call:
        return frozenset({value})
    if kind in (FUNC, BOUND):
        receiver = value[3] if kind == BOUND else None
        made = _returned(flow, value[1:3], args, keywords, view, receiver)
        made = flow.generics.returned(made, view, value, args, keywords)
        own = flow.world.view(value[1])
        return made | {(INST, value[1], value[2])} if value[2] in own.classes else made  # a constructor function
    if kind == TYPE:
        return frozenset({flow.generics.made(view, value, args, keywords)})
    if kind == EXTERN:
        return externs.result(flow, view, value[1], args, keywords)
    if kind == BOX_METHOD and value[1] in _MAPPING and args and args[0] != NONE:
        return frozenset({(MAPPED, view.path, args[0])})
    if kind == BOX_METHOD:
        return flow.container_method(value[1], value[2])
    if kind == INST:
        found = flow.member(view, value, view.language.scoping.call_method or "__call__")
        return union([of_value(flow, view, one, args, keywords) for one in found if one[0] != INST])
    if kind == TYPED_INST:
        return objects.called(flow, value)
    return frozenset({value}) if value in (FLOW_MARK, MANY_MARK) else NOTHING


def _returned(
    flow: Evaluator,
    function: tuple[str, int],
    args: Args,
    keywords: Keywords,
    view: FileView,
    receiver: Value | None,
) -> Values:
    """What a function returns to this site: a parameter it hands back is the site's own argument."""
    path, symbol = function
    fact = flow.function(path, symbol)
    if fact is None:
        return NOTHING
    if flow.flags(path, symbol) & GENERATOR_FLAG:
        return frozenset({(GENERATOR, path, symbol)})
    own = flow.world.view(path)
    if receiver is not None and receiver[0] in (INST, TYPE) and declared_types.gives_receiver(own, fact):
        return frozenset({(INST, *receiver[1:])})
    parts = [flow.result(path, symbol)]
    if fact.returns == NONE or declared_types.says_little(flow, own, parts[0]):
        for index in fact.results:
            position = _handed_back(own, fact, index)
            if receiver is not None and _is_receiver(own, fact, index, position):
                parts.append(frozenset({receiver}))
            elif own.facts.exprs[index][0] == SELF:
                parts.append(flow.expr(own, index))
            elif receiver is not None and receiver[0] in (INST, TYPE) and _makes_receivers(own, index):
                parts.append(frozenset({(INST, *receiver[1:])}))
            elif position is not None:
                shift = 0 if receiver is None or not own.language.scoping.explicit_receiver else 1
                found = arriving.arguments(fact, position, args, keywords, shift)
                given = union([flow.expr(view, argument) for argument in found])
                typed = fact.params[position].annotation != NONE
                parts.append(flow.argument(path, symbol, position) if typed and not given else given)
    return union(parts)


def result(flow: Evaluator, view: FileView, symbol: int) -> Values:
    """What a function returns whoever calls it: its declared type, else what it says it returns."""
    fact = view.functions.get(symbol)
    if fact is None:
        return NOTHING
    declared = NOTHING
    if fact.returns != NONE:
        declared = flow.instances(flow.expr(view, fact.returns))
        if declared and not declared_types.says_little(flow, view, declared):
            if fact.results and declared_types.is_iterator(
                flow, view, declared
            ):  # who goes on in it is another question
                return union([declared, frozenset(one for one in _results(flow, view, fact) if one[0] == GENERATOR)])
            return declared
    results = _results(flow, view, fact)
    if any(value[0] == FUNC for value in results) or declared_types.is_met(flow, declared, results):
        return results
    return union([declared, results])


def _results(flow: Evaluator, view: FileView, fact: FunctionFact) -> Values:
    """What a function says it returns, but for parameters and the receiver."""
    own = (index for index in fact.results if view.facts.exprs[index][0] != SELF)  # that is who is called upon
    return union([flow.expr(view, index) for index in own if _handed_back(view, fact, index) is None])


def _handed_back(view: FileView, fact: FunctionFact, index: int) -> int | None:
    """The position of the parameter that a result simply is, None for anything else."""
    expr = view.facts.exprs[index]
    if expr[0] != NAME or expr[1] != fact.symbol or (fact.symbol, expr[2]) in view.slots:
        return None
    position = next((i for i, p in enumerate(fact.params) if p.name == expr[2]), None)
    packed = position is not None and fact.params[position].kind in (VARARGS, KWARGS)
    return None if packed and view.language.scoping.explicit_receiver else position


def handed_back(flow: Evaluator, view: FileView, fact: FunctionFact) -> Iterator[tuple[int | None, bool]]:
    """Yield the parameters that a function simply hands back, and whether each is the receiver."""
    for index in fact.results:
        position = _handed_back(view, fact, index)
        receiver = _is_receiver(view, fact, index, position)
        if receiver or position is not None:
            yield position, receiver


def _makes_receivers(view: FileView, index: int) -> bool:
    """Whether a result is a new instance of the receiver's own class."""
    exprs = view.facts.exprs
    made = exprs[index]
    of = exprs[made[1]] if made[0] == CALL and made[1] != NONE else (NONE,)
    return bool(of[0] == CLASS and exprs[of[1]][0] == SELF)


def _is_receiver(view: FileView, fact: FunctionFact, index: int, position: int | None) -> bool:
    """Whether a result is the receiver itself: `return self`."""
    if view.facts.exprs[index][0] == SELF:
        return True
    flags = view.facts.symbols[fact.symbol].flags
    return position == 0 and view.language.scoping.explicit_receiver and not flags & STATIC


# --- decorators ----------------------------------------------------------------------------------------


def decorate(flow: Evaluator, view: FileView, decorator: int, value: int) -> Values:
    """What a decorator makes of a value; one that is not in the tree is taken to hand it back.

    Where nothing comes out that could be called, the value is taken to be in it; a class is in what is made of it
    unless another class comes out."""
    given = flow.expr(view, value)
    parts, decorators = [], flow.expr(view, decorator)
    for one in () if is_wide(decorators) else decorators:
        if one[0] in (EXTERN, EXTERN_INST):
            parts.append(given)
        elif one not in (FLOW_MARK, MANY_MARK):
            parts.append(of_value(flow, view, one, (value,), ()))
    made = union(parts)
    if any(one[0] == TYPE for one in given) and not any(one[0] == TYPE for one in made):
        later = union([_called_at_once(flow, one) for one in flow.expr(view, decorator)])
        return given | frozenset(one for one in made - later if one[0] not in _OUTSIDE)
    return made if any(one[0] in _CALLABLE for one in made) else made | given


def _called_at_once(flow: Evaluator, decorator: Value) -> Values:
    """The functions that a decorator returns where it stands with arguments, and calls itself where it has none:
    `return wrap if given is None else wrap(given)`."""
    fact = flow.function(decorator[1], decorator[2]) if decorator[0] == FUNC else None
    if fact is None:
        return NOTHING
    view = flow.world.view(decorator[1])
    exprs = view.facts.exprs
    results = [one for one in fact.results if one != NONE]
    called = [exprs[exprs[one][1]] for one in results if exprs[one][0] == CALL and exprs[one][1] != NONE]
    names = {one[1:3] for one in called if one[0] in (NAME, LIVE)}
    later = (one for one in results if exprs[one][0] in (NAME, LIVE) and exprs[one][1:3] in names)
    return union([flow.expr(view, one) for one in later])
