"""Names: which scope a bare name or an imported one comes from, and what its values are."""

import sys
from collections.abc import Iterable, Iterator

from codeagent.domain.arity import bare
from codeagent.domain.facts import ATTR, KIND, NAME, NONE, TYPE_KINDS
from codeagent.graph import objects, opened
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.stars import from_base
from codeagent.graph.values import BOUND, EXTERN, FUNC, MODULE, NOTHING, TYPE, Denoted, Values, union
from codeagent.graph.views import FileView
from codeagent.languages.language import Location

_CONSTRUCTOR = KIND["constructor"]
Seen = set[Location]  # places that star imports led to while one name was looked for; None: it is asked of this one


def values(
    flow: Evaluator, view: FileView, scope: int, name: str, *, types: bool = False, before: int = sys.maxsize
) -> Values:
    """The values of a bare name seen from a scope; with `types`, of one that only a type can have.

    What star imports of values bring is asked of those that stand `before` a byte."""
    symbols, scoping = view.facts.symbols, view.language.scoping
    current, outside, chosen = scope, NOTHING, NOTHING
    while current > 0:
        fact = view.functions.get(current)
        if fact is not None and not types:
            for position, param in enumerate(fact.params):
                if param.name == name:
                    parts = [flow.argument(view.path, current, position)]
                    if (current, name) in view.slots:
                        parts.append(flow.slot(view, current, name))
                    return union(parts)
        kind = symbols[current].kind
        visible = kind not in TYPE_KINDS or current == scope or not scoping.class_scope_closed
        if kind in TYPE_KINDS and scoping.constructor_is_type_name:
            if symbols[current].name == name:
                return frozenset({(TYPE, view.path, current)})
            if view.of_other_arity(current, name):
                current = symbols[current].parent
                continue
        if visible and (current, name) in view.slots and not (types and view.of_values(current, name)):
            chosen |= flow.slot(view, current, name)
            if view.whole(current, name):
                return chosen
        if kind in TYPE_KINDS and scoping.members_in_scope:
            found = _inherited(flow, flow.class_member((view.path, current), name, instance=True))
            found = frozenset(value for value in found if value[0] in (TYPE, EXTERN)) if types else found
            if any(value[0] != EXTERN for value in found):
                return found
            outside = outside or from_base(view, name, found)  # it may have any name: all else is asked first
        if opened_here := opened.starred(flow, view, current, name, before):
            return opened_here
        elsewhere = flow.parts.values(view, current, name)
        if elsewhere:
            return elsewhere
        current = symbols[current].parent
    return chosen | (top_level(flow, view, name, before) or (outside and (package(flow, view, name) or outside)))


def _inherited(flow: Evaluator, found: Values) -> Values:
    """Members without constructors: those are called like their class, and not inherited."""
    kinds = ((value, value[0] in (FUNC, BOUND) and is_constructor(flow, value[1], value[2])) for value in found)
    return frozenset(value for value, constructor in kinds if not constructor)


def is_type(flow: Evaluator, path: str, symbol: int) -> bool:
    return flow.world.view(path).facts.symbols[symbol].kind in TYPE_KINDS


def is_constructor(flow: Evaluator, path: str, symbol: int) -> bool:
    return flow.world.view(path).facts.symbols[symbol].kind == _CONSTRUCTOR


def top_level(flow: Evaluator, view: FileView, name: str, before: int = sys.maxsize) -> Values:
    """A name of the module scope: its own, a sibling file's, a star import's, or a builtin."""
    if (0, name) in view.slots:
        return _own(flow, view, name)
    siblings = flow.world.siblings_defining(view, name)
    if siblings:
        return union([flow.slot(flow.world.view(path), scope, name) for path, scope in siblings])
    starred = _from_stars(flow, view, name, 0)
    if starred is not None:
        return starred
    if opened_here := opened.starred(flow, view, 0, name, before):
        return opened_here
    if name in view.language.scoping.builtins:
        return _global_object(flow, view, name) or frozenset({(EXTERN, f"<builtin>.{name}")})
    if name in view.language.scoping.spaces:
        return package(flow, view, name) or frozenset({(EXTERN, name)})
    if view.language.scoping.crates_named and (crate := flow.world.find(view, f"::{name}")):
        return frozenset({(MODULE, crate)})
    outside = frozenset((EXTERN, one) for one in from_outside(flow, view, name))
    return (outside and package(flow, view, name)) or outside  # `Polly.Policy`: the namespace, not a type of others


def _own(flow: Evaluator, view: FileView, name: str, scope: int = 0, seen: Seen | None = None) -> Values:
    """A name that a scope has, and what star imports bring for it in builds where it has none."""
    own = flow.slot(view, scope, name)
    return own if view.whole(scope, name) else own | (_from_stars(flow, view, name, scope, seen) or NOTHING)


def package(flow: Evaluator, view: FileView, dotted: str) -> Values:
    """A package by its whole name, where a language lets that stand anywhere: `shop.repo.Cart()`."""
    scoping = view.language.scoping
    if not (dotted and scoping.wide_stars and scoping.imports_private):
        return NOTHING
    found = flow.world.find(view, dotted)
    return frozenset({(MODULE, found)}) if found and not any(place.inner for place in found) else NOTHING


def rest_of_package(view: FileView, of: Values, index: int) -> Values:
    """What a package of the tree does not have, as part of the same package elsewhere: `System.Text` beside ours."""
    written = path_of(view, index) if view.language.scoping.imports_private else ""
    return frozenset({(EXTERN, bare(written))}) if written and any(one[0] == MODULE for one in of) else NOTHING


def path_of(view: FileView, index: int) -> str:
    """A dotted name as it is written; "" for anything else."""
    exprs, words = view.facts.exprs, []
    while exprs[index][0] == ATTR and exprs[index][1] != NONE:
        words.append(str(exprs[index][2]))
        index = exprs[index][1]
    return ".".join((str(exprs[index][2]), *reversed(words))) if exprs[index][0] == NAME else ""


def _global_object(flow: Evaluator, view: FileView, name: str) -> Values:
    """A builtin object whose type the tree adds to: `window`, where a module declares more of `Window`."""
    kind = view.language.scoping.global_objects.get(name, "")
    places = flow.world.siblings_defining(view, kind) if kind else ()
    return union([flow.instances(flow.slot(flow.world.view(path), scope, kind)) for path, scope in places])


def _from_stars(flow: Evaluator, view: FileView, name: str, scope: int, seen: Seen | None = None) -> Values | None:
    """What `from module import *` brings for a name; None: nothing."""
    if view.language.scoping.wide_stars and seen is None and not scope:
        return _from_many(flow, view, name)
    seen = set() if seen is None else seen
    if view.language.scoping.built_apart:
        return union(apart) if (apart := _from_each(flow, view, name, scope, seen)) else None
    for fact in reversed(view.stars.get(scope, ())):
        for location in unseen(flow.world.find(view, fact.spec), seen):
            if location.path.endswith("/"):
                continue
            other = flow.world.view(location.path)
            if other.facts.exports is None and name.startswith("_") and other.language.name == "python":
                continue
            found = in_location(flow, other, location, name, seen)
            if found is not None:
                return found
    return None


def _from_each(flow: Evaluator, view: FileView, name: str, scope: int, seen: Seen) -> list[Values]:
    """The same, where each star import may hold in builds of its own."""
    facts = view.stars.get(scope, ())
    return [one for fact in facts for one in in_package(flow, flow.world.find(view, fact.spec), name, seen)]


def _from_many(flow: Evaluator, view: FileView, name: str) -> Values | None:
    """The same, where star imports reach many files."""
    found = flow.parts.starred(view, name)
    return flow.slot(found[0], found[1], name) if found else None


def from_outside(flow: Evaluator, view: FileView, name: str) -> list[Denoted | str]:
    """Where else an exported name that the tree does not have comes from: a star import of an outside package."""
    if not view.language.scoping.imports_private or not name[:1].isupper():
        return []
    name = bare(name)
    outside = (fact.spec for fact in flow.parts.stars(view) if not flow.world.find(view, fact.spec))
    specs = list(dict.fromkeys(outside))
    if len(specs) > 1:
        return [name]  # an outside type of one of them
    return [f"{flow.world.external(view, spec)}.{name}" for spec in specs]


def in_location(
    flow: Evaluator, other: FileView, location: Location, name: str, seen: Seen | None = None
) -> Values | None:
    """A name of a module as its importers see it; None where the module does not have it."""
    scope = inner_scope(other, location.inner, name)
    if scope is None:
        return None
    key = objects.export_key(other, scope, name)
    if (scope, key) in other.slots and objects.visible(other, scope, name):
        return _own(flow, other, key, scope, seen)
    if other.language.scoping.imports_private:
        return (flow.class_member((other.path, scope), name, instance=False) or None) if scope else None
    found = _from_stars(flow, other, name, scope, set() if seen is None else seen)
    if found is None and seen is None and (outside := objects.passed_on(flow, other, scope, name)):
        return frozenset((EXTERN, one) for one in outside)
    return found


def unseen(places: Iterable[Location], seen: Seen | None) -> Iterator[Location]:
    """Yield the places that no star import has led to yet, and note them."""
    for place in places:
        if seen is None:
            yield place
        elif place not in seen:
            seen.add(place)
            yield place


def in_package(flow: Evaluator, locations: tuple[Location, ...], name: str, seen: Seen | None = None) -> list[Values]:
    """A name of a package as each file has it that defines it for builds of its own; empty where none does."""
    holding = unseen(flow.world.holding(locations, name), seen)
    found = (in_location(flow, flow.world.view(place.path), place, name, seen) for place in holding)
    return [values for values in found if values is not None]


def inner_scope(view: FileView, inner: str, name: str = "") -> int | None:
    """The symbol of a dotted place inside a file, 0 for the file itself, None where there is none; of a class and the
    object that is called like it, the one that has a name."""
    scope = 0
    for part in inner.split(".") if inner else ():
        slot = view.slots.get((scope, part))
        if slot is None or not slot.symbols:
            return None
        scope = next((one for one in slot.symbols if (one, name) in view.slots), slot.symbols[0])
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
        if of_value := opened.named(flow, view, spec, name):
            return of_value
        return frozenset({(EXTERN, f"{flow.world.external(view, spec)}.{name}")})
    found = flow.module_member(view, locations, name) or objects.member_of_whole(flow, view, locations, name)
    if not found and view.language.scoping.packages_go_on and not _has(flow, locations, name):
        return frozenset({(EXTERN, f"{flow.world.external(view, spec)}.{name}")})
    return found


def _has(flow: Evaluator, locations: tuple[Location, ...], name: str) -> bool:
    """Whether a package has a name, even if nothing is known of what it is."""
    views = ((flow.world.view(place.path), place) for place in locations if not place.path.endswith("/"))
    return any((inner_scope(view, place.inner, name), name) in view.slots for view, place in views)


def submodule_spec(spec: str, name: str) -> str:
    """The spec of a module below another: `..` and `a` make `..a`, `pkg` and `a` make `pkg.a`."""
    return f"{spec}{name}" if spec.endswith(".") else f"{spec}.{name}"
