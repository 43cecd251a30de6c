"""Lambdas handed to a call: what the callee passes to their parameters."""

from typing import Final

from codeagent.domain.facts import ABSTRACT, ATTR, CALL, CALLABLE_KINDS, DEF, KIND, NONE, TAKES, FunctionFact
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
    "forEachOrdered toMap groupingBy orElseGet replaceAll"
)
ELEMENTWISE: Final = frozenset(_WORDS.split())
_COMPARING: Final = frozenset("sort sorted reduce max min merge".split())  # all that they pass are elements
_PAIRWISE: Final = frozenset(
    "forEach replaceAll compute computeIfPresent".split()
)  # those of maps pass a key and its value
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
            if value[0] == BOX_METHOD:
                parts.append(_by_container(flow, value, len(fact.params), position))
            elif value[0] == EXTERN and position == 0 and view.language.scoping.static_types:
                parts.append(_by_receiver(flow, view, callee))
            elif value[0] in (FUNC, BOUND):
                taken = _by_declaration(flow, value, place, position)
                parts.append(flow.generics.returned(taken, view, value, args, ()))
    return union(parts)


def _by_container(flow: Evaluator, value: Value, count: int, position: int) -> Values:
    """What a method of a container passes to a function: elements, or keys and values."""
    name, receiver = value[1:3]
    if name in _PAIRWISE and count == 2 and receiver[0] == TYPED_INST:
        return containers.argument(flow, receiver, position)
    wanted = (name in ELEMENTWISE and position == 0) or name in _COMPARING
    return containers.elements(flow, receiver) if wanted else NOTHING


def _by_receiver(flow: Evaluator, view: FileView, callee: int) -> Values:
    """What a method that a class of the tree has from outside passes: the elements that it iterates over."""
    expr = view.facts.exprs[callee]
    while expr[0] == TAKES:
        expr = view.facts.exprs[expr[1]]
    if expr[0] != ATTR or expr[2] not in ELEMENTWISE:
        return NOTHING
    return union([flow.each(one) for one in flow.expr(view, expr[1]) if one[0] == INST])


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
