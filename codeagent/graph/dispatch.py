"""Dynamic dispatch: what runs when the method that a call names is only declared."""

from codeagent.domain.facts import ABSTRACT, ATTR, CALLABLE_KINDS, LIVE, NAME, NONE, TYPE_KINDS
from codeagent.graph import declared, objects
from codeagent.graph.flow import Flow
from codeagent.graph.structural import implementing
from codeagent.graph.testfiles import is_test
from codeagent.graph.values import BOUND, FUNC, INST, TYPE, Class, Value
from codeagent.graph.views import FileView

Function = tuple[str, int]  # path, symbol

_MAX_IMPLEMENTATIONS = 24  # more say little about one call
_MAX_VISITED = 200  # types looked at below one receiver


def runnable(flow: Flow, caller: FileView, values: list[Value]) -> tuple[list[Value], list[Value], list[Function]]:
    """Split the values of a callee: those it calls as they stand, the implementations that may run
    instead of a method without body, and those methods: the declarations that the call names.

    Where the flow of values knows an implementation, the others are left out. A declaration that
    nothing in the tree implements is called as it stands. What tests implement is for tests to
    call, unless there is nothing else."""
    certain: list[Value] = []
    likely: list[Value] = []
    declared: list[Function] = []
    for value in values:
        bodies = flow.parts.definitions(value[1:3]) if value[0] in (FUNC, BOUND) else []
        if bodies:
            (certain if len(bodies) == 1 else likely).extend((FUNC, *one) for one in bodies)
            continue
        found = _apart_from_tests(caller, implementations(flow, value)) if value[0] in (FUNC, BOUND) else []
        runs = found and flow.world.view(value[1]).language.scoping.abstract_bodies
        if _stands_for_others(flow, value, values):
            declared.append(value[1:3])
        elif not found or runs:
            certain.append(value)
        else:
            declared.append(value[1:3])
        known = [one for one in found if any(one == other[1:3] for other in values)]
        likely += [(FUNC, *one) for one in known or found]
    sure = {one[1:3] for one in certain}
    return certain, [one for one in dict.fromkeys(likely) if one[1:3] not in sure], declared


def _stands_for_others(flow: Flow, value: Value, values: list[Value]) -> bool:
    """Whether a method is only what a protocol wants, and a value is known that has it."""
    if value[0] != BOUND or value[3][0] != INST or not flow.flags(*value[1:3]) & ABSTRACT:
        return False
    if not objects.is_open_type(flow, value[3]):
        return False
    return any(one[0] == BOUND and not flow.flags(*one[1:3]) & ABSTRACT for one in values)


def _apart_from_tests(caller: FileView, found: list[Function]) -> list[Function]:
    language = caller.language.name
    if len(found) < 2 or is_test(caller.path, language):
        return found
    return [one for one in found if not is_test(one[0], language)] or found


def implementations(flow: Flow, value: Value) -> list[Function]:
    """What implements a method that has no body, below its receiver; empty where nothing does, or too many."""
    path, symbol = value[1:3]
    view = flow.world.view(path)
    fact = view.facts.symbols[symbol]
    if not fact.flags & ABSTRACT or fact.parent <= 0 or view.facts.symbols[fact.parent].kind not in TYPE_KINDS:
        return []
    receiver = value[3] if value[0] == BOUND and len(value) > 3 else None
    owner: Class = receiver[1:3] if receiver is not None and receiver[0] == INST else (path, fact.parent)
    key = (path, symbol, *owner)
    known = flow.implementations.get(key)
    if known is None:
        structural = view.language.scoping.structural_interfaces
        owners = implementing(flow, owner, fact.name) if structural else _below(flow, [owner])
        found = {_method(flow, one, fact.name, (path, symbol)) for one in owners}
        known = flow.implementations[key] = sorted(one for one in found if one is not None)
    return known if len(known) <= _MAX_IMPLEMENTATIONS else []


def overriding(flow: Flow, caller: FileView, callee: int, values: list[Value]) -> list[Function]:
    """What may run instead of methods of a receiver that may be of a subclass: what those define by their name."""
    if not caller.language.scoping.explicit_receiver:
        return []
    owners = {value[3][1:3] for value in values if value[0] == BOUND and value[3][0] in (INST, TYPE)}
    functions: list[Function] = []
    for base, name in _members_named(caller, callee) if owners else ():
        found = {one for owner in owners for one in flow.hierarchy.defining_below(owner, name)}
        if not found or len(found) > _MAX_IMPLEMENTATIONS or not declared.of(flow, caller, base):
            continue
        for path, symbol in sorted(found):
            view = flow.world.view(path)
            symbols = view.facts.symbols
            functions += [(path, i) for i in view.slots[symbol, name].symbols if symbols[i].kind in CALLABLE_KINDS]
    return _apart_from_tests(caller, functions)


def _members_named(caller: FileView, callee: int) -> list[tuple[int, str]]:
    """The members that a callee names, each a base and a name: its own, or that which a local name holds."""
    expr = caller.facts.exprs[callee]
    if expr[0] == ATTR:
        return [(expr[1], expr[2])]
    bindings = caller.facts.bindings
    if expr[0] == LIVE:
        held = [bindings[at].value for at in expr[3]]
    else:
        slot = caller.slots.get((expr[1], expr[2])) if expr[0] == NAME and expr[1] else None
        held = [binding.value for binding in slot.bindings] if slot else []
    members = [caller.facts.exprs[value] for value in held if value != NONE]
    return [(one[1], one[2]) for one in members if one[0] == ATTR]


def _below(flow: Flow, owners: list[Class]) -> list[Class]:
    """Every class below some; none, where there are too many to look at."""
    found: dict[Class, None] = {}
    pending = list(owners)
    while pending and len(found) <= _MAX_VISITED:
        for one in flow.hierarchy.few_subclasses(pending.pop()):
            if one not in found:
                found[one] = None
                pending.append(one)
    return list(found) if len(found) <= _MAX_VISITED else []


def _method(flow: Flow, owner: Class, name: str, declared: Function) -> Function | None:
    """The method with a body that runs on a type: of overloads, one with as many parameters."""
    place, _ = flow.hierarchy.find(owner, name)
    if place is None:
        return None
    path, symbol = place[1:3]
    view = flow.world.view(path)
    slot = view.slots.get((symbol, name))
    own = [(path, i) for i in slot.symbols if view.facts.symbols[i].kind in CALLABLE_KINDS] if slot else []
    own += flow.adopted(view, symbol).get(name, [])
    taking = [one for one in own if _arity(flow, one) == _arity(flow, declared)]
    bodies = (flow.parts.definitions(one) if flow.flags(*one) & ABSTRACT else [one] for one in taking)
    return next((one for found in bodies for one in found), None)


def _arity(flow: Flow, function: Function) -> int:
    fact = flow.function(*function)
    return len(fact.params) if fact else -1
