"""Members that are one: a method with what it overrides and what overrides it, over every class of the tree."""

from collections.abc import Iterable
from dataclasses import dataclass

from codeagent.domain.facts import CALLABLE_KINDS, KIND, METHOD_LIKE, OVERRIDE, STATIC, TYPE_KINDS
from codeagent.graph import definitions
from codeagent.graph.flow import Flow
from codeagent.graph.naming import FileNames, key_of
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.structural import implemented_outside, possibly
from codeagent.graph.values import EXTERN, TYPE, Class
from codeagent.graph.views import FileView
from codeagent.refactorings.python.standard import known_outside

_FIELD = KIND["field"]


@dataclass(frozen=True, slots=True)
class Family:
    """The keys of one member in every class that has it; `outside` names what it overrides outside the tree."""

    keys: frozenset[str]
    outside: str = ""
    unseen: tuple[str, ...] = ()  # bases outside the tree, of which nobody knows whether they have it


def family_of(flow: Flow, path: str, owner: int, name: str) -> Family:
    """Return all definitions that must be named alike because one may run in place of another."""
    pending: list[Class] = [(path, owner)]
    seen: set[Class] = set()
    keys: set[str] = set()
    unseen: dict[str, None] = {}
    outside = ""
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        keys |= _own_keys(flow, current, name)
        scoping = flow.world.view(current[0]).language.scoping
        structural = scoping.structural_interfaces
        for base in flow.hierarchy.line(current)[1:]:
            if base[0] == TYPE and _defines(flow, (base[1], base[2]), name):
                pending.append((base[1], base[2]))
            elif base[0] == EXTERN and not structural:
                has = known_outside(base[1], name)
                outside = outside or (f"{base[1]}.{name}" if has else "")
                if has is None and not scoping.overriding_said:
                    unseen[base[1]] = None
        pending += _below(flow, current)
        outside = outside or _said_to_override(flow, current, name)
        if structural and _is_method(flow, current, name):
            pending += possibly(flow, current, name)
            asked = implemented_outside(flow, current, name)
            outside = outside or (f"{asked}.{name}" if asked else "")
    return Family(frozenset(keys), outside, tuple(unseen))


def _own_keys(flow: Flow, owner: Class, name: str) -> set[str]:
    view = flow.world.view(owner[0])
    slot = view.slots.get((owner[1], name))
    found = {f"{view.symbol_id(owner[1])}.{name}"} if slot and not slot.symbols else set()
    found |= {key_of(view.symbol_id(index)) for index in slot.symbols} if slot else set()
    return found | {key_of(flow.world.view(p).symbol_id(s)) for p, s in flow.adopted(view, owner[1]).get(name, ())}


def _said_to_override(flow: Flow, owner: Class, name: str) -> str:
    """What a member is declared to override, or to implement, where nothing in the tree is that; "" for nothing."""
    view = flow.world.view(owner[0])
    slot = view.slots.get((owner[1], name))
    own = [(owner[0], index) for index in slot.symbols] if slot else []
    own += flow.adopted(view, owner[1]).get(name, [])
    if not any(flow.world.view(path).facts.symbols[index].flags & OVERRIDE for path, index in own):
        return ""
    above = flow.hierarchy.line(owner)[1:]
    if any(base[0] == TYPE and _defines(flow, (base[1], base[2]), name) for base in above):
        return ""
    return next((f"{base[1]}.{name}" for base in above if base[0] == EXTERN), f"a {name} of what it extends")


def _is_method(flow: Flow, owner: Class, name: str) -> bool:
    """Whether a member is a method, and no field."""
    place, _ = flow.hierarchy.find(owner, name)
    if place is None or place[0] != TYPE:
        return False
    view = flow.world.view(place[1])
    slot = view.slots.get((place[2], name))
    return slot is None or any(view.facts.symbols[index].kind in CALLABLE_KINDS for index in slot.symbols)


def _defines(flow: Flow, owner: Class, name: str) -> bool:
    view = flow.world.view(owner[0])
    return (owner[1], name) in view.slots or name in flow.adopted(view, owner[1])


def _below(flow: Flow, owner: Class) -> list[Class]:
    """Classes below that define the member, and those that bring in another line which has it, too."""
    found, pending, seen = [], list(flow.hierarchy.subclasses(owner)), {owner}
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            pending.extend(flow.hierarchy.subclasses(current))
            found.append(current)  # it may inherit the member from elsewhere as well
    return found


def with_all_below(flow: Flow, owners: Iterable[Class]) -> frozenset[Class]:
    """Return classes with all of the tree that extend them, however far."""
    pending, seen = list(owners), set[Class]()
    while pending:
        one = pending.pop()
        if one not in seen:
            seen.add(one)
            pending += flow.hierarchy.subclasses(one)
    return frozenset(seen)


def owner_of(flow: Flow, key: str) -> tuple[str, int, str] | None:
    """Return (path, class symbol, name) of a key that is a member of a class; None for any other."""
    path, _, dotted = key.partition("::")
    above, _, name = dotted.rpartition(".")
    if not above or path not in flow.world.facts:
        return None
    view = flow.world.view(path)
    for index, symbol in enumerate(view.facts.symbols):
        named = view.symbol_id(index) == f"{path}::{above}"
        if named and (symbol.kind in TYPE_KINDS or _is_set_on(view, index, name)):
            return path, index, name
    if view.language.scoping.adopts_methods:
        return _adopter(flow, path, key, above, name)
    return None


def _adopter(flow: Flow, path: str, key: str, above: str, name: str) -> tuple[str, int, str] | None:
    """The type from another file that a method or constant belongs to: Go's receivers, Rust's impls."""
    view = flow.world.view(path)
    for index, symbol in enumerate(view.facts.symbols):
        if "." in symbol.name and key_of(view.symbol_id(index)) == key:
            for owner in definitions.of_name(flow, view, symbol.parent, above.rpartition(".")[2]):
                if not isinstance(owner, str) and (path, index) in flow.adopted(
                    flow.world.view(owner[0]), owner[1]
                ).get(name, ()):
                    return *owner, name
    return None


def _is_set_on(view: FileView, function: int, name: str) -> bool:
    """Tell whether what a function of JavaScript holds by a name is a member of it, not a local of it:
    `F.prototype.m = …`, `f.m = …`, `this.m = …`."""
    if view.language.scoping.prototype is None:
        return False
    inside = (view.facts.symbols[one] for one in view.slots.get((function, name), NO_SLOT).symbols)
    return any(one.kind in METHOD_LIKE or one.kind == _FIELD or one.flags & STATIC for one in inside)


def member_key(flow: Flow, owner: Class, name: str) -> str:
    """Return the key of a member as objects of a class have it, inherited or not; "" where the tree has none."""
    place, _ = flow.hierarchy.find(owner, name)
    if place is None or place[0] != TYPE:
        return ""
    return key_of(f"{flow.world.view(place[1]).symbol_id(place[2])}.{name}")


def is_type(names: FileNames, key: str) -> bool:
    """Tell whether a key of a file is that of a type."""
    symbols = enumerate(names.facts.symbols)
    return any(one.kind in TYPE_KINDS and key_of(names.view.symbol_id(index)) == key for index, one in symbols)


def types_elsewhere(flow: Flow, keys: Iterable[str]) -> set[str]:
    """Return what types go by in other files, in the ids of methods that these give them."""
    found: set[str] = set()
    for key in keys:
        path = key.partition("::")[0]
        view = flow.world.view(path) if path in flow.world.facts else None
        if view is None or not view.language.scoping.adopts_methods:
            continue
        for index, symbol in enumerate(view.facts.symbols):
            if symbol.kind in TYPE_KINDS and key_of(view.symbol_id(index)) == key:
                methods = (place for places in flow.adopted(view, index).values() for place in places)
                heads = {flow.world.view(where).symbol_id(at).rpartition(".")[0] for where, at in methods}
                found |= {head for head in heads if head.endswith((f"::{symbol.name}", f".{symbol.name}"))}
    return found
