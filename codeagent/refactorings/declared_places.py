"""Python: what is handed over where a type is declared: for parameters, and as results."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Certainty, Reference
from codeagent.domain.facts import CALL, KEYWORD_ONLY, KWARGS, METHOD_LIKE, NONE, STATIC, VARARGS, FunctionFact
from codeagent.graph.arriving import arguments, value_at
from codeagent.graph.values import BOUND, EXTERN_INST, FUNC, INST, TYPE, Class, Denoted, Value, Values
from codeagent.graph.views import FileView
from codeagent.refactorings.code import Code
from codeagent.refactorings.given_by_fixtures import given_by_fixture
from codeagent.refactorings.refactoring import Occurrence

Type = Class | str  # of the tree, or the dotted name of one outside
_OPEN_ENDED: Final = (VARARGS, KWARGS)
_CALLING: Final = ("calls", "instantiates")


@dataclass(frozen=True, slots=True)
class Handed:
    """What may be handed over at a place for what is declared to be of some classes; `receiver`: as the object of a
    method that is called through its class."""

    declared: frozenset[Type]
    values: frozenset[Value]
    place: Occurrence
    taken_as: str
    receiver: bool = False


@dataclass(frozen=True, slots=True)
class _Taker:
    """A parameter of what is called, a class among it; `bound`: how many parameters a usual call leaves out."""

    symbol: Denoted
    fact: FunctionFact
    position: int
    bound: int
    declared: frozenset[Type]
    receiver: bool = False


def handed_to_declared(code: Code, classes: Collection[Type]) -> Iterator[Handed]:
    """Yield all that is handed over where one of the classes is declared, in the order of paths."""
    world = code.naming.flow.world
    words = {name_of(code, one) for one in classes}
    files = code.graph.files
    paths = sorted(code.graph.mentioning(words)) if words else []
    paths = [path for path in paths if path in files and files[path].language == "python"]
    takers = [one for path in paths for one in _takers(code, world.view(path), classes)]
    results = [one for path in paths for one in _results(code, world.view(path), classes)]
    calls = [_calls(code, taker.symbol) for taker in takers]
    code.naming.load({one.path for found in calls for one in found} | {path for (path, _), _ in results})
    for taker, found in zip(takers, calls, strict=True):
        yield from _given(code, taker, found)
    for (path, symbol), declared in results:
        yield from _returned(code, code.naming.file(path).view, symbol, declared)


def name_of(code: Code, one: Type) -> str:
    """Return the name of a class without what it lies in."""
    if isinstance(one, str):
        return one.rpartition(".")[2]
    return code.naming.flow.world.view(one[0]).facts.symbols[one[1]].name


# --- where the classes are declared --------------------------------------------------------------------------------


def _takers(code: Code, view: FileView, classes: Collection[Type]) -> Iterator[_Taker]:
    for fact in view.facts.functions:
        symbol = view.facts.symbols[fact.symbol]
        method = symbol.kind in METHOD_LIKE and not symbol.flags & STATIC
        here, own = (view.path, fact.symbol), (view.path, symbol.parent)
        if method and fact.params and own in classes:
            yield _Taker(here, fact, 0, 1, frozenset({own}), receiver=True)
        for position, param in enumerate(fact.params):
            declared = _declared(code, view, param.annotation, classes)
            if declared and param.kind not in _OPEN_ENDED:
                yield _Taker(here, fact, position, int(method), declared)


def _results(code: Code, view: FileView, classes: Collection[Type]) -> Iterator[tuple[Denoted, frozenset[Type]]]:
    for fact in view.facts.functions:
        declared = _declared(code, view, fact.returns, classes)
        if declared:
            yield (view.path, fact.symbol), declared


def _declared(code: Code, view: FileView, annotation: int, classes: Collection[Type]) -> frozenset[Type]:
    flow = code.naming.flow
    return _among(flow.instances(flow.expr(view, annotation)), classes) if annotation != NONE else frozenset()


def _among(values: Values, classes: Collection[Type]) -> frozenset[Type]:
    found = {one[1:3] if one[0] == INST else one[1] for one in values if one[0] in (INST, EXTERN_INST)}
    return frozenset(found.intersection(classes))


# --- what reaches them ---------------------------------------------------------------------------------------------


def _calls(code: Code, taker: Denoted) -> list[Reference]:
    target = code.naming.flow.world.view(taker[0]).symbol_id(taker[1])
    found: list[Reference] = code.kept(
        ("calls", target),
        lambda: [one for one in code.graph.incoming(target, _CALLING) if one.certainty is not Certainty.NAME_ONLY],
    )
    return found


def _given(code: Code, taker: _Taker, calls: list[Reference]) -> Iterator[Handed]:
    """What calls hand over for one parameter."""
    flow, name = code.naming.flow, taker.fact.params[taker.position].name
    for call in calls:
        view = code.naming.file(call.path).view
        for callee in view.named.get((call.span.start, call.span.end), ()):
            for shift in _shifts(flow.expr(view, callee), taker):
                for index in _arguments(view, callee, taker, shift):
                    place = Occurrence(call.path, call.span.start, call.span.end)
                    yield Handed(taker.declared, _values(code, view, index), place, name, taker.receiver)


def _arguments(view: FileView, callee: int, taker: _Taker, shift: int) -> Iterator[int]:
    for expr in view.facts.exprs:
        if expr[0] == CALL and expr[1] == callee:
            by_place = () if taker.fact.params[taker.position].kind == KEYWORD_ONLY else expr[2]
            yield from arguments(taker.fact, taker.position, by_place, expr[3], shift)


def _shifts(called: Values, taker: _Taker) -> tuple[int, ...]:
    """How many parameters are given by what is called; nothing where that is not what takes them."""
    if any(value[0] in (BOUND, TYPE, INST) for value in called):
        return () if taker.receiver else (taker.bound,)
    return (0,) if any(value[0] == FUNC and value[1:3] == taker.symbol for value in called) else ()


def _returned(code: Code, view: FileView, symbol: int, declared: frozenset[Type]) -> Iterator[Handed]:
    """What a function returns."""
    told = view.facts.symbols[symbol]
    place = Occurrence(view.path, told.name_start, told.name_end)
    for index in view.functions[symbol].results:
        yield Handed(declared, _values(code, view, index), place, f"what {told.name} returns")


def _values(code: Code, view: FileView, index: int) -> frozenset[Value]:
    given = given_by_fixture(code, view, index)
    return value_at(code.naming.flow, view, index) | {one for one in given if one is not None}
