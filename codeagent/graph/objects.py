"""Values that are objects without being instances of a class: namespaces, records, functions with members."""

from collections.abc import Iterator

from codeagent.domain.facts import INSTANCE, LITERAL, MAP, NONE, STAR, STATIC, TYPED, Expr
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.slots import Slot
from codeagent.graph.values import (
    BOUND,
    BOX,
    EXTERN,
    EXTERN_INST,
    FUNC,
    INST,
    MODULE,
    NOTHING,
    TYPE,
    TYPED_INST,
    VARIABLE_INST,
    Class,
    Denoted,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView
from codeagent.languages.language import Location

_RECORDS = frozenset({"<builtin>.Record"})  # types whose members are their items
EXPORT = "export "  # before the name of an export that means something else inside the module
INDEXED = "[]"  # the member that an index signature becomes
_REEXPORT = 2  # the flag of an ImportFact
_OPEN_TYPES = frozenset({"typing", "typing_extensions", "collections.abc"})
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_LISTS = frozenset({(LITERAL, "Array"), (LITERAL, "tuple")})
_FUNCTION_TYPES = frozenset({"Function", "Callable", "Fn", "FnMut", "FnOnce"})  # their last argument is the result


def namespace(flow: Evaluator, view: FileView, symbol: int) -> Value:
    """A namespace as a value: a module that lies inside a file, or in parts inside several."""
    if view.language.scoping.open_types:
        return (MODULE, flow.parts.spaces_around(view, symbol))
    symbols, parts = view.facts.symbols, []
    while symbol > 0:
        parts.append(symbols[symbol].name)
        symbol = symbols[symbol].parent
    return (MODULE, (Location(view.path, ".".join(reversed(parts))),))


def visible(view: FileView, scope: int, name: str) -> bool:
    """Whether importers of a module see a name: where its language says so, only what is exported or defined."""
    exports = view.facts.exports
    if view.language.scoping.imports_private and scope == 0:
        slot = view.slots.get((0, name))
        return slot is not None and bool(slot.symbols)
    return scope != 0 or exports is None or not view.language.scoping.exports_closed or name in exports


def is_whole(flow: Evaluator, locations: tuple[Location, ...]) -> bool:
    """Whether a module says itself what stands for it."""
    places = (place for place in locations if not place.path.endswith("/") and not place.inner)
    return any(whole_slot(flow.world.view(place.path)) is not None for place in places)


def whole(flow: Evaluator, locations: tuple[Location, ...]) -> Values:
    """What stands for a module as a whole, where it says so itself: `module.exports = value`."""
    parts: list[Values] = []
    for location in locations:
        if not location.path.endswith("/") and not location.inner:
            view = flow.world.view(location.path)
            member = view.language.scoping.whole_module
            if member and (0, member) in view.slots:
                parts.append(flow.slot(view, 0, member))
    return union(parts)


def export_key(view: FileView, scope: int, name: str) -> str:
    """Under which name a module binds what it exports: its own, unless the module uses that for something else."""
    own = f"{EXPORT}{name}"
    return own if scope == 0 and (0, own) in view.slots else name


def whole_slot(view: FileView) -> Slot | None:
    """The slot of what stands for a module as a whole."""
    member = view.language.scoping.whole_module
    return view.slots.get((0, member)) if member else None


def member_of_whole(flow: Evaluator, view: FileView, locations: tuple[Location, ...], name: str) -> Values:
    """A member of what stands for a module; all of it for `default`, as bundlers do."""
    values = whole(flow, locations)
    if name == "default":
        return values
    return union([flow.member(view, value, name) for value in values])


def entry(flow: Evaluator, value: Value, name: str) -> Values | None:
    """The entry of a record `{name: value}` read as a member; None: it is no record, or has no such entry."""
    view = flow.world.view(value[1])
    expr = view.facts.exprs[value[2]]
    if expr[0] == TYPED:
        named = {one[1] for one in flow.expr(view, expr[1]) if one[0] in (EXTERN, EXTERN_INST)}
        return flow.item(value, name) if named & _RECORDS else None
    scoping = view.language.scoping
    if expr[0] != MAP or not (scoping.records or scoping.nameless_structs):
        return None
    if name not in view.writes and all(key is not None and key != name for key, _ in expr[1]):
        return None
    return flow.item(value, name)


def indexed(flow: Evaluator, owner: Class, name: str) -> bool:
    """Whether a class has no member of a name, but an index signature that answers for any."""
    place, outside = flow.hierarchy.find(owner, name)
    if place is not None or outside or not flow.world.view(owner[0]).language.scoping.records:
        return False
    return flow.hierarchy.find(owner, INDEXED)[0] is not None


def of_function(flow: Evaluator, value: Value, name: str) -> Values:
    """A member that was set on a function: `parse.strict = function () {}`."""
    return frozenset((FUNC, path, index) for path, index in denoted_of_function(flow, value, name))


def denoted_of_function(flow: Evaluator, value: Value, name: str) -> list[Denoted]:
    """The symbols of such a member."""
    path, symbol = value[1:3]
    view = flow.world.view(path)
    slot = view.slots.get((symbol, name))
    return [(path, index) for index in slot.symbols if view.facts.symbols[index].flags & STATIC] if slot else []


def called(flow: Evaluator, value: Value) -> Values:
    """What calling a value of a function type gives: `(a: A) => R`, `Callable[[A], R]`."""
    view = flow.world.view(value[1])
    _, base, args = view.facts.exprs[value[2]]
    if not args or args[-1] == NONE:
        return NOTHING
    if not _is_function(flow, view, base):
        return NOTHING
    return flow.generics.filled(flow.instances(flow.expr(view, args[-1])), value[3] if len(value) > 3 else None)


def is_open_type(flow: Evaluator, value: Value) -> bool:
    """Whether a value of a declared type may be of any class of the tree."""
    if value[0] in (INST, TYPE):
        return is_protocol(flow, value[1:3])
    if value[0] == EXTERN_INST:
        module = str(value[1]).rpartition(".")[0]
        return value[1] == "<builtin>.object" or module in _OPEN_TYPES or module.startswith("_typeshed")
    if value[0] != TYPED_INST:
        return bool(value[0] == VARIABLE_INST)
    view = flow.world.view(value[1])
    return _is_function(flow, view, view.facts.exprs[value[2]][1])


def is_protocol(flow: Evaluator, owner: Class) -> bool:
    """Whether a class only says what others must have."""
    return any(base[0] == EXTERN and base[1] in _PROTOCOLS for base in flow.hierarchy.bases(owner))


def is_protocol_value(flow: Evaluator, value: Value) -> bool:
    """Whether a value is a protocol, or something of which no more than that is known."""
    return value[0] in (INST, TYPE) and is_protocol(flow, value[1:3])


def _is_function(flow: Evaluator, view: FileView, base: int) -> bool:
    named = (one[1].rpartition(".")[2] for one in flow.expr(view, base) if one[0] in (EXTERN, EXTERN_INST))
    return any(name in _FUNCTION_TYPES for name in named)


def expected(flow: Evaluator, view: FileView, expr: Expr) -> Values:
    """What the function type of a callee's parameter says of its own parameters: the `User` of
    `each(f: (user: User) => void)` for the `user` of `each((user) => …)`."""
    _, callee, position, index = expr
    parts: list[Values] = []
    for one in flow.expr(view, callee):
        if position < 0:  # the type of the function itself is declared
            parts += [parameter(flow, of, index) for of in signatures(flow, view, one)]
        elif one[0] in (FUNC, BOUND):
            found = _of_kinds(flow, view, _declared(flow, one, position), index)
            parts.append(flow.generics.returned(found, view, one, (), ()))
        else:
            for of in signatures(flow, view, one):
                parts.append(_of_kinds(flow, view, taken(flow, of, position), index))
    return union(parts)


def _of_kinds(flow: Evaluator, view: FileView, types: Values, index: int) -> Values:
    kinds = flow.instances(types)
    return union([parameter(flow, of, index) for kind in kinds for of in signatures(flow, view, kind)])


def _declared(flow: Evaluator, function: Value, place: int) -> Values:
    """The declared type of what a function takes at a place; of a rest, that of what it holds."""
    fact, own = flow.function(function[1], function[2]), flow.world.view(function[1])
    if fact is None or not fact.params:
        return NOTHING
    param, rest = fact.params[min(place, len(fact.params) - 1)], place - len(fact.params) + 1
    if param.annotation != NONE:
        return flow.expr(own, param.annotation) if rest <= 0 else NOTHING
    whole = own.facts.exprs[param.default] if param.default != NONE and rest >= 0 else (NONE,)
    return listed(flow, own, whole[1], rest) if whole[0] == INSTANCE else NOTHING  # a rest is a list by default


def signatures(flow: Evaluator, view: FileView, value: Value) -> Iterator[Value]:
    """The types of functions that a value is of: an object of a type with call signatures has several."""
    call = view.language.scoping.call_method
    if value[0] == TYPED_INST:
        yield value
    elif value[0] == INST and call:
        yield from (one for one in flow.member(view, value, call) if one[0] == TYPED_INST)


def parameter(flow: Evaluator, value: Value, index: int) -> Values:
    """What a value of a function type takes as its parameter at `index`."""
    if value[0] != TYPED_INST:
        return NOTHING
    return flow.generics.filled(flow.instances(taken(flow, value, index)), value[3] if len(value) > 3 else None)


def taken(flow: Evaluator, value: Value, place: int) -> Values:
    """The type of what functions of a type take at a place; of a rest, that of what it holds."""
    view = flow.world.view(value[1])
    _, base, args = view.facts.exprs[value[2]]
    last = len(args) - 2
    index = args[min(place, last)] if last >= 0 else NONE
    if index == NONE or not _is_function(flow, view, base):
        return NOTHING
    if view.facts.exprs[index][0] == STAR:
        return listed(flow, view, view.facts.exprs[index][1], place - last)
    return flow.expr(view, index) if place <= last else NOTHING


def listed(flow: Evaluator, view: FileView, index: int, place: int) -> Values:
    """The type of what an array or tuple of a type holds at a place."""
    parts: list[Values] = []
    for of in flow.expr(view, index):
        own = flow.world.view(of[1]) if of[0] == TYPED_INST else view
        _, base, args = own.facts.exprs[of[2]] if of[0] == TYPED_INST else (0, NONE, ())
        if args and own.facts.exprs[base] in _LISTS and (item := args[min(place, len(args) - 1)]) != NONE:
            parts.append(flow.expr(own, item))
    return union(parts)


def handed(flows: Values) -> Values:
    """Of the arguments of a parameter whose type is declared those that say more: functions, and records of them."""
    return frozenset(one for one in flows if one[0] in (FUNC, BOUND, BOX))


def wrapped(flow: Evaluator, view: FileView, args: tuple[int, ...]) -> Values:
    """The first function or class among the arguments of an outside call: what that made of it is called like it."""
    for index in args:
        found = frozenset(one for one in flow.expr(view, index) if one[0] in (FUNC, BOUND, TYPE))
        if found:
            return found
    return NOTHING


def passed_on(flow: Evaluator, view: FileView, scope: int, name: str) -> tuple[str, ...]:
    """The outside names that a module passes on under a name it does not have: `export * from "react"`."""
    found: list[str] = []
    pending, seen = [(view, scope)], {view.path}
    while pending:
        current, at = pending.pop()
        for fact in current.stars.get(at, ()):
            if not fact.flags & _REEXPORT:
                continue
            locations = flow.world.find(current, fact.spec)
            if not locations:
                found.append(f"{flow.world.external(current, fact.spec)}.{name}")
            for location in locations:
                if not location.path.endswith("/") and location.path not in seen:
                    seen.add(location.path)
                    pending.append((flow.world.view(location.path), 0))
    return tuple(sorted(set(found)))
