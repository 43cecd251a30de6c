"""Dynamic dispatch: what runs when the method that a call names is only declared."""

from codeagent.domain.facts import ABSTRACT, CALLABLE_KINDS, KIND, NONE, TYPE_KINDS
from codeagent.graph.flow import Flow
from codeagent.graph.values import BOUND, FUNC, TYPE, Class, Value

Function = tuple[str, int]  # path, symbol

_MAX_IMPLEMENTATIONS = 8  # more say little about one call
_INTERFACE = KIND["interface"]


def runnable(flow: Flow, values: list[Value]) -> tuple[list[Value], list[Value], list[Function]]:
    """Split the values of a callee: those it calls as they stand, the implementations that may run
    instead of a method without body, and those methods: the declarations that the call names.

    Where the flow of values knows an implementation, the others are left out. A declaration that
    nothing in the tree implements is called as it stands."""
    certain: list[Value] = []
    likely: list[Value] = []
    declared: list[Function] = []
    for value in values:
        function = value[1:3]
        found = implementations(flow, function) if value[0] in (FUNC, BOUND) else []
        runs = found and flow.world.view(value[1]).language.scoping.abstract_bodies
        if not found or runs:
            certain.append(value)
        else:
            declared.append(function)
        known = [one for one in found if any(one == other[1:3] for other in values)]
        likely += [(BOUND, *one) for one in known or found]
    return certain, [one for one in dict.fromkeys(likely) if one[1:3] not in {c[1:3] for c in certain}], declared


def implementations(flow: Flow, function: Function) -> list[Function]:
    """What implements a method that has no body; empty where nothing does, or too many."""
    path, symbol = function
    view = flow.world.view(path)
    fact = view.facts.symbols[symbol]
    if not fact.flags & ABSTRACT or fact.parent <= 0 or view.facts.symbols[fact.parent].kind not in TYPE_KINDS:
        return []
    key = (path, symbol)
    known = flow.implementations.get(key)
    if known is None:
        owner = (path, fact.parent)
        owners = flow.hierarchy.overriders(owner, fact.name, _MAX_IMPLEMENTATIONS)
        if view.language.scoping.structural_interfaces and fact and view.facts.symbols[fact.parent].kind == _INTERFACE:
            owners = _structural(flow, owner, fact.name)
        found = [one for one in (_method(flow, owner, fact.name, function) for owner in owners) if one is not None]
        known = flow.implementations[key] = found
    return known


def _method(flow: Flow, owner: Class, name: str, declared: Function) -> Function | None:
    """The method of that name in a class: of overloads, one with as many parameters."""
    view = flow.world.view(owner[0])
    slot = view.slots.get((owner[1], name))
    own = [(owner[0], index) for index in slot.symbols if view.facts.symbols[index].kind in CALLABLE_KINDS] if slot else []
    own += flow.adopted(view, owner[1]).get(name, [])
    bodies = [one for one in own if not flow.flags(*one) & ABSTRACT]
    same = [one for one in bodies if _arity(flow, one) == _arity(flow, declared)]
    return (same or [None])[0]


def _arity(flow: Flow, function: Function) -> int:
    fact = flow.function(*function)
    return len(fact.params) if fact else -1


def _structural(flow: Flow, owner: Class, name: str) -> list[Class]:
    """The types that have all methods of an interface; none, where more have them than say anything."""
    wanted = _method_names(flow, owner)
    found: list[Class] = []
    for path, symbol in flow.world.methods_named(name):
        of = _owner(flow, path, symbol)
        if of is None or of in found or flow.world.view(of[0]).facts.symbols[of[1]].kind == _INTERFACE:
            continue
        if all(flow.hierarchy.find(of, other)[0] is not None for other in wanted):
            found.append(of)
            if len(found) > _MAX_IMPLEMENTATIONS:
                return []
    return sorted(found)


def _method_names(flow: Flow, owner: Class) -> list[str]:
    """The methods of an interface, those of the interfaces it embeds included."""
    names = []
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
