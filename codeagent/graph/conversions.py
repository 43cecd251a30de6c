"""How near the values of an argument are to the declared type of a parameter: by that overloads are told apart."""

import re

from codeagent.domain.facts import KIND, NONE, SEQ, TYPED, VARARGS, Param
from codeagent.graph import callbacks
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import (
    BOX,
    EXTERN,
    EXTERN_INST,
    INST,
    TYPE,
    TYPED_INST,
    VARIABLE,
    VARIABLE_INST,
    Value,
    Values,
)
from codeagent.graph.views import FileView

_KNOWN = (INST, EXTERN_INST, TYPED_INST, BOX)
_ENUM = KIND["enum"]
_NULL = "<builtin>.null"
APART = 100  # how much a match counts more than the order among matches
_FUNCTIONAL = (KIND["interface"], KIND["type"])  # what a function may be passed as


def tells(view: FileView, value: Value) -> bool:
    """Whether a value has a type; what an outside function returned (`String.trim`) has none that is known."""
    if value[0] != EXTERN_INST:
        return value[0] in _KNOWN
    short = value[1].rpartition(".")[2]
    return bool(short[:1].isupper()) or bool(_takers(view, short))


def fit(flow: Evaluator, view: FileView, given: list[Value], own: FileView, param: Param) -> int:
    """How well values go into a parameter: `APART` for its very type, negative for others, 0 where nobody knows."""
    if param.annotation == NONE:
        return 0  # a type parameter takes anything
    if any(one[1] == _NULL for one in given):
        return _fit_null(flow, own, param)
    expr, arrays = own.facts.exprs[param.annotation], [one for one in given if one[0] == BOX]
    if expr[0] == SEQ:
        elements = _known(flow.expr(own, expr[1][0]))
        if param.kind == VARARGS and not arrays:
            return max((_between(flow, view, one, of) for one in given for of in elements), default=0)
        return max((_between_arrays(flow, view, one, elements) for one in arrays), default=-APART)
    declared = _known(flow.expr(own, expr[1] if expr[0] == TYPED else param.annotation))
    if not declared:
        return 0
    if arrays:
        return 1 if any(_is_root(own, one) for one in declared) else -APART
    return max(_distance(flow, view, one, of) for one in given for of in declared)


def _fit_null(flow: Evaluator, own: FileView, param: Param) -> int:
    """`null` goes into all but what is no object, best into the narrowest."""
    declared = _known(flow.expr(own, param.annotation))
    if any(_is_plain(own, one) for one in declared):
        return -APART
    return 1 if any(_is_root(own, one) for one in declared) else 2


def _known(types: Values) -> Values:
    """Types by their name alone; a type parameter takes anything that its bound does."""
    return frozenset(one[:3] for one in types if one[0] not in (VARIABLE, VARIABLE_INST))


def fit_function(flow: Evaluator, given: list[Value], own: FileView, param: Param) -> int:
    """A function goes into types of functions alone, a lambda into those that take as many arguments."""
    expr = own.facts.exprs[param.annotation] if param.annotation != NONE else ()
    if not expr:
        return 0
    if expr[0] == SEQ:
        return 0 if param.kind == VARARGS else -APART
    counts = {len(flow.function(*one[1:3]).params) for one in given if callbacks.is_lambda(flow, one)}  # type: ignore[union-attr]  # lambdas have facts
    declared = flow.expr(own, expr[1] if expr[0] == TYPED else param.annotation)
    return max((_into(_arity(flow, own, one), counts) for one in declared), default=0)


def _into(arity: int | None, counts: set[int]) -> int:
    """How well lambdas of so many parameters go into a type; -1: it is none of functions, None: nobody knows."""
    if arity is None or (arity >= 0 and not counts):
        return 0
    return APART if arity in counts else -APART


def _arity(flow: Evaluator, own: FileView, of: Value) -> int | None:
    if of[0] == TYPE:
        if flow.world.view(of[1]).facts.symbols[of[2]].kind not in _FUNCTIONAL:
            return -1
        one = callbacks.single_method(flow, of[1:3])
        return None if one is None else len(one.params)
    scoping, short = own.language.scoping, str(of[1]).rpartition(".")[2] if of[0] in (EXTERN, EXTERN_INST) else ""
    known = next((count for pattern, count in scoping.function_types if re.fullmatch(pattern, short)), None)
    return -1 if known is None and _takers(own, short) else known


def _is_root(view: FileView, value: Value) -> bool:
    return value[0] in (EXTERN, EXTERN_INST) and str(value[1]).rpartition(".")[2] == view.language.scoping.root


def _between_arrays(flow: Evaluator, view: FileView, array: Value, wanted: Values) -> int:
    """How near an array is to one of the wanted elements: by what it holds, which nothing converts."""
    held = [one for one in flow.each(array) if tells(view, one)]
    if not held or not wanted:
        return 1
    return max(_between(flow, view, one, of, converts=False) for one in held for of in wanted)


def _between(flow: Evaluator, view: FileView, value: Value, of: Value, *, converts: bool = True) -> int:
    """How near a value is to a value of the wanted type; with `converts`, a number may become a wider one."""
    if value[0] == BOX or of[0] == BOX:
        if value[0] == of[0]:
            return _between_arrays(flow, view, value, flow.each(of))
        return 1 if value[0] == BOX and _is_root(view, of) else -APART
    kind = (TYPE, *of[1:3]) if of[0] == INST else (EXTERN, _name(flow, of))
    if not converts and value[0] != INST:
        same, plain = _name(flow, value) == kind[1], (_is_plain(view, value), _is_plain(view, of))
        if same or any(plain):
            return APART if same else -APART
    return _distance(flow, view, value, kind)


def _takers(view: FileView, short: str) -> tuple[str, ...]:
    """A type that no class extends, such as `int` or `String`, and what takes it, best first; () for any other."""
    return next((row for row in view.language.scoping.conversions if row[0] == short), ())


def _is_plain(view: FileView, value: Value) -> bool:
    """Whether a value is one of the language's that are no objects: `int`, `boolean`."""
    short = str(value[1]).rpartition(".")[2] if value[0] == EXTERN_INST else ""
    return short[:1].islower() and bool(_takers(view, short))


def _distance(flow: Evaluator, view: FileView, value: Value, of: Value) -> int:
    """How near a value is to a declared type: `APART` for the very type, less for wider ones, negative for others."""
    if value[0] == INST:
        line = list(flow.hierarchy.line(value[1:3]))
        if of in line:
            return APART - line.index(of)
        if _is_root(view, of):
            return 1
        if str(of[1]).endswith(".Enum") and flow.world.view(value[1]).facts.symbols[value[2]].kind == _ENUM:
            return APART - 1
        open_above = any(one[0] == EXTERN for one in line)
        return -1 if of[0] != TYPE and open_above and not _takers(view, str(of[1]).rpartition(".")[2]) else -APART
    name = _name(flow, value)
    wanted = str(of[1]) if of[0] in (EXTERN, EXTERN_INST) else ""
    if name == wanted:
        return APART
    short, takers = name.rpartition(".")[2], wanted.rpartition(".")[2]
    if not wanted:
        return -APART
    row = _takers(view, short)
    if takers in row:
        return APART - row.index(takers)
    if row or _takers(view, takers):
        return -APART
    return 0 if short.endswith(takers) else -1  # a `StringReader` is a `Reader` sooner than an `InputStream`


def _name(flow: Evaluator, value: Value) -> str:
    """The dotted name of an outside instance's type."""
    if value[0] == EXTERN_INST:
        return str(value[1])
    view = flow.world.view(value[1])
    base = view.facts.exprs[value[2]][1]
    return next((str(one[1]) for one in flow.expr(view, base) if one[0] in (EXTERN, EXTERN_INST)), "")
