"""Members: what `value.name` is for modules, classes, instances, parents, containers and externals."""

from codeagent.domain.facts import CALLABLE_KINDS, CLASSMETHOD, IMPORT, METHOD_LIKE, NONE, PROPERTY, STATIC
from codeagent.graph import containers, definitions, fields, lookup, objects, parsed
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import (
    BOUND,
    BOX,
    BOX_METHOD,
    ELEMENTS,
    EXTERN,
    EXTERN_INST,
    FLOW_MARK,
    FUNC,
    GENERATOR,
    INST,
    MAPPED,
    MODULE,
    NOTHING,
    PACKED,
    PARENT,
    TYPE,
    TYPED_INST,
    Class,
    Denoted,
    Value,
    Values,
    part_of,
    union,
)
from codeagent.graph.views import FileView
from codeagent.languages.language import Location

_OUTSIDE = (EXTERN, EXTERN_INST, TYPED_INST)  # what may be of a type from outside the tree
_LONGEST = 12  # dots in a name of something outside, after which it is no longer told apart
_MAX_BELOW = 8  # subclasses that may complete a base class


def values(flow: Evaluator, view: FileView, value: Value, name: str) -> Values:
    """The values of a member, writes from outside included."""
    kind = value[0]
    if name == "__class__" and kind == INST:
        return frozenset({(TYPE, *value[1:])})
    if name == view.language.scoping.prototype and kind in (FUNC, TYPE):
        return frozenset({(INST, *value[1:3])}) if value[2] in flow.world.view(value[1]).classes else NOTHING
    if kind == MODULE:
        found = of_module(flow, view, value[1], name)
    elif kind == TYPE:
        found = of_class(flow, _owner(value), name, instance=False)
    elif kind == INST:
        found = of_class(flow, _owner(value), name, instance=True, receiver=value)
        if not found and objects.indexed(flow, _owner(value), name):
            found = of_class(flow, _owner(value), "[]", instance=True, receiver=value)
    elif kind == PARENT:
        found = of_class(flow, _owner(value), name, instance=True, after=_owner(value))
    elif kind in _OUTSIDE and (given := flow.added(view, value, name)):
        return union([_added(flow, place, value) for place in given])
    elif kind in _OUTSIDE and (given := flow.resembling(view, value, name)):
        return union([*(_added(flow, place, value) for place in given), frozenset({FLOW_MARK})])
    elif kind in (EXTERN, EXTERN_INST):
        if view.language.scoping.explicit_receiver and (set_there := parsed.attribute(flow, view, value, name)):
            return set_there
        if value[1].count(".") > _LONGEST:
            return frozenset({(EXTERN, value[1])})
        return frozenset({(EXTERN, part_of(value[1], name))})
    elif kind == BOX and (in_array := _of_array(flow, view, value, name)):
        return in_array
    elif kind == BOX_METHOD:  # a property of a container, `items.first.name`
        return union([values(flow, view, one, name) for one in flow.container_method(value[1], value[2])])
    elif kind in (BOX, ELEMENTS, GENERATOR, MAPPED, PACKED, TYPED_INST):
        own = objects.entry(flow, value, name) if kind in (BOX, TYPED_INST) else None
        return frozenset({(BOX_METHOD, name, value)}) if own is None else own
    elif kind == FUNC and (own := objects.of_function(flow, value, name)):
        found = own
    elif kind in (FUNC, BOUND) and name in view.language.scoping.calls_function:
        found = frozenset({value})
    elif value == FLOW_MARK:
        return frozenset({FLOW_MARK})
    else:
        found = NOTHING
    if found and view.language.scoping.static_types:
        return found
    written = _written(flow, view, value, name)
    return union([found, written]) if written else found


def _added(flow: Evaluator, place: Denoted, receiver: Value) -> Values:
    """A member that the tree gives to an outside type: a method, or a constant."""
    view = flow.world.view(place[0])
    fact = view.facts.symbols[place[1]]
    if fact.kind in CALLABLE_KINDS or fact.flags & PROPERTY:
        return _bind(flow, (FUNC, *place), receiver)
    return flow.slot(view, fact.parent, fact.name)


def _of_array(flow: Evaluator, view: FileView, value: Value, name: str) -> Values:
    """A member that the tree adds to the type of array literals: `extension Array`."""
    array = view.language.scoping.array
    kinds = lookup.top_level(flow, view, array) if array else NOTHING
    return union([of_class(flow, _owner(one), name, instance=True, receiver=value) for one in kinds if one[0] == TYPE])


def _owner(value: Value) -> Class:
    return (value[1], value[2])


def _written(flow: Evaluator, view: FileView, value: Value, name: str) -> Values:
    """What `base.name = value` elsewhere in this file or the owner's file gives the member."""
    views = [view]
    if value[0] in (TYPE, INST, FUNC) and value[1] != view.path:
        views.append(flow.world.view(value[1]))
    parts: list[Values] = []
    for other in views:
        for write in other.writes.get(name, []):
            if not write.item and any(value[:3] == one[:3] for one in flow.expr(other, write.base)):
                parts.append(flow.expr(other, write.value))
    return union(parts)


def of_module(flow: Evaluator, view: FileView, locations: tuple[Location, ...], name: str) -> Values:
    """A name of a module, else its submodule."""
    if view.language.scoping.built_apart:
        return union(lookup.in_package(flow, locations, name))
    apart = view.language.scoping.imports_private
    for location in locations:
        if not location.path.endswith("/") and not (apart and not flow.world.may_have(location, name)):
            other = flow.world.view(location.path)
            found = lookup.in_location(flow, other, location, name)
            if found is not None and (found or not _only_self_import(other, name, location)):
                return found
    submodule = _submodule(flow, view, locations, name)
    return frozenset({(MODULE, submodule)}) if submodule else NOTHING


def _only_self_import(view: FileView, name: str, location: Location) -> bool:
    """Whether a package binds the name only by importing its own submodule: `from . import name`."""
    slot = view.slots.get((0, name))
    if slot is None or slot.symbols or location.inner:
        return False
    exprs = view.facts.exprs
    return all(b.value != NONE and exprs[b.value][0] == IMPORT for b in slot.bindings)


def _submodule(flow: Evaluator, view: FileView, locations: tuple[Location, ...], name: str) -> tuple[Location, ...]:
    for location in locations:
        folder, _, stem = location.path.rpartition("/")
        if not stem or (stem.startswith("__init__.") and flow.world.view(location.path).language.name == "python"):
            importer = f"{folder}/__init__.py".lstrip("/")
            found = flow.world.find_from(importer, view.language, f".{name}")
            if found:
                return found
    return ()


def of_class(
    flow: Evaluator,
    owner: Class,
    name: str,
    *,
    instance: bool,
    after: Class | None = None,
    receiver: Value | None = None,
) -> Values:
    """A member of a class by its resolution order, bound when read through an instance."""
    place, outside = flow.hierarchy.find(owner, name, after)
    if place is None:
        scoping = flow.world.view(owner[0]).language.scoping
        if not instance and scoping.capital_types and name[:1].isupper():
            return NOTHING  # types are not asked for what their bases have in them
        if outside or not instance or after is not None:
            return frozenset({(EXTERN, outside)}) if outside else NOTHING
        return NOTHING if scoping.static_types else _from_below(flow, owner, name)
    defining = _owner(place)
    other = flow.world.view(defining[0])
    found = flow.slot(other, defining[1], name)
    if instance and not other.language.scoping.static_types and other.set_by_methods(defining[1], name):
        found = union([found, _from_above(flow, owner, defining, name)])
    handed = instance and other.language.scoping.explicit_receiver and fields.is_declared(other, defining[1], name)
    if handed and fields.says_little(flow, found):
        found = union([found, flow.field(defining, name)])
    for path, symbol in flow.adopted(other, defining[1]).get(name, ()):
        view = flow.world.view(path)
        fact = view.facts.symbols[symbol]
        method = fact.kind in CALLABLE_KINDS
        found = union([found, frozenset({(FUNC, path, symbol)}) if method else flow.slot(view, fact.parent, fact.name)])
    receiver = receiver or (INST if instance else TYPE, *owner)
    if instance and other.language.scoping.explicit_receiver and any(value[0] == INST for value in found):
        found = _described(flow, other, defining, name, found, receiver)
    return union([_bind(flow, value, receiver) for value in flow.generics.member(found, receiver, defining)])


def _described(flow: Evaluator, view: FileView, defining: Class, name: str, found: Values, receiver: Value) -> Values:
    """What reading class attributes gives: of a descriptor what its `__get__` does, or the function it stands on."""
    described = [one for one in found if one[0] == INST and flow.hierarchy.find(_owner(one), "__get__")[0] is not None]
    given = {one: of_class(flow, _owner(one), "__get__", instance=True) for one in described}
    if not any(given.values()) or view.set_by_methods(defining[1], name):
        return found
    parts = [frozenset(one for one in found if not given.get(one))]
    for one, methods in given.items():
        made = union([flow.called(view, method, (), ()) for method in methods]) - {one}
        if methods and (FLOW_MARK in made or not made):  # it hands on what it was made of
            slot = view.slots[defining[1], name]
            own = [index for index in slot.symbols if index in view.functions]
            made = union([flow.called(view, (BOUND, view.path, index, receiver), (), ()) for index in own]) or made
        parts.append(made)
    return union(parts)


def _from_below(flow: Evaluator, owner: Class, name: str) -> Values:
    """A member that only subclasses have: a base class written to be completed."""
    parts = [frozenset({FLOW_MARK})]
    for path, symbol in flow.hierarchy.overriders(owner, name, _MAX_BELOW):
        found = flow.slot(flow.world.view(path), symbol, name)
        parts += [_bind(flow, value, (INST, path, symbol)) for value in found]
    return union(parts) if len(parts) > 1 else NOTHING


def _from_above(flow: Evaluator, owner: Class, defining: Class, name: str) -> Values:
    """What the methods of base classes assign to the same attribute of the same instance."""
    parts = []
    for value in flow.hierarchy.line(owner):
        if value[0] == TYPE and value != (TYPE, *defining):
            view = flow.world.view(value[1])
            if view.set_by_methods(value[2], name):
                parts.append(flow.slot(view, value[2], name))
    return union(parts)


def _bind(flow: Evaluator, value: Value, receiver: Value) -> Values:
    """Supply the receiver: properties run, methods are bound, everything else stays."""
    instance = receiver[0] == INST
    if value[0] != FUNC:
        return frozenset({value})
    path, symbol = value[1:]
    symbols = flow.world.view(path).facts.symbols
    if symbols[symbol].kind not in METHOD_LIKE:
        return frozenset({value})
    flags = flow.flags(path, symbol)
    if flags & PROPERTY and instance:
        return flow.called(flow.world.view(path), (BOUND, path, symbol, receiver), (), ())
    if flags & CLASSMETHOD or (instance and not flags & STATIC):
        return frozenset({(BOUND, path, symbol, receiver)})
    return frozenset({value})


# --- what a member denotes ---------------------------------------------------------------------------


def denoted(flow: Evaluator, view: FileView, value: Value, name: str) -> list[Denoted | str]:
    """The symbols `value.name` stands for, or the dotted name of an outside thing."""
    kind = value[0]
    if kind == MODULE:
        return _denoted_in_module(flow, view, value[1], name)
    if kind in (TYPE, INST):
        return denoted_in_class(flow, _owner(value), name)
    if kind == PARENT:
        return denoted_in_class(flow, _owner(value), name, after=_owner(value))
    if kind in _OUTSIDE:
        if given := flow.added(view, value, name):
            return list(given)
        likely = flow.resembling(view, value, name)
        outside = containers.outside_types(flow, value) if likely else [value[1]] if kind != TYPED_INST else []
        return [*likely, *(part_of(one, name) for one in outside)]
    return list(objects.denoted_of_function(flow, value, name)) if kind == FUNC else []


def _denoted_in_module(
    flow: Evaluator, view: FileView, locations: tuple[Location, ...], name: str
) -> list[Denoted | str]:
    if view.language.scoping.built_apart:
        return definitions.in_package(flow, locations, name)
    apart = view.language.scoping.imports_private
    for location in locations:
        if not location.path.endswith("/") and not (apart and not flow.world.may_have(location, name)):
            found = definitions.in_location(flow, location, name)
            if found:
                return found
    return [(location.path, 0) for location in _submodule(flow, view, locations, name) if location.path[-1:] != "/"]


def denoted_in_class(flow: Evaluator, owner: Class, name: str, after: Class | None = None) -> list[Denoted | str]:
    """The symbols of a class member by its resolution order."""
    place, outside = flow.hierarchy.find(owner, name, after)
    if place is None:
        return [outside] if outside else []
    path, symbol = _owner(place)
    other = flow.world.view(path)
    slot = other.slots.get((symbol, name))
    found = definitions.of_slot(flow, other, slot) if slot is not None else []
    return found or list(flow.adopted(other, symbol).get(name, ()))
