"""Rust: types as expressions, type parameters and their bounds."""

from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import BOUND_OF, IMPORT, NAME, NONE, READS, TYPED, Binding
from codeagent.languages.lowering.rust_walk import Handler, Walk, leaf, words

# A value of one of these is used as if it were the T inside: `Deref` makes it so.
_TRANSPARENT: Final = words("""
    Box Rc Arc Cow Pin Ref RefMut MutexGuard RwLockReadGuard RwLockWriteGuard MappedMutexGuard Future BoxFuture
    LocalBoxFuture ManuallyDrop Lazy LazyLock LazyCell NonNull Weak AssertUnwindSafe
""")
# Traits that say nothing of the methods a value has, beside others.
_MARKERS: Final = frozenset((
    "Send", "Sync", "Sized", "Copy", "Clone", "Debug", "Unpin", "UnwindSafe", "RefUnwindSafe", "Default", "Eq",
    "PartialEq", "Ord", "PartialOrd", "Hash", "Any",
))  # fmt: skip
_AS_REF: Final = frozenset({"AsRef", "AsMut", "Borrow", "BorrowMut", "Into", "Deref", "DerefMut"})
_OUTPUTS: Final = frozenset({"Item", "Output", "Target"})  # associated types that say what is inside


def lower_type(walk: Walk, node: Node | None, scope: int) -> int:
    """The expression of a type; its names become READ references."""
    if node is None:
        return NONE
    handler = _TYPES.get(node.type)
    return handler(walk, node, scope) if handler else walk.visit(node, scope)


def _named(walk: Walk, node: Node, scope: int) -> int:
    name = walk.word(node)
    if name == "Self":
        return walk.self_type
    if name in walk.generics:
        return walk.generics[name]
    index = walk.expr((NAME, walk.items, name))
    walk.references += (node.start_byte, node.end_byte, READS, scope, index)
    return index


def _primitive(walk: Walk, node: Node, scope: int) -> int:
    return walk.expr((NAME, walk.items, walk.word(node)))


def _scoped(walk: Walk, node: Node, scope: int) -> int:
    children = walk.children(node)
    if len(children) == 2 and walk.word(children[0]) == "Self":
        known = walk.associated.get(walk.word(children[1]))
        if known is not None:
            return known
    return walk.visit(node, scope)


def _inner(walk: Walk, node: Node, scope: int) -> int:
    """`&'a mut T`, `*const T`, `(T)`: the type itself stands last."""
    children = [child for child in walk.children(node) if child.type not in ("lifetime", "mutable_specifier")]
    return lower_type(walk, children[-1], scope) if children else NONE


def _generic(walk: Walk, node: Node, scope: int) -> int:
    base_node, *rest = walk.children(node)
    name = walk.word(base_node).rpartition("::")[2]
    base = lower_type(walk, base_node, scope)
    arguments = [argument for child in rest for argument in type_arguments(walk, child, scope)]
    if name in _TRANSPARENT or name in _AS_REF:
        return next((argument for argument in arguments if argument != NONE), NONE)
    if name == "Result":  # also `io::Result`, and a crate's own alias: what is inside is its first argument
        base, arguments = walk.expr((IMPORT, "std::option", "Option")), arguments[:1]
    if base == NONE or not arguments:
        return base
    return walk.expr((TYPED, base, tuple(arguments)))


def type_arguments(walk: Walk, node: Node, scope: int) -> list[int]:
    """The types between `<` and `>`; `Item = T` counts as T."""
    found = []
    for child in walk.children(node):
        kind = child.type
        if kind == "lifetime":
            continue
        if kind == "type_binding":
            name, *rest = walk.children(child)
            value = lower_type(walk, rest[-1], scope) if rest else NONE
            if walk.word(name) in _OUTPUTS:
                found.append(value)
        elif kind == "block":
            walk.visit(child, scope)
        else:
            found.append(lower_type(walk, child, scope))
    return found


def _tuple(walk: Walk, node: Node, scope: int) -> int:
    parts = tuple(lower_type(walk, child, scope) for child in walk.children(node))
    if all(part == NONE for part in parts):
        return NONE
    return walk.expr((TYPED, walk.expr((NAME, 0, "tuple")), parts))


def _array(walk: Walk, node: Node, scope: int) -> int:
    element, *length = walk.children(node)
    value = lower_type(walk, element, scope)
    for child in length:
        walk.visit(child, scope)
    return walk.expr((TYPED, walk.expr((NAME, 0, "slice")), (value,))) if value != NONE else NONE


def _bounded(walk: Walk, node: Node, scope: int) -> int:
    """`impl A + B`, `dyn A + Send`, `T: A + B`: one of the traits that are not mere markers."""
    found = []
    for child in walk.children(node):
        if child.type in ("lifetime", "removed_trait_bound", "use_bounds", "higher_ranked_trait_bound"):
            if child.type == "higher_ranked_trait_bound":
                found.append(lower_type(walk, walk.children(child)[-1], scope))
            continue
        value = lower_type(walk, child, scope)
        if child.type != "type_identifier" or walk.word(child) not in _MARKERS:
            found.append(value)
    return walk.any(found)


def _function(walk: Walk, node: Node, scope: int) -> int:
    """`fn(A) -> B`, `impl Fn(A) -> B`: nothing of it is a type with methods."""
    for child in walk.children(node):
        if child.type == "parameters":
            for part in walk.children(child):
                lower_type(walk, walk.children(part)[-1] if part.type == "parameter" else part, scope)
        elif child.type not in ("function_modifiers", "for_lifetimes"):
            lower_type(walk, child, scope)
    return NONE


def bracketed(walk: Walk, node: Node, scope: int) -> int:
    """`<T as Trait>`: the type, or the trait where the type is a parameter of no bounds."""
    inner = walk.children(node)[0]
    if inner.type != "qualified_type":
        return lower_type(walk, inner, scope)
    type_, trait = (lower_type(walk, child, scope) for child in walk.children(inner)[:2])
    return trait if walk.bound_of.get(type_, type_) == NONE else type_


def parameters(walk: Walk, node: Node, scope: int) -> list[str]:
    """Bring the type parameters of an item into `walk.generics`; returns their names in order."""
    names: list[str] = []
    declared = [child for child in walk.children(node) if child.type in ("type_parameters", "where_clause")]
    for clause in declared:
        if clause.type == "type_parameters":
            for child in walk.children(clause):
                if child.type in ("type_parameter", "const_parameter"):
                    name = walk.word(walk.children(child)[0])
                    names.append(name)
                    walk.generics[name] = NONE
    for clause in declared:
        for child in walk.children(clause):
            if child.type in ("type_parameter", "where_predicate", "const_parameter"):
                _constrain(walk, child, scope)
    return names


def _constrain(walk: Walk, node: Node, scope: int) -> None:
    subject, *rest = walk.children(node)
    name = walk.word(subject)
    if name not in walk.generics:
        lower_type(walk, subject, scope)
    for child in rest:
        value = lower_type(walk, child, scope)
        if child.type == "trait_bounds" and name in walk.generics:
            walk.generics[name] = walk.any((walk.generics[name], value))


def as_parameters(walk: Walk, symbol: int, names: Sequence[str], own: Sequence[str], first: int = 0) -> None:
    """Let type parameters stand for those of a symbol, from its `first` on, that are called `own` there.

    What they are bounded by is kept with the symbol."""
    for position, (name, called) in enumerate(zip(names, own, strict=False)):
        if name not in walk.generics:
            continue
        bound = walk.generics[name]
        if bound in walk.bound_of:
            continue
        index = walk.generics[name] = walk.parameter_type(symbol, first + position, called)
        binding = Binding(symbol, BOUND_OF.format(called), bound, walk.symbols[symbol].name_start)
        walk.bound_of[index] = bound
        if bound != NONE and binding not in walk.bindings:
            walk.bindings.append(binding)


def keep_bounds(walk: Walk, owner: int, names: list[str]) -> None:
    """Note on a type what its parameters are bounded by, so that its fields of type `T` are known."""
    for own, name in zip(walk.parameters_of.get(owner, ()), names, strict=False):
        bound = walk.generics.get(name, NONE)
        if bound != NONE:
            binding = Binding(owner, f"<{own}>", bound, walk.symbols[owner].name_start)
            if binding not in walk.bindings:
                walk.bindings.append(binding)


_TYPES: Final[dict[str, Handler]] = {
    "type_identifier": _named,
    "primitive_type": _primitive,
    "scoped_type_identifier": _scoped,
    "generic_type": _generic,
    "reference_type": _inner,
    "pointer_type": _inner,
    "parenthesized_type": _inner,
    "abstract_type": _bounded,
    "dynamic_type": _bounded,
    "bounded_type": _bounded,
    "trait_bounds": _bounded,
    "tuple_type": _tuple,
    "array_type": _array,
    "function_type": _function,
    "bracketed_type": bracketed,
    "unit_type": leaf,
    "never_type": leaf,
    "lifetime": leaf,
}

HANDLERS: Final[dict[str, Handler]] = {
    kind: handler
    for kind, handler in _TYPES.items()
    if kind not in ("type_identifier", "scoped_type_identifier", "parenthesized_type")
}
