"""What reaches a parameter: its declared type, its default, its receiver, the arguments of calls that lead to it."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CLASSMETHOD,
    DECORATED,
    KEYWORD_ONLY,
    KIND,
    KWARGS,
    LITERAL,
    METHOD_LIKE,
    NONE,
    POSITIONAL,
    PROPERTY,
    SETTER,
    STAR,
    STATIC,
    VARARGS,
    FunctionFact,
)
from codeagent.graph import callbacks, declared_types, objects
from codeagent.graph.evaluator import Args, Evaluator, Keywords, Landing
from codeagent.graph.values import (
    BOUND,
    FLOW_MARK,
    FUNC,
    INST,
    NOTHING,
    PACKED,
    TYPE,
    Class,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_MOST_HEIRS: Final = 24  # classes below one whose constructions are followed
_METHOD: Final = KIND["method"]
_WRAPPED: Final = DECORATED | STATIC | CLASSMETHOD | PROPERTY | SETTER  # what these make of a function, flags tell


def argument(flow: Evaluator, view: FileView, symbol: int, position: int) -> Values:
    """What reaches a parameter."""
    fact = view.functions[symbol]
    param = fact.params[position]
    if param.kind in (VARARGS, KWARGS) and view.language.scoping.explicit_receiver:
        return frozenset({(PACKED, view.path, (symbol, position))})
    declared = NOTHING
    if param.annotation != NONE and param.kind not in (VARARGS, KWARGS):
        types = flow.expr(view, param.annotation)
        if view.language.scoping.static_types and view.facts.exprs[param.annotation][0] == LITERAL:
            return types  # `int count`: a primitive type is told by a value of it
        declared = flow.instances(types)
        if declared_types.says_little(flow, view, declared):
            pass  # what is handed over says more
        elif view.language.scoping.records:
            return declared | objects.handed(_from_sites(flow, view, fact, position))
        else:
            return declared
    facts = view.facts.symbols
    owner = facts[symbol].parent
    if position == 0 and facts[symbol].kind in METHOD_LIKE and view.language.scoping.explicit_receiver:
        flags = facts[symbol].flags
        if not flags & STATIC:
            kind = TYPE if flags & CLASSMETHOD or facts[symbol].name == "__new__" else INST
            return frozenset({(kind, view.path, owner)})
    parts = [declared, flow.expr(view, param.default)]
    parts.append(callbacks.handed(flow, view, fact, position))
    flowed = _from_sites(flow, view, fact, position)
    if flowed:
        parts += [flowed, frozenset({FLOW_MARK})]
    return union(parts)  # of `...rest` the elements stand for the container: both are reached by iteration or key


def _from_sites(flow: Evaluator, view: FileView, fact: FunctionFact, position: int) -> Values:
    """The union over the call sites whose callee turns out to be this function."""
    parts = []
    for landing in landings(flow, view, fact):
        parts.append(at_site(flow, fact, position, landing))
    return union(parts)


def at_site(flow: Evaluator, fact: FunctionFact, position: int, landing: Landing) -> Values:
    """What one call hands over for a parameter."""
    path, args, keywords, shift = landing
    other = flow.world.view(path)
    parts = [value_at(flow, other, value) for value in arguments(fact, position, args, keywords, shift)]
    return union(parts + _spread(flow, other, fact, position, args, keywords, shift))


def landings(flow: Evaluator, view: FileView, fact: FunctionFact) -> list[Landing]:
    """The calls that reach a function; kept when all callees are known for good."""
    known = flow.landings.get((view.path, fact.symbol))
    if known is not None:
        return known
    symbols = view.facts.symbols
    name = symbols[fact.symbol].name.rpartition(".")[2]  # `Cart.total` where it stands outside its type
    target, found, final = (view.path, fact.symbol), [], True
    heirs = _heirs(flow, (view.path, symbols[fact.symbol].parent), name)
    for path, index in flow.sites.calling(view, fact.symbol, name, heirs) or ():
        other = flow.world.view(path)
        expr = other.facts.exprs[index]
        callee, args, keywords = expr[1:] if expr[0] == CALL else (expr[1], (expr[2],), ())
        found += [(path, args, keywords, shift) for shift in _shifts(flow, other, callee, target)]
        final = final and flow.known(other, callee)
    if final:
        flow.landings[target] = found
    return found


def _heirs(flow: Evaluator, owner: Class, constructor: str) -> list[str]:
    """The names of the classes that have a constructor from their base."""
    found: list[str] = []
    pending = [owner] if constructor == flow.world.view(owner[0]).language.scoping.constructor else []
    seen = set(pending)
    while pending and len(seen) <= _MOST_HEIRS:
        for path, symbol in flow.hierarchy.few_subclasses(pending.pop()):
            view = flow.world.view(path)
            if (path, symbol) not in seen and (symbol, constructor) not in view.slots:
                found.append(view.facts.symbols[symbol].name)
                seen.add((path, symbol))
                pending.append((path, symbol))
    return found


def value_at(flow: Evaluator, view: FileView, index: int) -> Values:
    op = view.facts.exprs[index][0]
    if op in (LITERAL, STAR):
        return NOTHING
    return flow.expr(view, index)


def _spread(
    flow: Evaluator, view: FileView, fact: FunctionFact, position: int, args: Args, keywords: Keywords, shift: int
) -> list[Values]:
    """What `*args` and `**kwargs` at a site may put on a parameter."""
    parts, by_place = [], fact.params[position].kind != KEYWORD_ONLY
    for place, index in enumerate(args if by_place else ()):
        if index != NONE and view.facts.exprs[index][0] == STAR and position - shift >= place:
            base = view.facts.exprs[index][1]
            parts += [flow.item(value, position - shift - place) for value in flow.expr(view, base)]
    for name, index in keywords:
        if not name and index != NONE:
            key = fact.params[position].name
            parts += [flow.item(value, key) for value in flow.expr(view, index)]
    return parts


def _shifts(flow: Evaluator, view: FileView, callee: int, target: tuple[str, int]) -> Iterator[int]:
    """How many parameters the callee already has, for each way in which it is the target."""
    own = flow.world.view(target[0])
    taken = int(own.language.scoping.explicit_receiver)
    handed_on = own.facts.symbols[target[1]].flags & _WRAPPED == DECORATED and view.facts.exprs[callee][0] != CALL
    for value in flow.expr(view, callee):
        if value[0] == FUNC and value[1:3] == target:
            yield 0
        elif value[0] == BOUND and value[1:3] == target:
            yield taken
        elif value[0] in (TYPE, INST):
            name = view.language.scoping.constructor if value[0] == TYPE else "__call__"
            if name:
                place, _ = flow.hierarchy.find((value[1], value[2]), name)
                if place is not None and target in _defined(flow, place, name):
                    yield taken
        if handed_on and value[0] == FUNC and value[1:3] != target and takes_anything(flow, value):
            method = own.facts.symbols[target[1]].kind == _METHOD and view.facts.exprs[callee][0] == ATTR
            yield taken if method else 0


def takes_anything(flow: Evaluator, function: Value) -> bool:
    """Whether a function takes whatever it is given, as what a decorator makes of another does to hand it on."""
    fact = flow.function(*function[1:3])
    return fact is not None and any(param.kind == VARARGS for param in fact.params)


def _defined(flow: Evaluator, place: Value, name: str) -> list[tuple[str, int]]:
    view = flow.world.view(place[1])
    slot = view.slots.get((place[2], name))
    return [(view.path, index) for index in slot.symbols] if slot else []


def arguments(fact: FunctionFact, position: int, args: Args, keywords: Keywords, shift: int) -> Iterator[int]:
    """The argument expressions of a site that land on the parameter at `position`."""
    param = fact.params[position]
    for name, value in keywords:
        if value != NONE and (name == param.name or (param.kind == KWARGS and name)):
            yield value
    place = position - shift
    if param.kind == VARARGS:
        yield from (value for value in args[max(place, 0) :] if value != NONE)
    elif param.kind == POSITIONAL and 0 <= place < len(args) and args[place] != NONE:
        yield args[place]
