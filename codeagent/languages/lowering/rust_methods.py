"""Rust: what the methods and constructors of the standard library's wrappers make of their values."""

from typing import Final

from codeagent.domain.facts import ATTR, CALL, INSTANCE, LITERAL, NAME, NONE, SELF, SEQ, TYPED, Write
from codeagent.languages.lowering.rust_patterns import unwrapped
from codeagent.languages.lowering.rust_walk import Walk, words

# Methods after which the same things are still inside: iterators, options, results, guards, copies.
_SAME: Final = words("""
    iter iter_mut into_iter rev skip take step_by filter skip_while take_while peekable fuse inspect chain get first
    first_mut last last_mut next next_back pop pop_front pop_back front back peek peek_mut nth min_by_key max_by_key
    min_by max_by min max find ok or or_else collect drain values values_mut into_values remove swap_remove replace
    insert entry sorted sorted_by sorted_by_key dedup unique iter_many recv try_recv join spawn downgrade
    into_par_iter par_iter rfind cycle last_key_value first_key_value to_ascii_lowercase split_off retain range
""")
# The same, also on values that are seen through: `b.as_ref()` of a `Box<T>`.
_THROUGH: Final = words("""
    as_ref as_mut as_deref as_deref_mut as_slice as_mut_slice to_vec ok_or ok_or_else map_err context with_context
    into_boxed_slice into deref deref_mut pin as_pin_mut leak
""")
_GUARDS: Final = frozenset({"read", "write", "try_lock", "try_read", "try_write", "try_borrow", "try_borrow_mut"})
_COPIES: Final = frozenset({"clone", "cloned", "copied", "to_owned", "by_ref"})
_INSIDE: Final = words("""
    unwrap expect unwrap_or unwrap_or_default unwrap_or_else unwrap_unchecked flatten or_insert or_insert_with
    or_default get_or_insert get_or_insert_with get_or_init get_unchecked swap expect_err into_ok borrow borrow_mut
    into_inner upgrade lock get_mut get_ref
""")
# Methods that call a closure with what is inside.
_CALLED_WITH_EACH: Final = words("""
    map filter for_each find find_map filter_map flat_map any all position inspect take_while skip_while map_while
    and_then is_some_and is_ok_and map_or_else max_by_key min_by_key sort_by_key sort_unstable_by_key partition map_or
    retain then unwrap_or_else group_by dedup_by_key and_modify try_for_each rposition map_ok sorted_by_key
    sort_by_cached_key drain_filter
""")
_CALLED_WITH_SECOND: Final = frozenset({"fold", "try_fold", "rfold"})
_CALLED_WITH_TWO: Final = frozenset({"sort_by", "sort_unstable_by", "min_by", "max_by", "reduce", "dedup_by"})
_MAPS: Final = frozenset({"map", "map_ok", "then", "map_while"})
_JOINS: Final = frozenset({"and_then", "flat_map", "filter_map", "find_map", "or_else"})
_ADDS: Final = frozenset({"push", "push_back", "push_front", "insert", "add", "push_str", "or_insert"})
_EXTENDS: Final = frozenset({"extend", "append", "extend_from_slice"})
_HOLDERS: Final = frozenset(
    {"Box", "Rc", "Arc", "Pin", "RefCell", "Mutex", "RwLock", "Cell", "Cow", "Weak", "OnceCell"}
)
_COLLECTIONS: Final = frozenset((
    "Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "LinkedList", "BinaryHeap", "IndexMap",
    "IndexSet", "FxHashMap", "FxHashSet", "AHashMap", "SmallVec", "DashMap",
))  # fmt: skip
_MAKERS: Final = frozenset({"new", "default", "with_capacity", "from", "from_iter"})
_HOLDS: Final = frozenset({"new", "clone", "pin", "from", "new_in", "downgrade", "upgrade"})
WRAPPERS: Final = frozenset({"Some", "Ok", "Err"})
_RETURNS_SELF: Final = frozenset({"default", "from", "from_iter"})
ADDITIONS: Final = _ADDS | _EXTENDS
_EFFECTS: Final[dict[str, str]] = {
    **dict.fromkeys((*_MAPS,), "map"),
    **dict.fromkeys((*_JOINS,), "join"),
    **dict.fromkeys(_SAME, "same"),
    **dict.fromkeys(("enumerate", "zip"), "pairs"),
    **dict.fromkeys(_INSIDE, "inside"),
    **dict.fromkeys(_THROUGH, "through"),
    **dict.fromkeys(_COPIES, "copy"),
    **dict.fromkeys(_GUARDS, "guard"),
    "parse": "parse",
}


def closure_arguments(walk: Walk, name: str, base: int) -> tuple[int, ...]:
    """What a closure given to a method of that name is called with."""
    if base == NONE:
        return ()
    if name in _CALLED_WITH_EACH:
        return (_element(walk, base),)
    if name in _CALLED_WITH_SECOND:
        return (NONE, _element(walk, base))
    if name in _CALLED_WITH_TWO:
        return (_element(walk, base), _element(walk, base))
    return ()


def _element(walk: Walk, base: int) -> int:
    return unwrapped(walk, base) if walk.exprs[base][0] == INSTANCE else walk.each(base)


def method_value(walk: Walk, name: str, base: int, callee: int, args: tuple[int, ...], types: list[int]) -> int:
    """What a method call gives: what the method says, or what a wrapper's method of that name would."""
    if base == NONE and not types:
        return NONE
    effect = _EFFECTS.get(name)
    called = walk.expr((CALL, callee, args, ())) if base != NONE else NONE
    if effect == "copy":
        owned = name == "to_owned" and base != NONE and walk.exprs[base][0] == LITERAL  # of "x" a String, no str
        return called if owned else base
    if types:
        stated = walk.any([walk.instance(type_) for type_ in types])
        if effect == "parse" or (name == "collect" and stated != NONE):
            return stated
        called = walk.any((called, stated))
    if effect is None or effect == "parse":
        return called
    if effect == "through":
        return walk.any((called, base))
    if effect == "inside":
        return walk.any((called, unwrapped(walk, base)))
    if _is_plain(walk, base):
        return called
    return walk.any((called, _effect(walk, name, effect, base, args)))


def _effect(walk: Walk, name: str, effect: str, base: int, args: tuple[int, ...]) -> int:
    """What a wrapper's method makes of what is inside."""
    if effect == "same":
        return base
    if effect == "guard":
        return unwrapped(walk, base)
    if name == "enumerate":
        return walk.expr((SEQ, (walk.expr((SEQ, (NONE, walk.inner(base)))),)))
    if not args:
        return NONE
    if name == "zip":
        return walk.expr((SEQ, (walk.expr((SEQ, (walk.inner(base), walk.inner(args[0])))),)))
    applied = _applied(walk, args[-1], base)
    return walk.expr((SEQ, (applied,))) if effect == "map" else applied


def _is_plain(walk: Walk, base: int) -> bool:
    """Whether a value is surely no container or wrapper: `self`, or of a type without arguments."""
    expr = walk.exprs[base] if base != NONE else (NAME,)
    return bool(expr[0] == SELF or (expr[0] == INSTANCE and walk.exprs[int(str(expr[1]))][0] != TYPED))


def _applied(walk: Walk, function: int, base: int) -> int:
    if function == NONE:
        return NONE
    return walk.expr((CALL, function, (_element(walk, base),), ()))


def note_addition(walk: Walk, name: str, base: int, args: tuple[int, ...]) -> None:
    """`items.push(value)` puts a value into a container that has a name."""
    if base == NONE or not args or args[-1] == NONE or walk.exprs[base][0] not in (NAME, ATTR):
        return
    if name in _ADDS:
        walk.writes.append(Write(base, None, args[-1], True))
    elif name in _EXTENDS:
        walk.writes.append(Write(base, None, walk.inner(args[-1]), True))


def wrapped(walk: Walk, name: str, args: tuple[int, ...]) -> int:
    """What `Some(x)`, `Ok(x)` and `Err(e)` make."""
    return walk.expr((SEQ, args[:1])) if args and name != "Err" else NONE


def constructed(walk: Walk, path: list[str], callee: int, args: tuple[int, ...], start: int) -> int | None:
    """What a call of a standard constructor, or of an enum's variant, makes; None: an ordinary call."""
    last = path[-1]
    owner = path[-2].partition("<")[0].strip() if len(path) > 1 else ""
    if not owner[:1].isupper():
        return None
    first = args[0] if args else NONE
    if owner in _HOLDERS and last in _HOLDS:
        return first
    if owner in _COLLECTIONS and last in _MAKERS:
        return first if last.startswith("from") and first != NONE else walk.expr((SEQ, (), start))
    base = walk.exprs[callee][1] if callee != NONE and walk.exprs[callee][0] == ATTR else NONE
    if isinstance(base, int) and (last[:1].isupper() or last in _RETURNS_SELF):  # Shape::Circle(…), T::default()
        return walk.instance(base)
    return None
