"""Names: what symbols a bare name or an imported one stands for, found where `lookup` finds its values."""

from codeagent.domain.facts import DEF, IMPORT, NAME, NONE, TYPE_KINDS
from codeagent.graph import lookup, objects
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.lookup import Seen
from codeagent.graph.slots import Slot
from codeagent.graph.stars import from_base
from codeagent.graph.values import EXTERN, Denoted
from codeagent.graph.views import FileView
from codeagent.languages.language import Location


def of_name(flow: Evaluator, view: FileView, scope: int, name: str, *, types: bool = False) -> list[Denoted | str]:
    """The symbols a bare name stands for (imports followed), or the dotted name of an outside thing.

    Function locals and parameters are no symbols: nothing. With `types`, only types can have the name."""
    symbols, scoping = view.facts.symbols, view.language.scoping
    current = scope
    outside: list[Denoted | str] = []
    chosen: list[Denoted | str] = []
    while current > 0:
        fact = view.functions.get(current)
        if fact is not None and not types and any(param.name == name for param in fact.params):
            return []
        kind = symbols[current].kind
        visible = kind not in TYPE_KINDS or current == scope or not scoping.class_scope_closed
        if kind in TYPE_KINDS and scoping.constructor_is_type_name:
            if symbols[current].name == name:
                return [(view.path, current)]
            if view.of_other_arity(current, name):
                current = symbols[current].parent
                continue
        hidden = not visible or (types and view.of_values(current, name))
        slot = None if hidden else view.slots.get((current, name))
        if slot is not None:
            chosen += of_slot(flow, view, slot)
            if view.whole(current, name):
                return chosen
        if kind in TYPE_KINDS and scoping.members_in_scope:
            found = flow.denoted_in_class((view.path, current), name)
            inside = [one for one in found if not isinstance(one, str) and not lookup.is_constructor(flow, *one)]
            inside = [one for one in inside if lookup.is_type(flow, *one)] if types else inside
            if inside:
                return list(inside)
            names = frozenset((EXTERN, one) for one in found if isinstance(one, str))
            outside = outside or [str(value[1]) for value in from_base(view, name, names)]
        elsewhere = flow.parts.denoted(view, current, name)
        if elsewhere:
            return elsewhere
        current = symbols[current].parent
    outside = [] if outside and lookup.package(flow, view, name) else outside
    return list(dict.fromkeys([*chosen, *(_top_level(flow, view, name) or outside)]))


def _top_level(flow: Evaluator, view: FileView, name: str) -> list[Denoted | str]:
    slot = view.slots.get((0, name))
    if slot is not None:
        return _of_own(flow, view, slot, 0, name)
    siblings = flow.world.siblings_defining(view, name)
    if siblings:
        views = ((flow.world.view(path), scope) for path, scope in siblings)
        return [one for other, scope in views for one in of_slot(flow, other, other.slots[scope, name])]
    starred = by_stars(flow, view, name, 0)
    if starred:
        return starred
    if name in view.language.scoping.builtins:
        return [f"<builtin>.{name}"]
    if view.language.scoping.crates_named and (crate := flow.world.find(view, f"::{name}")):
        return _modules(flow, crate)
    outside = lookup.from_outside(flow, view, name)
    return [] if outside and lookup.package(flow, view, name) else outside


def _of_own(
    flow: Evaluator, view: FileView, slot: Slot, scope: int, name: str, seen: Seen | None = None
) -> list[Denoted | str]:
    """The symbols of a name that a scope has, and those that star imports bring in builds where it has none."""
    own = of_slot(flow, view, slot)
    return own if view.whole(scope, name) else list(dict.fromkeys(own + by_stars(flow, view, name, scope, seen)))


def by_stars(flow: Evaluator, view: FileView, name: str, scope: int, seen: Seen | None = None) -> list[Denoted | str]:
    """The symbols that star imports bring for a name."""
    if view.language.scoping.wide_stars and seen is None and not scope:
        place = flow.parts.starred(view, name)
        return of_slot(flow, place[0], place[0].slots[place[1], name]) if place else []
    facts, seen = view.stars.get(scope, ()), set() if seen is None else seen
    if view.language.scoping.built_apart:
        apart = (one for fact in facts for one in in_package(flow, flow.world.find(view, fact.spec), name, seen))
        return list(dict.fromkeys(apart))
    for fact in reversed(facts):
        for location in lookup.unseen(flow.world.find(view, fact.spec), seen):
            if not location.path.endswith("/"):
                found = in_location(flow, location, name, seen)
                if found:
                    return found
    return []


def in_location(flow: Evaluator, location: Location, name: str, seen: Seen | None = None) -> list[Denoted | str]:
    """The symbols a name of a module stands for, as its importers see it."""
    other = flow.world.view(location.path)
    scope = lookup.inner_scope(other, location.inner, name)
    if scope is None:
        return []
    key = objects.export_key(other, scope, name)
    slot = other.slots.get((scope, key)) if objects.visible(other, scope, name) else None
    if slot is None and name == "default" and scope == 0:
        slot = objects.whole_slot(other)
    if slot is not None:
        return _of_own(flow, other, slot, scope, key, seen)
    if other.language.scoping.imports_private:
        return flow.denoted_in_class((other.path, scope), name) if scope else []
    found = by_stars(flow, other, name, scope, set() if seen is None else seen)
    return found if found or seen is not None else list(objects.passed_on(flow, other, scope, name))


def in_package(
    flow: Evaluator, locations: tuple[Location, ...], name: str, seen: Seen | None = None
) -> list[Denoted | str]:
    """The symbols that a name of a package stands for, in every file that defines it for builds of its own."""
    holding = lookup.unseen(flow.world.holding(locations, name), seen)
    return [one for location in holding for one in in_location(flow, location, name, seen)]


def of_slot(flow: Evaluator, view: FileView, slot: Slot) -> list[Denoted | str]:
    """The definitions of a slot; a slot of imports alone stands for what they import."""
    if slot.symbols:
        return [(view.path, index) for index in slot.symbols]
    found: list[Denoted | str] = []
    for binding in slot.bindings:
        expr = view.facts.exprs[binding.value] if binding.value != NONE else ()
        if expr and expr[0] == IMPORT:
            found += imported(flow, view, expr[1], expr[2])
        elif expr and expr[0] == NAME and binding.scope == 0 and "@" not in binding.name:  # `export { a as b }`
            guard = (view.path, expr[2])
            if guard not in flow.denoting:  # `a = b`, `b = a`
                flow.denoting.add(guard)
                found += of_name(flow, view, expr[1], expr[2])
                flow.denoting.discard(guard)
        elif expr and expr[0] == DEF and binding.scope == 0:
            found.append((view.path, expr[1]))
    return list(dict.fromkeys(found))


def imported(flow: Evaluator, view: FileView, spec: str, name: str | None) -> list[Denoted | str]:
    """What an import stands for: modules as (path, 0), definitions, or a dotted outside name."""
    locations = flow.world.find(view, spec)
    if name is None or name == "*":
        outside = flow.world.external(view, spec)
        return _modules(flow, locations) or ([outside] if outside else [])
    found: list[Denoted | str] = []
    for location in locations:
        guard = (location.path, name)
        if not location.path.endswith("/") and guard not in flow.denoting:
            flow.denoting.add(guard)
            found += in_location(flow, location, name)
            flow.denoting.discard(guard)
            if found and not view.language.scoping.built_apart:
                break
    if found:
        return found
    submodule = flow.world.find(view, lookup.submodule_spec(spec, name)) if view.language.name == "python" else ()
    if submodule:
        return _modules(flow, submodule)
    inside = locations and not view.language.scoping.packages_go_on
    return [] if inside else [f"{flow.world.external(view, spec)}.{name}"]


def _modules(flow: Evaluator, locations: tuple[Location, ...]) -> list[Denoted | str]:
    found: list[Denoted | str] = []
    for location in locations:
        if location.path.endswith("/"):
            continue
        scope = lookup.inner_scope(flow.world.view(location.path), location.inner) if location.inner else 0
        if scope is not None:
            found.append((location.path, scope))
    return found
