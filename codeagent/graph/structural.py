"""Interfaces that a type implements by having their methods: no word in the code says so, as in Go."""

from codeagent.domain.facts import CALLABLE_KINDS, KIND, NONE
from codeagent.graph.flow import Flow
from codeagent.graph.values import EXTERN, TYPE, Class

_INTERFACE = KIND["interface"]
_MAX_VISITED = 200  # methods of one name that are looked at for a call
_ALL = 1 << 30


def is_interface(flow: Flow, owner: Class) -> bool:
    """Tell whether a type is an interface."""
    return flow.world.view(owner[0]).facts.symbols[owner[1]].kind == _INTERFACE


def implementing(flow: Flow, interface: Class, name: str, most: int = _MAX_VISITED) -> list[Class]:
    """The types with a method of a name that have all methods of an interface, by embedding too; none of too many."""
    if not is_interface(flow, interface):
        return []
    wanted = _method_names(flow, interface)
    owners = _owners(flow, name, most)
    structs = [one for one in owners if not is_interface(flow, one)]
    candidates = dict.fromkeys((*structs, *_below(flow, structs, most)))
    return [one for one in candidates if all(_has(flow, one, other) for other in wanted)]


def possibly(flow: Flow, owner: Class, name: str) -> list[Class]:
    """The types that share an interface of the tree with this one, by a method of a name: where a type embeds
    something outside the tree, it may have the rest of an interface's methods from there."""
    if is_interface(flow, owner):
        types = implementing(flow, owner, name, _ALL)
        return [*types, *(one for one in _candidates(flow, name, False) if _may_implement(flow, one, owner))]
    return [one for one in _candidates(flow, name, True) if _may_implement(flow, owner, one)]


def _candidates(flow: Flow, name: str, interfaces: bool) -> list[Class]:
    owners = [one for one in _owners(flow, name, _ALL) if is_interface(flow, one) == interfaces]
    return [*dict.fromkeys((*owners, *_below(flow, owners, _ALL)))]


def _may_implement(flow: Flow, owner: Class, interface: Class) -> bool:
    if owner == interface or not is_interface(flow, interface):
        return False
    known = flow.world.view(owner[0]).language.scoping.interfaces
    outside = [value[1] for value in flow.hierarchy.line(owner) if value[0] == EXTERN]
    lent = {method for base in outside for method, _ in known.get(base, ())}
    unknown = any(base not in known for base in outside)
    return all(unknown or one in lent or _has(flow, owner, one) for one in _method_names(flow, interface))


def implemented_outside(flow: Flow, owner: Class, name: str) -> str:
    """An interface outside the tree with a method of a name that a type implements; "" for none that is known."""
    known = flow.world.view(owner[0]).language.scoping.interfaces
    asked = [(dotted, methods) for dotted, methods in known.items() if any(method == name for method, _ in methods)]
    if not asked:
        return ""
    outside = [value[1] for value in flow.hierarchy.line(owner) if value[0] == EXTERN]
    lent = {method for base in outside for method, _ in known.get(base, ())}
    unknown = any(base not in known for base in outside)
    for dotted, methods in asked:
        missing = {m for m, count in methods if m not in lent and not _takes(flow, owner, m, count)}
        if not missing or (unknown and name not in missing):
            return dotted
    return ""


def _takes(flow: Flow, owner: Class, name: str, count: int) -> bool:
    """Whether a type has a method of a name that takes so many parameters."""
    place, _ = flow.hierarchy.find(owner, name)
    if place is None or place[0] != TYPE:
        return False
    view = flow.world.view(place[1])
    slot = view.slots.get((place[2], name))
    own = [(view.path, index) for index in slot.symbols] if slot else []
    own += flow.adopted(view, place[2]).get(name, [])
    facts = [flow.function(*one) for one in own]
    return any(fact is not None and len(fact.params) == count for fact in facts)


def _owners(flow: Flow, name: str, most: int) -> list[Class]:
    methods = flow.world.methods_named(name, most)
    if len(methods) > most:
        return []
    return [one for one in dict.fromkeys(_owner(flow, *method) for method in methods) if one is not None]


def _below(flow: Flow, owners: list[Class], most: int) -> list[Class]:
    """Every type that embeds one of some; none, where there are too many to look at."""
    found: dict[Class, None] = {}
    pending = list(owners)
    while pending and len(found) <= most:
        below = flow.hierarchy.subclasses if most > _MAX_VISITED else flow.hierarchy.few_subclasses
        for one in below(pending.pop()):
            if one not in found:
                found[one] = None
                pending.append(one)
    return list(found) if len(found) <= most else []


def _has(flow: Flow, owner: Class, name: str) -> bool:
    return flow.hierarchy.find(owner, name)[0] is not None


def _method_names(flow: Flow, owner: Class) -> list[str]:
    """The methods of an interface, those of the interfaces it embeds included."""
    names: list[str] = []
    for value in flow.hierarchy.line(owner):
        if value[0] == TYPE:
            path, symbol = value[1:3]
            symbols = flow.world.view(path).facts.symbols
            names += [s.name for s in symbols if s.parent == symbol and s.kind in CALLABLE_KINDS]
    return names


def _owner(flow: Flow, path: str, symbol: int) -> Class | None:
    """The type that a method belongs to: its parent, or what its receiver says."""
    view = flow.world.view(path)
    parent = view.facts.symbols[symbol].parent
    if parent > 0:
        return (path, parent)
    fact = view.functions.get(symbol)
    if fact is None or fact.owner == NONE:
        return None
    return next((value[1:3] for value in flow.settled(view, fact.owner) if value[0] == TYPE), None)
