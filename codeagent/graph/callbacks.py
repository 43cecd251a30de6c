"""Lambdas handed to a call: what the callee passes to their parameters."""

from typing import Final

from codeagent.domain.facts import ABSTRACT, CALL, CALLABLE_KINDS, DEF, KIND, NONE, FunctionFact
from codeagent.graph import containers, objects
from codeagent.graph.evaluator import Args, Evaluator
from codeagent.graph.values import (
    BOUND,
    BOX_METHOD,
    EXTERN,
    FUNC,
    INST,
    NOTHING,
    TYPE,
    TYPED_INST,
    Class,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_LAMBDA: Final = KIND["lambda"]
_WORDS: Final = (
    "forEach map filter anyMatch allMatch noneMatch flatMap removeIf ifPresent ifPresentOrElse takeWhile dropWhile "
    "mapToInt mapToLong mapToDouble mapToObj peek find findIndex findLast some every partition sortBy groupBy "
    "forEachOrdered toMap groupingBy orElseGet"
)
ELEMENTWISE: Final = frozenset(_WORDS.split())
_OUTSIDE: Final = (
    "Consumer Function Predicate BiConsumer BiFunction BiPredicate UnaryOperator BinaryOperator Comparator"
)
_OUTSIDE_NAMES: Final = frozenset(_OUTSIDE.split())  # types of functions that the standard library of Java has


def handed(flow: Evaluator, view: FileView, fact: FunctionFact, position: int) -> Values:
    """What reaches a parameter of a lambda: by the type it is of, by the calls of its file that it is handed to."""
    if view.facts.symbols[fact.symbol].kind != _LAMBDA:
        return NOTHING
    parts = [_of_type(flow, of, position) for of in flow.expr(view, fact.owner)]
    for callee, place, args in places(view, fact.symbol):
        for value in flow.expr(view, callee):
            if value[0] == BOX_METHOD and value[1] in ELEMENTWISE and position == 0:
                parts.append(containers.elements(flow, value[2]))
            elif value[0] in (FUNC, BOUND):
                taken = _by_declaration(flow, value, place, position)
                parts.append(flow.generics.returned(taken, view, value, args, ()))
    return union(parts)


def is_lambda(flow: Evaluator, function: Value) -> bool:
    """Whether a function value has no name of its own."""
    return flow.world.view(function[1]).facts.symbols[function[2]].kind == _LAMBDA


def places(view: FileView, symbol: int) -> list[tuple[int, int, Args]]:
    """The calls of a file that a lambda is an argument of, as (callee expression, place, all arguments)."""
    if view.handed is None:
        view.handed = {}
        exprs = view.facts.exprs
        for expr in exprs:
            if expr[0] == CALL:
                for place, index in enumerate(expr[2]):
                    if index != NONE and exprs[index][0] == DEF:
                        view.handed.setdefault(exprs[index][1], []).append((expr[1], place, expr[2]))
    return view.handed.get(symbol, [])


def _by_declaration(flow: Evaluator, function: Value, place: int, position: int) -> Values:
    """What the declared type of the parameter that takes a lambda says of the lambda's own."""
    path, symbol = function[1:3]
    fact, own = flow.function(path, symbol), flow.world.view(path)
    if fact is None or place >= len(fact.params) or fact.params[place].annotation == NONE:
        return NOTHING
    return union([_of_type(flow, of, position) for of in flow.expr(own, fact.params[place].annotation)])


def _of_type(flow: Evaluator, of: Value, position: int) -> Values:
    """What a function of a declared type is given."""
    if of[0] == TYPE:
        given = _single_method(flow, of[1:3], position)
        return flow.generics.filled(given, (INST, *of[1:])) if len(of) > 3 else given
    if of[0] != TYPED_INST:
        return NOTHING
    return _outside(flow, of, position) or objects.parameter(flow, of, position)


def _single_method(flow: Evaluator, owner: Class, position: int) -> Values:
    """What the one abstract method of an interface takes."""
    one, view = single_method(flow, owner), flow.world.view(owner[0])
    if one is None or position >= len(one.params):
        return NOTHING
    annotation = one.params[position].annotation
    return flow.instances(flow.expr(view, annotation)) if annotation != NONE else NOTHING


def single_method(flow: Evaluator, owner: Class) -> FunctionFact | None:
    """The one abstract method that an interface declares itself, if it is one."""
    view = flow.world.view(owner[0])
    symbols = view.facts.symbols
    methods = [i for i in view.functions if symbols[i].parent == owner[1] and symbols[i].kind in CALLABLE_KINDS]
    abstract = [index for index in methods if symbols[index].flags & ABSTRACT]
    return view.functions[abstract[0]] if len(abstract) == 1 else None


def _outside(flow: Evaluator, value: Value, position: int) -> Values:
    """`Consumer<Item>` passes an Item, `BiFunction<A, B, C>` an A and a B."""
    view = flow.world.view(value[1])
    _, base, args = view.facts.exprs[value[2]]
    names = {str(one[1]).rpartition(".")[2] for one in flow.expr(view, base) if one[0] == EXTERN}
    if not names & _OUTSIDE_NAMES:
        return NOTHING
    index = args[min(position, len(args) - 1)]
    return flow.instances(flow.expr(view, index)) if index != NONE else NOTHING
