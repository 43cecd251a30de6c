"""Attributes that run code where they are read or assigned: properties, descriptors, what a class answers by name."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import (
    ATTR,
    DECORATED,
    IMPORT,
    INSTANCE,
    KIND,
    METHOD_LIKE,
    NONE,
    PROPERTY,
    READS,
    WRITES,
    Expr,
    SymbolFact,
)
from codeagent.domain.links import EXACT, LIKELY
from codeagent.graph import declared, definitions, members, special
from codeagent.graph.flow import Flow
from codeagent.graph.values import BOUND, FUNC, INST, MANY_MARK, MODULE, Denoted, Value, ordered
from codeagent.graph.views import FileView
from codeagent.languages.language import Location

Run = tuple[Denoted, int]  # a function, and EXACT where it runs for all that is known of the attribute
_MOST: Final = 24  # subclasses whose properties may run instead; more say little
_FIELD: Final = KIND["field"]
_BY_NAME: Final = {READS: "__getattr__", WRITES: "__setattr__"}


def running(flow: Flow, view: FileView, index: int, denoted: list[Denoted | str], role: int) -> list[Run]:
    """What runs where an attribute, which names some symbols, is read or assigned."""
    expr = view.facts.exprs[index]
    if expr[0] == IMPORT:
        return [(one, LIKELY) for one in _of_module(flow, view, expr, known=bool(denoted))]
    if expr[0] != ATTR:
        return []
    found: list[Run] = []
    for one in denoted:
        if not isinstance(one, str):
            found += _accessor(flow, *one, role)
    if not view.language.scoping.explicit_receiver:
        return found
    owners = _owners(flow, view, expr[1])
    if not denoted:
        found += [(one, LIKELY) for owner in owners for one in _by_name(flow, owner, expr[2], role)]
    elif role == READS:
        found += [(one, LIKELY) for owner in owners for one in _overriding(flow, view, owner, expr)]
        found += [(one, LIKELY) for owner in owners for one in _undefined(flow, owner, expr[2])]
    elif role == WRITES:
        found += [
            (one, LIKELY) for own in owners if own[0] == INST for one in special.defined(flow, own[1:3], "__setattr__")
        ]
    return list(dict.fromkeys(found))


def by_name(flow: Flow, view: FileView, index: int) -> list[Denoted]:
    """What answers for an attribute that nothing defines."""
    expr = view.facts.exprs[index]
    if expr[0] != ATTR or not view.language.scoping.explicit_receiver:
        return []
    return [one for owner in _owners(flow, view, expr[1]) for one in _by_name(flow, owner, expr[2], READS)]


def _accessor(flow: Flow, path: str, symbol: int, role: int) -> Iterator[Run]:
    """Reading or assigning a property runs a method; a class attribute may be a descriptor."""
    view = flow.world.view(path)
    fact = view.facts.symbols[symbol]
    decorated = fact.kind in METHOD_LIKE and fact.flags & DECORATED and not fact.flags & PROPERTY
    if fact.parent > 0 and (fact.kind == _FIELD or decorated):
        yield from ((one, LIKELY) for one in _descriptor(flow, view, fact, "__get__" if role == READS else "__set__"))
    if fact.flags & PROPERTY:
        runs = symbol if role == READS else view.setter(fact.parent, fact.name)
        if runs != NONE:
            yield (path, runs), EXACT


def _descriptor(flow: Flow, view: FileView, fact: SymbolFact, method: str) -> Iterator[Denoted]:
    if not view.language.scoping.explicit_receiver or view.set_by_methods(fact.parent, fact.name):
        return
    for value in flow.slot(view, fact.parent, fact.name):
        if value[0] == INST:
            for one in members.values(flow, view, value, method):
                if one[0] in (FUNC, BOUND):
                    yield one[1:3]


def _owners(flow: Flow, view: FileView, base: int) -> list[Value]:
    values = flow.expr(view, base)
    return [] if MANY_MARK in values else ordered(one for one in values if one[0] == INST or one[0] == MODULE)


def _by_name(flow: Flow, value: Value, name: str, role: int) -> list[Denoted]:
    """`__getattr__` of a class, or of a module, that has no such member itself."""
    if role not in _BY_NAME or (name.startswith("__") and name.endswith("__")):
        return []
    if value[0] == MODULE:
        return _answering(flow, value[1])
    place, outside = flow.hierarchy.find(value[1:3], name)
    return [] if place is not None or outside else special.defined(flow, value[1:3], _BY_NAME[role])


def _undefined(flow: Flow, owner: Value, name: str) -> list[Denoted]:
    """`__getattr__` of a class where an attribute is only declared, `name: Type`, and nothing gives it a value."""
    place = flow.hierarchy.find(owner[1:3], name)[0] if owner[0] == INST else None
    if place is None:
        return []
    view = flow.world.view(place[1])
    slot = view.slots.get((place[2], name))
    values = [binding.value for binding in slot.bindings] if slot else []
    if not values or any(value == NONE or view.facts.exprs[value][0] != INSTANCE for value in values):
        return []
    return [] if view.set_by_methods(place[2], name) else special.defined(flow, owner[1:3], "__getattr__")


def _of_module(flow: Flow, view: FileView, expr: Expr, *, known: bool) -> list[Denoted]:
    """`__getattr__` of the module that a name is imported from, of which a module is also asked for its `__path__`."""
    _, spec, name = expr
    if not name or not view.language.scoping.explicit_receiver:
        return []
    places = flow.world.find(view, spec)
    return _answering(flow, tuple(one for one in places if not (known and one.path.endswith("__init__.py"))))


def _answering(flow: Flow, places: tuple[Location, ...]) -> list[Denoted]:
    """`__getattr__` of modules."""
    files = (place for place in places if not place.path.endswith("/"))
    found = (one for place in files for one in definitions.in_location(flow, place, "__getattr__"))
    return [one for one in found if not isinstance(one, str)]


def _overriding(flow: Flow, view: FileView, owner: Value, expr: Expr) -> list[Denoted]:
    """The properties of subclasses that may run instead of what an attribute is in the class itself."""
    below = flow.hierarchy.defining_below(owner[1:3], expr[2]) if owner[0] == INST else ()
    if not below or len(below) > _MOST or not declared.of(flow, view, expr[1]):
        return []
    found = []
    for path, symbol in below:
        other = flow.world.view(path)
        found += [(path, i) for i in other.slots[symbol, expr[2]].symbols if other.facts.symbols[i].flags & PROPERTY]
    return found
