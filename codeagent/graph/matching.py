"""What the arguments of a call tell of a type parameter: declared types and values, laid on each other."""

from typing import Final

from codeagent.domain.facts import ANY, ATTR, INSTANCE, LIVE, NAME, NONE, PARAMETER, SEQ, TYPED, VARARGS
from codeagent.graph import arriving, containers
from codeagent.graph.evaluator import Args, Evaluator, Keywords
from codeagent.graph.values import (
    BOUND,
    EXTERN,
    EXTERN_INST,
    FUNC,
    INST,
    MANY_MARK,
    MODULE,
    NOTHING,
    TYPE,
    TYPED_INST,
    VARIABLE,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_CLASS_OF: Final = frozenset({"Type", "type", "Class"})
_RESULTS: Final = frozenset({"Function", "Callable", "Fn", "FnMut", "FnOnce", "Supplier", "BiFunction"})  # the last
_DEFINITIONS: Final = frozenset((FUNC, BOUND, TYPE, MODULE))
_DEEPEST: Final = 4

Call = tuple[FileView, Args, Keywords, int]  # where it stands, what it hands over, parameters that are taken already


def told(flow: Evaluator, own: FileView, function: int, variable: Value, call: Call) -> Values:
    """The values of a type parameter by the arguments that land on parameters whose types mention it."""
    fact = own.functions.get(function)
    view, args, keywords, shift = call
    parts = []
    for position, param in enumerate(fact.params if fact else ()):
        if param.annotation == NONE:
            continue
        annotation = param.annotation
        expr = own.facts.exprs[annotation]
        if param.kind == VARARGS and expr[0] == SEQ:
            annotation = expr[1][0]
        if fact is not None and variable in _named(flow, own, annotation):
            for index in arriving.arguments(fact, position, args, keywords, shift):
                parts.append(_match(flow, own, annotation, variable, (view, flow.expr(view, index)), 0))
    found = union(parts)  # types, not values: that a function has the type of an argument does not make it that one
    return NOTHING if MANY_MARK in found else frozenset(one for one in found if one[0] not in _DEFINITIONS)


def _named(flow: Evaluator, own: FileView, index: int) -> frozenset[Value]:
    return flow.generics.named_in(own, index)


def _match(
    flow: Evaluator, own: FileView, index: int, variable: Value, given: tuple[FileView, Values], depth: int
) -> Values:
    """Lay a declared type on values: what stands where the variable does."""
    if index == NONE or depth > _DEEPEST or variable not in _named(flow, own, index):
        return NOTHING
    expr = own.facts.exprs[index]
    if expr[0] in (PARAMETER, NAME, LIVE, ATTR):
        return given[1]
    if expr[0] == INSTANCE:
        return _match(flow, own, expr[1], variable, given, depth)
    if expr[0] == ANY:
        return union([_match(flow, own, part, variable, given, depth + 1) for part in expr[1]])
    view, values = given
    if expr[0] == SEQ:
        inside = union([containers.elements(flow, value) for value in values])
        return union([_match(flow, own, part, variable, (view, inside), depth + 1) for part in expr[1]])
    if expr[0] != TYPED:
        return NOTHING
    bases = flow.expr(own, expr[1])
    parts = []
    for position, arg in enumerate(expr[2]):
        if variable in _named(flow, own, arg):
            last = position == len(expr[2]) - 1
            inside = union([_part(flow, view, bases, value, position, last) for value in values])
            parts.append(_match(flow, own, arg, variable, (view, inside), depth + 1))
    return union(parts)


def _part(flow: Evaluator, view: FileView, bases: Values, value: Value, position: int, last: bool) -> Values:
    """What a value has at one argument of the generic type that it is handed over as."""
    for base in bases:
        if base[0] == TYPE and value[0] == INST:
            scene = flow.generics.scene(value, base[1:3])
            return flow.generics.argument(scene, position) if scene is not None else NOTHING
    names = {str(base[1]).rpartition(".")[2].rpartition(":")[2] for base in bases if base[0] in (EXTERN, EXTERN_INST)}
    if names & _CLASS_OF and value[0] != TYPED_INST:
        return flow.instances(frozenset({value})) if value[0] in (TYPE, EXTERN, VARIABLE) else NOTHING
    wraps = bool(names & containers.TRANSPARENT)
    if wraps and not view.language.scoping.static_types:  # `Optional[T]` is handed what T is
        return frozenset({value})
    if value[0] in (FUNC, BOUND, TYPE):
        return flow.called(view, value, (), ()) if last and names & _RESULTS else NOTHING
    if value[0] == TYPED_INST:
        return containers.argument(flow, value, -1 if last else position)
    if wraps:
        return frozenset({value})
    return containers.elements(flow, value) if last else NOTHING
