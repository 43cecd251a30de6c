"""Names: which scope a bare name or an imported one comes from, and what symbols it denotes."""

from codeagent.domain.facts import DEF, IMPORT, KIND, NAME, NONE, TYPE_KINDS
from codeagent.graph import objects
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.stars import from_base
from codeagent.graph.values import BOUND, EXTERN, FUNC, MODULE, NOTHING, TYPE, Denoted, Values, union
from codeagent.graph.views import FileView, Slot
from codeagent.languages.language import Location

_CONSTRUCTOR = KIND["constructor"]
_MAX_STARS = 12  # star imports followed one into the next


def values(flow: Evaluator, view: FileView, scope: int, name: str) -> Values:
    """The values of a bare name seen from a scope."""
    symbols, scoping = view.facts.symbols, view.language.scoping
    current, outside = scope, NOTHING
    while current > 0:
        fact = view.functions.get(current)
        if fact is not None:
            for position, param in enumerate(fact.params):
                if param.name == name:
                    parts = [flow.argument(view.path, current, position)]
                    if (current, name) in view.slots:
                        parts.append(flow.slot(view, current, name))
                    return union(parts)
        kind = symbols[current].kind
        visible = kind not in TYPE_KINDS or current == scope or not scoping.class_scope_closed
        if kind in TYPE_KINDS and scoping.constructor_is_type_name and symbols[current].name == name:
            return frozenset({(TYPE, view.path, current)})
        if visible and (current, name) in view.slots:
            return flow.slot(view, current, name)
        if kind in TYPE_KINDS and scoping.members_in_scope:
            found = _inherited(flow, flow.class_member((view.path, current), name, instance=True))
            if any(value[0] != EXTERN for value in found):
                return found
            outside = outside or from_base(view, name, found)  # it may have any name: all else is asked first
        elsewhere = flow.parts.values(view, current, name)
        if elsewhere:
            return elsewhere
        current = symbols[current].parent
    return top_level(flow, view, name) or outside


def _inherited(flow: Evaluator, found: Values) -> Values:
    """Members without constructors: those are called like their class, and not inherited."""
    kinds = ((value, value[0] in (FUNC, BOUND) and _is_constructor(flow, value[1], value[2])) for value in found)
    return frozenset(value for value, constructor in kinds if not constructor)


def _is_constructor(flow: Evaluator, path: str, symbol: int) -> bool:
    return flow.world.view(path).facts.symbols[symbol].kind == _CONSTRUCTOR


def top_level(flow: Evaluator, view: FileView, name: str) -> Values:
    """A name of the module scope: its own, a sibling file's, a star import's, or a builtin."""
    if (0, name) in view.slots:
        return flow.slot(view, 0, name)
    siblings = flow.world.siblings_defining(view, name)
    if siblings:
        return union([flow.slot(flow.world.view(path), scope, name) for path, scope in siblings])
    starred = _from_stars(flow, view, name, 0, 0)
    if starred is not None:
        return starred
    if name in view.language.scoping.builtins:
        return _global_object(flow, view, name) or frozenset({(EXTERN, f"<builtin>.{name}")})
    return frozenset((EXTERN, one) for one in _from_outside(flow, view, name))


def _global_object(flow: Evaluator, view: FileView, name: str) -> Values:
    """A builtin object whose type the tree adds to: `window`, where a module declares more of `Window`."""
    kind = view.language.scoping.global_objects.get(name, "")
    places = flow.world.siblings_defining(view, kind) if kind else ()
    return union([flow.instances(flow.slot(flow.world.view(path), scope, kind)) for path, scope in places])


def _from_stars(flow: Evaluator, view: FileView, name: str, scope: int, depth: int) -> Values | None:
    """What `from module import *` brings for a name; None: nothing."""
    if view.language.scoping.wide_stars and depth == scope == 0:
        return _from_many(flow, view, name)
    for fact in reversed(view.stars.get(scope, ())) if depth < _MAX_STARS else ():
        locations = flow.world.find(view, fact.spec)
        if view.language.scoping.built_apart and (apart := in_package(flow, locations, name)):
            return union(apart)
        for location in locations:
            if location.path.endswith("/"):
                continue
            other = flow.world.view(location.path)
            if other.facts.exports is None and name.startswith("_") and other.language.name == "python":
                continue
            found = in_location(flow, other, location, name, depth + 1)
            if found is not None:
                return found
    return None


def _from_many(flow: Evaluator, view: FileView, name: str) -> Values | None:
    """The same, where star imports reach many files."""
    found = flow.parts.starred(view, name)
    return flow.slot(found[0], found[1], name) if found else None


def _from_outside(flow: Evaluator, view: FileView, name: str) -> list[Denoted | str]:
    """Where else an exported name that the tree does not have comes from: a star import of an outside package."""
    if not view.language.scoping.imports_private or not name[:1].isupper():
        return []
    outside = (fact.spec for fact in flow.parts.stars(view) if not flow.world.find(view, fact.spec))
    specs = list(dict.fromkeys(outside))
    if len(specs) > 1 and view.language.scoping.wide_stars:
        return [name]  # an outside type of one of them
    return [f"{flow.world.external(view, spec)}.{name}" for spec in specs]


def in_location(flow: Evaluator, other: FileView, location: Location, name: str, depth: int = 0) -> Values | None:
    """A name of a module as its importers see it; None where the module does not have it."""
    scope = inner_scope(other, location.inner)
    if scope is None:
        return None
    key = objects.export_key(other, scope, name)
    if (scope, key) in other.slots and objects.visible(other, scope, name):
        return flow.slot(other, scope, key)
    if other.language.scoping.imports_private:
        return (flow.class_member((other.path, scope), name, instance=False) or None) if scope else None
    found = _from_stars(flow, other, name, scope, depth)
    if found is None and depth == 0 and (outside := objects.passed_on(flow, other, scope, name)):
        return frozenset((EXTERN, one) for one in outside)
    return found


def in_package(flow: Evaluator, locations: tuple[Location, ...], name: str) -> list[Values]:
    """A name of a package as each file has it that defines it for builds of its own; empty where none does."""
    holding = flow.world.holding(locations, name)
    found = (in_location(flow, flow.world.view(location.path), location, name) for location in holding)
    return [values for values in found if values is not None]


def inner_scope(view: FileView, inner: str) -> int | None:
    """The symbol of a dotted place inside a file, 0 for the file itself, None where there is none."""
    scope = 0
    for part in inner.split(".") if inner else ():
        slot = view.slots.get((scope, part))
        if slot is None or not slot.symbols:
            return None
        scope = slot.symbols[0]
    return scope


def imported(flow: Evaluator, view: FileView, spec: str, name: str | None) -> Values:
    """What an import binds: a module, a name in one, or something outside the tree."""
    locations = flow.world.find(view, spec)
    if name is None:
        if locations:
            if objects.is_whole(flow, locations):
                return objects.whole(flow, locations)
            return frozenset({(MODULE, locations)})
        return frozenset({(EXTERN, flow.world.external(view, spec))})
    if not locations:
        submodule = flow.world.find(view, submodule_spec(spec, name)) if view.language.name == "python" else ()
        if submodule:
            return frozenset({(MODULE, submodule)})
        return frozenset({(EXTERN, f"{flow.world.external(view, spec)}.{name}")})
    return flow.module_member(view, locations, name) or objects.member_of_whole(flow, view, locations, name)


def submodule_spec(spec: str, name: str) -> str:
    """The spec of a module below another: `..` and `a` make `..a`, `pkg` and `a` make `pkg.a`."""
    return f"{spec}{name}" if spec.endswith(".") else f"{spec}.{name}"


# --- what a name denotes -----------------------------------------------------------------------------


def denoted(flow: Evaluator, view: FileView, scope: int, name: str) -> list[Denoted | str]:
    """The symbols a bare name stands for (imports followed), or the dotted name of an outside thing.

    Function locals and parameters are no symbols: nothing."""
    symbols, scoping = view.facts.symbols, view.language.scoping
    current = scope
    outside: list[Denoted | str] = []
    while current > 0:
        fact = view.functions.get(current)
        if fact is not None and any(param.name == name for param in fact.params):
            return []
        kind = symbols[current].kind
        visible = kind not in TYPE_KINDS or current == scope or not scoping.class_scope_closed
        if kind in TYPE_KINDS and scoping.constructor_is_type_name and symbols[current].name == name:
            return [(view.path, current)]
        slot = view.slots.get((current, name)) if visible else None
        if slot is not None:
            return of_slot(flow, view, slot)
        if kind in TYPE_KINDS and scoping.members_in_scope:
            found = flow.denoted_in_class((view.path, current), name)
            inside = [one for one in found if not isinstance(one, str) and not _is_constructor(flow, *one)]
            if inside:
                return list(inside)
            names = frozenset((EXTERN, one) for one in found if isinstance(one, str))
            outside = outside or [str(value[1]) for value in from_base(view, name, names)]
        elsewhere = flow.parts.denoted(view, current, name)
        if elsewhere:
            return elsewhere
        current = symbols[current].parent
    return _denoted_top(flow, view, name) or outside


def _denoted_top(flow: Evaluator, view: FileView, name: str) -> list[Denoted | str]:
    slot = view.slots.get((0, name))
    if slot is not None:
        return of_slot(flow, view, slot)
    siblings = flow.world.siblings_defining(view, name)
    if siblings:
        views = ((flow.world.view(path), scope) for path, scope in siblings)
        return [one for other, scope in views for one in of_slot(flow, other, other.slots[scope, name])]
    starred = denoted_by_stars(flow, view, name, 0, 0)
    if starred:
        return starred
    return [f"<builtin>.{name}"] if name in view.language.scoping.builtins else _from_outside(flow, view, name)


def denoted_by_stars(flow: Evaluator, view: FileView, name: str, scope: int, depth: int) -> list[Denoted | str]:
    """The symbols that star imports bring for a name."""
    if view.language.scoping.wide_stars and depth == scope == 0:
        place = flow.parts.starred(view, name)
        return of_slot(flow, place[0], place[0].slots[place[1], name]) if place else []
    for fact in reversed(view.stars.get(scope, ())) if depth < _MAX_STARS else ():
        locations = flow.world.find(view, fact.spec)
        if view.language.scoping.built_apart and (apart := denoted_in_package(flow, locations, name)):
            return apart
        for location in locations:
            if not location.path.endswith("/"):
                found = denoted_in(flow, location, name, depth + 1)
                if found:
                    return found
    return []


def denoted_in(flow: Evaluator, location: Location, name: str, depth: int = 0) -> list[Denoted | str]:
    """The symbols a name of a module stands for, as its importers see it."""
    other = flow.world.view(location.path)
    scope = inner_scope(other, location.inner)
    if scope is None:
        return []
    key = objects.export_key(other, scope, name)
    slot = other.slots.get((scope, key)) if objects.visible(other, scope, name) else None
    if slot is None and name == "default" and scope == 0:
        slot = objects.whole_slot(other)
    if slot is not None:
        return of_slot(flow, other, slot)
    if other.language.scoping.imports_private:
        return flow.denoted_in_class((other.path, scope), name) if scope else []
    found = denoted_by_stars(flow, other, name, scope, depth)
    return found if found or depth else list(objects.passed_on(flow, other, scope, name))


def denoted_in_package(flow: Evaluator, locations: tuple[Location, ...], name: str) -> list[Denoted | str]:
    """The symbols that a name of a package stands for, in every file that defines it for builds of its own."""
    return [one for location in flow.world.holding(locations, name) for one in denoted_in(flow, location, name)]


def of_slot(flow: Evaluator, view: FileView, slot: Slot) -> list[Denoted | str]:
    """The definitions of a slot; a slot of imports alone stands for what they import."""
    if slot.symbols:
        return [(view.path, index) for index in slot.symbols]
    found: list[Denoted | str] = []
    for binding in slot.bindings:
        expr = view.facts.exprs[binding.value] if binding.value != NONE else ()
        if expr and expr[0] == IMPORT:
            found += denoted_import(flow, view, expr[1], expr[2])
        elif expr and expr[0] == NAME and binding.scope == 0 and "@" not in binding.name:  # `export { a as b }`
            guard = (view.path, expr[2])
            if guard not in flow.denoting:  # `a = b`, `b = a`
                flow.denoting.add(guard)
                found += denoted(flow, view, expr[1], expr[2])
                flow.denoting.discard(guard)
        elif expr and expr[0] == DEF and binding.scope == 0:
            found.append((view.path, expr[1]))
    return list(dict.fromkeys(found))


def denoted_import(flow: Evaluator, view: FileView, spec: str, name: str | None) -> list[Denoted | str]:
    """What an import stands for: modules as (path, 0), definitions, or a dotted outside name."""
    locations = flow.world.find(view, spec)
    if name is None or name == "*":
        outside = flow.world.external(view, spec)
        return _modules(flow, locations) or ([outside] if outside else [])
    for location in locations:
        if not location.path.endswith("/"):
            guard = (location.path, name)
            if guard in flow.denoting:
                continue
            flow.denoting.add(guard)
            found = denoted_in(flow, location, name)
            flow.denoting.discard(guard)
            if found:
                return found
    submodule = flow.world.find(view, submodule_spec(spec, name)) if view.language.name == "python" else ()
    if submodule:
        return _modules(flow, submodule)
    return [] if locations else [f"{flow.world.external(view, spec)}.{name}"]


def _modules(flow: Evaluator, locations: tuple[Location, ...]) -> list[Denoted | str]:
    found: list[Denoted | str] = []
    for location in locations:
        if location.path.endswith("/"):
            continue
        scope = inner_scope(flow.world.view(location.path), location.inner)
        if scope is not None:
            found.append((location.path, scope))
    return found
