"""Containers: what items, elements and views of literals, generators and generic types hold."""

from codeagent.domain.arity import bare
from codeagent.domain.facts import ATTR, KWARGS, LIVE, MAP, NAME, NONE, SEQ, STAR, Expr
from codeagent.graph import library, parsed
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import (
    BOUND,
    BOX,
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
    PAIR,
    PAIRS,
    TYPE,
    TYPED_INST,
    Value,
    Values,
    part_of,
    union,
)
from codeagent.graph.views import FileView

# Generic wrappers whose value is simply their argument's; the rest of the known ones are containers.
TRANSPARENT = frozenset(
    "Optional Union Annotated Final ClassVar Required NotRequired ReadOnly Awaitable Coroutine Promise "
    "Readonly Partial NonNullable Box Rc Arc Ref RefCell Mutex RwLock Cell Result Cow Pin".split()
)
_ITERATED_IN_PAIRS = frozenset({"Map", "ReadonlyMap", "URLSearchParams"})  # JavaScript's: by key and value
_ENTERED = frozenset({"__enter__", "__aenter__"})
_ITERATED_BY_KEY = frozenset("dict Dict Mapping MutableMapping OrderedDict defaultdict DefaultDict".split())
_ITERATORS = (("__iter__", "__next__"), ("__aiter__", "__anext__"))
_OWN_ITERATORS = (("iterator", "next"),)  # Java's
_CLASS_OF = frozenset({"Type", "type", "Class"})


def item(flow: Evaluator, value: Value, key: str | int | None) -> Values:
    """The values of `value[key]`; any item where the key is not constant."""
    kind = value[0]
    if kind == BOX:
        inside = union([_own_item(flow, flow.world.view(value[1]), one, key) for one in _spread(flow, value, key)])
        return flow.generics.filled(inside, value[3]) if len(value) > 3 else inside
    if kind == TYPED_INST:
        return _typed_item(flow, value, key)
    if kind == PACKED:
        return flow.packed(value, key)
    if kind == EXTERN_INST:
        return parsed.first_of_pair(value, key)
    if kind == PAIR:
        return elements(flow, value[1]) if key != 0 else NOTHING
    if kind == INST:
        if flow.world.view(value[1]).language.scoping.records:
            return flow.member(flow.world.view(value[1]), value, key if isinstance(key, str) else "[]")
        under = _underlying(flow, value)
        return union([item(flow, one, key) for one in under] or [_method_result(flow, value, "__getitem__")])
    if kind == ELEMENTS:
        return elements(flow, value[1])
    if kind in (MAPPED, GENERATOR):  # of a list that was made of it
        return each(flow, value)
    if kind in (TYPE, EXTERN):
        return frozenset({value})
    if kind == FUNC and flow.world.view(value[1]).language.scoping.static_types:  # `New[int]`
        return frozenset({value})
    return frozenset({value}) if value == FLOW_MARK else NOTHING


def each(flow: Evaluator, value: Value) -> Values:
    """What iterating over a value yields."""
    kind = value[0]
    if kind == BOX:
        view, expr = _box(flow, value)
        return NOTHING if expr[0] == MAP else elements(flow, value)
    if kind == ELEMENTS:
        return elements(flow, value[1])
    if kind == PACKED:
        return NOTHING if _is_by_name(flow, value) else elements(flow, value)
    if kind == GENERATOR:
        path, symbol = value[1:3]
        fact = flow.function(path, symbol)
        view = flow.world.view(path)
        yielded = union([flow.expr(view, index) for index in fact.yields]) if fact else NOTHING
        return flow.generics.filled(yielded, value[3] if len(value) > 3 else None)
    if kind == MAPPED:
        view = flow.world.view(value[1])
        mapped = flow.expr(view, value[2])
        return union([flow.called(view, one, (), ()) for one in mapped if one[0] in (FUNC, BOUND, TYPE)])
    if kind == PAIRS:
        return frozenset({(PAIR, value[1])})
    if kind == TYPED_INST:
        view, base, _ = _typed(flow, value)
        name = _generic_name(flow, view, base)
        if view.language.scoping.records and name in _ITERATED_IN_PAIRS:
            return frozenset({(PAIR, value)})
        keys = view.language.scoping.type_variables and name in _ITERATED_BY_KEY
        return argument(flow, value, 0) if keys else _typed_item(flow, value, None)
    if kind == INST:
        if under := _underlying(flow, value):
            return union([each(flow, one) for one in under])
        static = flow.world.view(value[1]).language.scoping.static_types
        return union([_iterated(flow, value, *names) for names in (_OWN_ITERATORS if static else _ITERATORS)])
    return frozenset({value}) if value == FLOW_MARK else NOTHING


def _is_by_name(flow: Evaluator, value: Value) -> bool:
    """Whether it is `**kwargs`, which gives names where it is iterated over."""
    symbol, position = value[2]
    fact = flow.function(value[1], symbol)
    return fact is not None and fact.params[position].kind == KWARGS


def _iterated(flow: Evaluator, value: Value, begins: str, goes_on: str) -> Values:
    """What the iterator of an instance gives."""
    made = _method_result(flow, value, begins)
    return union([_method_result(flow, one, goes_on) if one[0] == INST else each(flow, one) for one in made])


def _underlying(flow: Evaluator, value: Value) -> list[Value]:
    """The containers that a named type is made of: `type Pack []*Dog`."""
    view = flow.world.view(value[1])
    fact = view.classes.get(value[2])
    bases = fact.bases if fact and view.language.scoping.static_types else ()
    containers: list[Value] = [(BOX, view.path, base) for base in bases if view.facts.exprs[base][0] in (SEQ, MAP)]
    return [one for box in containers for one in flow.generics.member(frozenset({box}), value, value[1:3])]


def elements(flow: Evaluator, value: Value) -> Values:
    """Everything a container holds."""
    return item(flow, value, None) if value[0] in (BOX, TYPED_INST, PACKED) else each(flow, value)


def method(flow: Evaluator, name: str, value: Value) -> Values:
    """What calling a container's own method gives."""
    if name in ("items", "entries"):
        return frozenset({(PAIRS, value)})
    if name == "clone":
        return frozenset({value})
    if name in library.VIEWS:
        return frozenset({value if value[0] == ELEMENTS else (ELEMENTS, value)})
    if name in library.TAKERS:
        return elements(flow, value)
    if name in _ENTERED and value[0] == GENERATOR:  # of a context manager made of it
        return each(flow, value)
    return frozenset((EXTERN_INST, dotted) for dotted in outside_names(flow, name, value))


def outside_names(flow: Evaluator, name: str, value: Value) -> list[str]:
    """The dotted names of a method of an outside generic type, where the language has no other types."""
    return [part_of(one, name) for one in outside_types(flow, value)]


def outside_types(flow: Evaluator, value: Value) -> list[str]:
    """The dotted names of the outside type of a value, of a generic one where the language has no other types."""
    if value[0] in (EXTERN, EXTERN_INST):
        return [value[1]]
    if value[0] != TYPED_INST or not flow.world.view(value[1]).language.scoping.static_types:
        return []
    view, base, _ = _typed(flow, value)
    named = view.facts.exprs[base]
    known = [one[1] for one in flow.expr(view, base) if one[0] in (EXTERN, EXTERN_INST)]
    return known or ([bare(named[2])] if named[0] == NAME and view.language.scoping.static_types else [])


def unwrapped(flow: Evaluator, value: Value) -> Values:
    """An instance of a generic type: `Optional[Cart]` is a Cart, `list[Cart]` stays a container."""
    pending, seen, parts, plain = [value], {value}, [], set()
    while pending:  # a type may wrap itself: `type Deep<T> = Promise<Deep<T>>`
        one = pending.pop()
        if one[0] != TYPED_INST:
            plain.add(one)
            continue
        view, base, args = _typed(flow, one)
        name = _generic_name(flow, view, base)
        inside = union([flow.expr(view, arg) for arg in args if arg != NONE])
        static = view.language.scoping.static_types  # Java's Optional is no Item, its Class<Item> no Item either
        if name in TRANSPARENT and not static:
            pending += inside - seen
            seen |= inside
        else:
            parts.append(inside if name in _CLASS_OF and not static else frozenset({one}))
    found = union([flow.instances(frozenset(plain)), *parts])
    return flow.generics.filled(found, value[3]) if len(value) > 3 else found


def _typed(flow: Evaluator, value: Value) -> tuple[FileView, int, tuple[int, ...]]:
    view = flow.world.view(value[1])
    _, base, args = view.facts.exprs[value[2]]
    return view, base, args


def _generic_name(flow: Evaluator, view: FileView, base: int) -> str:
    for value in flow.expr(view, base):
        if value[0] in (EXTERN, EXTERN_INST):
            return str(value[1]).rpartition(".")[2].rpartition(":")[2]
    named = view.facts.exprs[base]
    return bare(named[2]) if named[0] == NAME and view.language.scoping.static_types else ""


def _typed_item(flow: Evaluator, value: Value, key: str | int | None) -> Values:
    """An element of `list[T]`, `dict[K, V]` (V), `tuple[A, B]` (by position)."""
    view, base, args = _typed(flow, value)
    if not args:
        return NOTHING
    position = -1
    if isinstance(key, int) and _generic_name(flow, view, base) in ("Tuple", "tuple") and key < len(args):
        position = key
    return argument(flow, value, position)


def awaited(flow: Evaluator, value: Value) -> Values:
    """What awaiting a value gives: of `Task<T>` a T."""
    if value[0] != TYPED_INST or _generic_name(flow, *_typed(flow, value)[:2]) not in library.AWAITED:
        return frozenset({value})
    return argument(flow, value, 0)


def argument(flow: Evaluator, value: Value, position: int) -> Values:
    """What an argument of a generic type of outside stands for."""
    view, _, args = _typed(flow, value)
    index = args[position] if -len(args) <= position < len(args) else NONE
    return flow.generics.filled(flow.instances(flow.expr(view, index)), value[3] if len(value) > 3 else None)


def _box(flow: Evaluator, value: Value) -> tuple[FileView, Expr]:
    view = flow.world.view(value[1])
    return view, view.facts.exprs[value[2]]


def _spread(flow: Evaluator, value: Value, key: str | int | None) -> list[Value]:
    """A container and those that are spread in it, `{**base, "key": value}`, unless a later entry hides them."""
    pending, found = [value], {value: None}
    while pending:
        one = pending.pop()
        view, expr = _box(flow, one)
        for name, index in reversed(expr[1]) if expr[0] == MAP else ():
            part = view.facts.exprs[index] if name is None and index != NONE else ()
            for inner in flow.expr(view, part[1]) if part and part[0] == STAR else ():
                inner = inner[1] if inner[0] == ELEMENTS else inner  # a copy of it, `{**base.copy()}`
                if inner not in found:
                    found[inner] = None
                    pending += [inner] if inner[0] == BOX else []
            if name is not None and name == key:
                break
    return list(found)


def _own_item(flow: Evaluator, view: FileView, value: Value, key: str | int | None) -> Values:
    """An item of a container, but for what is spread in it."""
    if value[0] == BOX:
        return union([_literal_items(flow, value, key), _written_items(flow, value, key)])
    if value[0] == MODULE and isinstance(key, str):
        return flow.module_member(view, value[1], key)
    return item(flow, value, key)


def _literal_items(flow: Evaluator, value: Value, key: str | int | None) -> Values:
    view, expr = _box(flow, value)
    if expr[0] == MAP:
        known = [v for k, v in expr[1] if key is None or k is None or k == key]
        return union([flow.expr(view, v) for v in known if v == NONE or view.facts.exprs[v][0] != STAR])
    items = expr[1]
    spread = any(index != NONE and view.facts.exprs[index][0] == STAR for index in items)
    if isinstance(key, int) and not spread:
        return flow.expr(view, items[key]) if -len(items) <= key < len(items) else NOTHING
    return union([flow.expr(view, index) for index in items if index != NONE])


def _written_items(flow: Evaluator, value: Value, key: str | int | None) -> Values:
    """What `name[key] = value` and `name.append(value)` put into a literal bound to that name."""
    view, _ = _box(flow, value)
    names = view.names_of(value[2])
    parts = []
    for write in view.writes.get(None, ()) if names else ():
        base = view.facts.exprs[write.base]
        named = base[0] in (NAME, LIVE, ATTR) and base[2] in names and (key is None or write.key in (None, key))
        if named and any(value[:3] == one[:3] for one in flow.expr(view, write.base)):
            parts.append(flow.expr(view, write.value))
    return union(parts)


def _method_result(flow: Evaluator, value: Value, name: str) -> Values:
    """What a special method of an instance returns."""
    view = flow.world.view(value[1])
    found = flow.member(view, value, name)
    return union([flow.called(view, callee, (), ()) for callee in found])
