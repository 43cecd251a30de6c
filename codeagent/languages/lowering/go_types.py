"""Go: type expressions, structs and interfaces.

Types of containers are values already: a slice, array or channel is a SEQ of a value of its
element's type, a map or an anonymous struct a MAP, several results a SEQ of one value each."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    INHERITS,
    MAP,
    NAME,
    NONE,
    POSITIONAL,
    SEQ,
    TYPED,
    VARARGS,
    Param,
)
from codeagent.languages.lowering.blocks import BlockWalk, Handler, kind_id

_PREDECLARED: Final = (
    "any bool byte comparable complex64 complex128 float32 float64 int int8 int16 int32 int64 rune string "
    "uint uint8 uint16 uint32 uint64 uintptr nil"
)
PREDECLARED: Final = frozenset(_PREDECLARED.split())


class GoWalk(BlockWalk):
    """One Go file being lowered."""

    def __init__(self, source: bytes, on: tuple[Handler, ...], locals: bool) -> None:
        super().__init__("go", source, on, locals)
        self.announced: dict[int, int] = {}  # start of a top-level type declaration: its symbol
        self.types: dict[str, int] = {}  # name of a top-level type: its symbol
        self.parameters_of: dict[int, list[str]] = {}  # type: its type parameters
        self.renamed: dict[str, int] = {}  # type parameters as the receiver of the method around calls them
        self.repeated: tuple[int, list[int]] = (NONE, [])  # type and values of the constants before


def go_kind(kind: str) -> int:
    """Return the id of a node kind of Go's grammar."""
    return kind_id("go", kind)


COMMENT: Final = "comment"
_COMMENT: Final = go_kind("comment")
_VARIADIC: Final = go_kind("variadic_parameter_declaration")
_PARAMETERS: Final = frozenset((go_kind("parameter_declaration"), _VARIADIC))


def lower_type(walk: BlockWalk, node: Node) -> int:
    """Return the type expression of a node, NONE for what has no members; names in it are read."""
    kind = node.kind_id
    handler = _BY_KIND.get(kind)
    if handler is not None:
        return handler(walk, node)
    walk.on[kind](walk, node)
    return NONE


def _named(walk: BlockWalk, node: Node) -> int:
    name = walk.word(node)
    if name in walk.visible:  # a type parameter or a local type
        found = walk.visible[name]
        if found == NONE or not walk.locals:
            return found
        walk.read(node, walk.renamed.get(name, found) if isinstance(walk, GoWalk) else found)
        return found
    if name in PREDECLARED:
        return NONE
    index = walk.expr((NAME, 0, name))
    return index if name == "error" else walk.read(node, index)


def _qualified(walk: BlockWalk, node: Node) -> int:
    package, name = node.named_children[0], node.named_children[-1]
    base = walk.read(package, walk.expr((NAME, 0, walk.word(package))))
    return walk.read(name, walk.member(base, walk.word(name)))


def _wrapped(walk: BlockWalk, node: Node) -> int:
    """`*T`, `(T)` and a constraint of one type: what is inside."""
    found = [lower_type(walk, child) for child in node.named_children]
    return found[0] if len(found) == 1 else NONE


def _generic(walk: BlockWalk, node: Node) -> int:
    base = NONE
    args: tuple[int, ...] = ()
    for child in node.named_children:
        if child.type == "type_arguments":
            args = tuple(lower_type(walk, arg) for arg in child.named_children)
        elif child.type != COMMENT:
            base = lower_type(walk, child)
    return base if base == NONE or all(arg == NONE for arg in args) else walk.expr((TYPED, base, args))


def _sequence(walk: BlockWalk, node: Node) -> int:
    """Slices, arrays, channels: the element's type is the last child, a length stands before it."""
    element = NONE
    for child in node.named_children:
        element = lower_type(walk, child)
    return walk.expr((SEQ, (walk.instance(element),))) if element != NONE else NONE


def _map(walk: BlockWalk, node: Node) -> int:
    found = [lower_type(walk, child) for child in node.named_children if child.type != COMMENT]
    return walk.expr((MAP, ((None, walk.instance(found[-1])),))) if found and found[-1] != NONE else NONE


def _function(walk: BlockWalk, node: Node) -> int:
    """A function type: its names are read, the functions themselves flow in as values."""
    walk.open_block()
    for child in node.named_children:
        if child.type == "parameter_list":
            parameters(walk, child)
        else:
            lower_type(walk, child)
    walk.close_block()
    return NONE


def _anonymous_struct(walk: BlockWalk, node: Node) -> int:
    fields = tuple((walk.word(name), walk.instance(value)) for name, value, _ in fields_of(walk, node))
    return walk.expr((MAP, fields)) if fields else NONE


def _anonymous_interface(walk: BlockWalk, node: Node) -> int:
    for child in node.named_children:
        if child.type == "method_elem":
            walk.open_block()
            for part in child.named_children[1:]:
                if part.type == "parameter_list":
                    parameters(walk, part)
                else:
                    lower_type(walk, part)
            walk.close_block()
        else:
            lower_type(walk, child)
    return NONE


TYPES: Final = {
    "type_identifier": _named,
    "identifier": _named,
    "qualified_type": _qualified,
    "pointer_type": _wrapped,
    "parenthesized_type": _wrapped,
    "type_elem": _wrapped,
    "type_constraint": _wrapped,
    "generic_type": _generic,
    "slice_type": _sequence,
    "array_type": _sequence,
    "implicit_length_array_type": _sequence,
    "channel_type": _sequence,
    "map_type": _map,
    "function_type": _function,
    "struct_type": _anonymous_struct,
    "interface_type": _anonymous_interface,
}
_BY_KIND: Final = {go_kind(kind): handler for kind, handler in TYPES.items()}


def parameters(walk: BlockWalk, node: Node) -> tuple[Param, ...]:
    """Read a parameter list; unnamed parameters are called `_`."""
    params: list[Param] = []
    for child in node.named_children:
        kind = child.kind_id
        if kind not in _PARAMETERS:
            continue
        parts = child.named_children
        if len(parts) > 2:
            parts = [part for part in parts if part.kind_id != _COMMENT]
        annotation = lower_type(walk, parts[-1])
        variadic = kind == _VARIADIC
        if variadic and annotation != NONE:
            annotation = walk.expr((SEQ, (walk.instance(annotation),)))
        how = VARARGS if variadic else POSITIONAL
        names = parts[:-1]
        params += [Param(walk.word(name), how, annotation, NONE, name.start_byte) for name in names]
        if not names:
            params.append(Param("_", how, annotation, NONE, child.start_byte))
    return tuple(params)


def result_type(walk: BlockWalk, node: Node) -> tuple[int, tuple[Param, ...]]:
    """Return the declared result (a SEQ of several) and its named results."""
    if node.type != "parameter_list":
        return lower_type(walk, node), ()
    results = parameters(walk, node)
    if len(results) == 1:
        return results[0].annotation, results
    if all(result.annotation == NONE for result in results):
        return NONE, results
    return walk.expr((SEQ, tuple(walk.instance(result.annotation) for result in results))), results


def names_of_parameters(node: Node) -> list[Node]:
    """The names in a list of type parameters, in order."""
    return [part for child in node.named_children for part in child.named_children if part.type == "identifier"]


def type_parameters(walk: BlockWalk, node: Node, symbol: int) -> None:
    """Make the type parameters of a type or function visible, and note what each is at least."""
    for position, name in enumerate(names_of_parameters(node)):
        walk.show(walk.word(name), walk.parameter_type(symbol, position, walk.word(name)))
    for child in node.named_children:
        parts = child.named_children
        constraint = lower_type(walk, parts[-1]) if parts and parts[-1].type == "type_constraint" else NONE
        for name in (part for part in parts if part.type == "identifier"):
            if constraint != NONE or walk.locals:
                walk.bound_parameter(symbol, walk.word(name), constraint, name.start_byte)


def fields_of(walk: BlockWalk, node: Node) -> list[tuple[Node, int, bool]]:
    """List the fields of a struct: name, type expression, whether the field is an embedded type."""
    fields: list[tuple[Node, int, bool]] = []
    lists = (child for child in node.named_children if child.type == "field_declaration_list")
    for child in (field for fields_node in lists for field in fields_node.named_children):
        if child.type != "field_declaration":
            walk.on[child.kind_id](walk, child)
            continue
        parts = [part for part in child.named_children if part.type not in (COMMENT, "raw_string_literal")]
        names = [part for part in parts if part.type == "field_identifier"]
        if not parts or len(names) == len(parts):
            continue
        kind = next(part for part in parts if part.type != "field_identifier")
        start = len(walk.references)
        value = lower_type(walk, kind)
        fields += [(name, value, False) for name in names]
        if not names and (name := last_name(kind)) is not None:
            fields.append((name, value, True))
            inherit(walk, start, name)
    return fields


def last_name(node: Node) -> Node | None:
    """The name by which an embedded type is a field: `T` of `*pkg.T[int]`."""
    while node.type not in ("type_identifier", "identifier"):
        parts = node.named_children
        if not parts:
            return None
        node = parts[-1] if node.type == "qualified_type" else parts[0]
    return node


def inherit(walk: BlockWalk, start: int, name: Node) -> None:
    """Turn the read reference that stands on an embedded type's name into one that inherits."""
    references = walk.references
    for at in range(start, len(references), 5):
        if references[at] == name.start_byte:
            references[at + 2] = INHERITS
