"""Python: what is handed over where a type is declared: for parameters, for fields of data classes, as results."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Certainty, Reference
from codeagent.domain.facts import CALL, KWARGS, METHOD_LIKE, NONE, STATIC, VARARGS, Expr, FunctionFact
from codeagent.graph import fields
from codeagent.graph.arriving import arguments, value_at
from codeagent.graph.values import (
    BOUND,
    BOX,
    ELEMENTS,
    EXTERN_INST,
    FLOW_MARK,
    FUNC,
    GENERATOR,
    INST,
    TYPE,
    TYPED_INST,
    Class,
    Denoted,
    Value,
    Values,
)
from codeagent.graph.views import FileView
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import with_all_below
from codeagent.refactorings.python.made_classes import of_made_classes
from codeagent.refactorings.refactoring import Occurrence

Type = Class | str  # of the tree, or the dotted name of one outside
_OPEN_ENDED: Final = (VARARGS, KWARGS)
_CONTAINERS: Final = (BOX, ELEMENTS, GENERATOR, TYPED_INST)
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
    inside: bool = False  # what is declared is what a container holds


def handed_to_declared(code: Code, classes: Collection[Type]) -> Iterator[Handed]:
    """Yield all that is handed over where one of the classes is declared, in the order of paths."""
    world = code.naming.flow.world
    words = {name_of(code, one) for one in classes}
    files = code.graph.files
    paths = sorted(code.graph.mentioning(words)) if words else []
    paths = [path for path in paths if path in files and files[path].language == "python"]
    takers = [one for path in paths for one in _takers(code, world.view(path), classes)]
    results = [one for path in paths for one in _results(code, world.view(path), classes)]
    for taker in takers:
        yield from _given(code, taker, _calls(code, taker.symbol))
    for (path, symbol), declared in results:
        yield from _returned(code, world.view(path), symbol, declared)
    for path, record in sorted(files.items()):
        if record.test and record.language == "python" and code.graph.facts(path).writes:
            yield from _written(code, world.view(path), classes)


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
            for declared, inside in _declared(code, view, param.annotation, classes):
                if param.kind not in _OPEN_ENDED:
                    yield _Taker(here, fact, position, int(method), declared, inside=inside)
    flow = code.naming.flow
    for one in view.facts.classes:  # those to which a constructor is given that takes their fields
        owner = (view.path, one.symbol)
        made = fields.constructor(flow, owner) if fields.is_made(flow, owner) else FunctionFact(one.symbol)
        for position, param in enumerate(made.params):
            if found := _among(flow.class_member(owner, param.name, instance=True), classes):
                yield _Taker(owner, made, position, 0, found)


def _overriding(code: Code, view: FileView, symbol: int) -> Iterator[Denoted]:
    """What overrides a method and declares no result of its own."""
    flow, told = code.naming.flow, view.facts.symbols[symbol]
    if told.kind in METHOD_LIKE:
        for path, owner in sorted(with_all_below(flow, [(view.path, told.parent)]) - {(view.path, told.parent)}):
            other = flow.world.view(path)
            slot = other.slots.get((owner, told.name))
            for index in slot.symbols if slot is not None else ():
                fact = other.functions.get(index)
                if fact is not None and fact.returns == NONE:
                    yield path, index


def _results(code: Code, view: FileView, classes: Collection[Type]) -> Iterator[tuple[Denoted, frozenset[Type]]]:
    for fact in view.facts.functions:
        for declared, inside in _declared(code, view, fact.returns, classes):
            if not inside:
                yield (view.path, fact.symbol), declared
                yield from ((one, declared) for one in _overriding(code, view, fact.symbol))


def _declared(
    code: Code, view: FileView, annotation: int, classes: Collection[Type]
) -> Iterator[tuple[frozenset[Type], bool]]:
    """Those of the classes that an annotation says, and those that it says a container holds (True)."""
    flow = code.naming.flow
    told = flow.instances(flow.expr(view, annotation)) if annotation != NONE else frozenset()
    for values, inside in ((told, False), (_elements(code, told), True)):
        if found := _among(values, classes):
            yield found, inside


def _elements(code: Code, values: Values) -> Values:
    """What the containers among values hold."""
    held = (code.naming.flow.each(value) for value in values if value[0] in _CONTAINERS)
    return frozenset[Value]().union(*held)


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
        view = flow.world.view(call.path)
        for callee in view.named.get((call.span.start, call.span.end), ()):
            made = [one for one in _calls_by_callee(code, view).get(callee, ()) if one[2] or not taker.receiver]
            for shift in _shifts(flow.expr(view, callee), taker) if made else ():
                for index in _arguments(made, taker, shift):
                    place = Occurrence(call.path, call.span.start, call.span.end)
                    values = _values(code, view, index)
                    values = _elements(code, values) if taker.inside else values
                    yield Handed(taker.declared, values, place, name, taker.receiver)


def _arguments(made: list[Expr], taker: _Taker, shift: int) -> Iterator[int]:
    for expr in made:
        yield from arguments(taker.fact, taker.position, expr[2], expr[3], shift)


def _calls_by_callee(code: Code, view: FileView) -> dict[int, list[Expr]]:
    found: dict[int, list[Expr]] = code.kept(("by callee", view), lambda: _by_callee(view))
    return found


def _by_callee(view: FileView) -> dict[int, list[Expr]]:
    found: dict[int, list[Expr]] = {}
    for expr in view.facts.exprs:
        if expr[0] == CALL:
            found.setdefault(expr[1], []).append(expr)
    return found


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


def _written(code: Code, view: FileView, classes: Collection[Type]) -> Iterator[Handed]:
    """What tests assign to attributes that hold objects of the classes."""
    flow = code.naming.flow
    for write in view.facts.writes:
        values = _values(code, view, write.value) if not write.item and write.value != NONE else frozenset()
        if any(one[0] in (INST, EXTERN_INST) for one in values):
            held = (flow.member(view, base, str(write.key)) for base in flow.expr(view, write.base))
            declared = _among(frozenset().union(*held) - values, classes)
            if declared:
                yield Handed(declared, values, _place(view, write.base), str(write.key))


def _place(view: FileView, index: int) -> Occurrence:
    """Where an expression ends that is the name of something; the start of the file for any other."""
    spans = (span for span, found in view.named.items() if index in found)
    return Occurrence(view.path, *next(spans, (0, 0)))


def _values(code: Code, view: FileView, index: int) -> frozenset[Value]:
    made = of_made_classes(code, view, index)
    return value_at(code.naming.flow, view, index) | made | (frozenset({FLOW_MARK}) if made else frozenset())
