"""Java: type expressions, annotations, modifiers and parameters.

An array type is already a value: a SEQ of a value of its element's type. A primitive type is a
LITERAL, `void` nothing."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    IMPORT,
    LITERAL,
    NAME,
    NONE,
    POSITIONAL,
    SEQ,
    TYPED,
    VARARGS,
    Param,
)
from codeagent.languages.lowering.blocks import BlockWalk, Handler, kind_id

_LANG: Final = "String Object Integer Long Boolean Double Void Class"
_EVERYWHERE: Final = frozenset(_LANG.split())  # a reference to one of these says nothing


class JavaWalk(BlockWalk):
    """One Java file being lowered."""

    def __init__(self, source: bytes, on: tuple[Handler, ...], locals: bool) -> None:
        super().__init__("java", source, on, locals)
        self.type = 0  # the innermost type: names that are not local are seen from there
        self.parent_name = ""  # the simple name of its superclass
        self.shadows: frozenset[str] = frozenset()  # fields around that are called like a type: `URL URL`
        self.expected = NONE  # the declared type of what a lambda that comes next goes into
        self.declared = NONE  # the declared result of the method being walked
        self.anonymous: dict[int, int] = {}  # how many classes without a name a scope has

    def into(self, of: int, value: Node) -> int:
        """Visit a value that goes into something of a declared type: a lambda is of it, `new List<>()` like it."""
        self.expected = of if value.kind_id == LAMBDA or value.kind_id == CREATION else NONE
        return self.on[value.kind_id](self, value)

    def enter(self, symbol: int) -> tuple[int, int, list[int]]:
        """Begin the body of a callable; give `leave` what it returns."""
        state = (self.within, self.complexity, self.returned)
        self.within, self.complexity, self.returned = symbol, 1, []
        return state

    def leave(self, state: tuple[int, int, list[int]]) -> None:
        """End the body of a callable."""
        self.within, self.complexity, self.returned = state

    def show_parameters(self, symbol: int, params: tuple[Param, ...]) -> None:
        """Make parameters visible in a body: one of a declared type is as good as a value of it."""
        for param in params:
            plain = param.annotation == NONE or self.locals or self.is_parameter(param.annotation)
            value = self.expr((NAME, symbol, param.name)) if plain else self.instance(param.annotation)
            self.show(param.name, value)
            self.taken.add(param.name)


def java_kind(kind: str) -> int:
    """Return the id of a node kind of Java's grammar."""
    return kind_id("java", kind)


LINE_COMMENT: Final = java_kind("line_comment")
IDENTIFIER: Final = java_kind("identifier")
LAMBDA: Final = java_kind("lambda_expression")
CREATION: Final = java_kind("object_creation_expression")
NULL: Final = java_kind("null_literal")
BLOCK_COMMENT: Final = java_kind("block_comment")
COMMENTS: Final = frozenset((LINE_COMMENT, BLOCK_COMMENT))


def parts(node: Node) -> list[Node]:
    """Return the named children that are not comments."""
    return [part for part in node.named_children if part.kind_id not in COMMENTS]


def lower_type(walk: JavaWalk, node: Node) -> int:
    """Return the type expression of a node, NONE for `void`; names in it are read."""
    handler = TYPES.get(node.type)
    if handler is not None:
        return handler(walk, node)
    walk.on[node.kind_id](walk, node)
    return NONE


def _named(walk: JavaWalk, node: Node) -> int:
    name = walk.word(node)
    local = walk.visible.get(name)
    if local is not None:  # a type parameter or a local class
        return local if walk.is_parameter(local) and not walk.locals else walk.read(node, local)
    index = walk.expr((NAME, 0 if name in walk.shadows else walk.type, name, ""))  # no method that is called so
    return index if name in _EVERYWHERE else walk.read(node, index)


def _scoped(walk: JavaWalk, node: Node) -> int:
    """`Map.Entry`, or a name with its package: `java.util.List`."""
    names = _dotted(node)
    lead = 0
    while lead < len(names) - 1 and not walk.word(names[lead])[:1].isupper():
        lead += 1
    if not names:
        return NONE
    if lead:
        package = ".".join(walk.word(name) for name in names[:lead])
        found = walk.read(names[lead], walk.expr((IMPORT, package, walk.word(names[lead]))))
    else:
        found = _named(walk, names[0])
    for name in names[lead + 1 :]:
        found = walk.read(name, walk.member(found, walk.word(name)))
    return found


def _dotted(node: Node) -> list[Node]:
    found: list[Node] = []
    while node.type in ("scoped_type_identifier", "generic_type", "scoped_identifier"):
        inner = [part for part in parts(node) if part.type not in ("type_arguments", "marker_annotation", "annotation")]
        if node.type == "generic_type" or len(inner) < 2:
            node = inner[0]
        else:
            found.append(inner[-1])
            node = inner[0]
    return [node, *reversed(found)]


def _generic(walk: JavaWalk, node: Node) -> int:
    base = NONE
    args: tuple[int, ...] = ()
    for child in parts(node):
        if child.type == "type_arguments":
            args = tuple(lower_type(walk, arg) for arg in parts(child))
        else:
            base = lower_type(walk, child)
    return walk.expr((TYPED, base, args)) if base != NONE and any(arg != NONE for arg in args) else base


def _array(walk: JavaWalk, node: Node) -> int:
    element, *dimensions = parts(node)
    return container(walk, lower_type(walk, element), sum(_depth(one) for one in dimensions))


def _depth(node: Node) -> int:
    """How many dimensions a node writes: `[][]`, `[n]`."""
    return max(1, sum(1 for child in node.children if child.type == "["))


def _last(walk: JavaWalk, node: Node) -> int:
    """`@NonNull T`, `? extends T`: the type is the last child."""
    found = NONE
    for child in parts(node):
        found = lower_type(walk, child)
    return found


def _any(walk: JavaWalk, node: Node) -> int:
    """`A | B` of a catch, `A & B` of a bound or a cast."""
    found = tuple(known for child in parts(node) if (known := lower_type(walk, child)) != NONE)
    return NONE if not found else found[0] if len(found) == 1 else walk.expr((ANY, found))


def _primitive(walk: JavaWalk, node: Node) -> int:
    """`int`, `boolean`: no members, but overloads are told apart by them."""
    return walk.expr((LITERAL, walk.word(node)))


def _void(walk: JavaWalk, node: Node) -> int:
    return NONE


TYPES: Final = {
    "integral_type": _primitive,
    "floating_point_type": _primitive,
    "boolean_type": _primitive,
    "void_type": _void,
    "type_identifier": _named,
    "identifier": _named,
    "scoped_type_identifier": _scoped,
    "scoped_identifier": _scoped,
    "generic_type": _generic,
    "array_type": _array,
    "annotated_type": _last,
    "wildcard": _last,
    "catch_type": _any,
    "type_bound": _any,
}


def type_parameters(walk: JavaWalk, node: Node, symbol: int) -> None:
    """Make the type parameters of a class or method visible, and note what each is at least."""
    found = [child for child in parts(node) if child.type == "type_parameter"]
    kinds = ("type_identifier", "identifier")
    names = [next((part for part in parts(child) if part.type in kinds), None) for child in found]
    for index, name in enumerate(names):
        if name is not None:
            walk.show(walk.word(name), walk.parameter_type(symbol, index, walk.word(name)))
    for child, name in zip(found, names, strict=True):
        bound = next((part for part in parts(child) if part.type == "type_bound"), None)
        least = lower_type(walk, bound) if bound is not None else NONE
        if name is not None and (least != NONE or walk.locals):
            walk.bound_parameter(symbol, walk.word(name), least, name.start_byte)


def parameters(walk: JavaWalk, node: Node) -> tuple[Param, ...]:
    """Read the parameters of a method, constructor, record or lambda."""
    params: list[Param] = []
    for child in parts(node):
        kind = child.type
        if kind == "identifier":  # of a lambda without types
            params.append(Param(walk.word(child), POSITIONAL, NONE, NONE, child.start_byte))
        elif kind in ("formal_parameter", "spread_parameter"):
            params += _parameter(walk, child, kind == "spread_parameter")
    return tuple(params)


def _parameter(walk: JavaWalk, node: Node, spread: bool) -> list[Param]:
    annotation, name, wrap = NONE, None, spread
    for part in parts(node):
        kind = part.type
        if kind == "modifiers":
            walk.walk(part)
        elif kind == "identifier":
            name = part
        elif kind == "variable_declarator":
            name = part.named_children[0]
        elif kind == "dimensions":
            wrap = True
        else:
            annotation = declared_type(walk, part)
    if name is None:
        return []
    if wrap and annotation != NONE:
        annotation = container(walk, annotation)
    how = VARARGS if spread else POSITIONAL
    return [Param(walk.word(name), how, annotation, NONE, name.start_byte)]


def declared_type(walk: JavaWalk, node: Node) -> int:
    """A type where `var` may stand: NONE for that."""
    if node.type == "type_identifier" and walk.word(node) == "var":
        return NONE
    return lower_type(walk, node)


def array_of(walk: JavaWalk, of: int, declarator: list[Node]) -> int:
    """The type of a variable whose declarator adds dimensions: `T xs[]`."""
    return container(walk, of, sum(_depth(part) for part in declarator if part.type == "dimensions"))


def dimensions(node: Node) -> int:
    """How many dimensions the parts of a node write beside its type: `new int[2][]`, `values[]`."""
    kinds = ("dimensions", "dimensions_expr")
    return sum(_depth(child) for child in parts(node) if child.type in kinds)


def container(walk: JavaWalk, element: int, depth: int = 1) -> int:
    """An array of a type: a SEQ of a value of it, or of arrays of it."""
    for _ in range(depth if element != NONE else 0):
        element = walk.expr((SEQ, (walk.instance(element),)))
    return element


def taken(walk: JavaWalk, node: Node, args: tuple[int, ...]) -> tuple[int, ...]:
    """Return arguments as what chooses among overloads: `null` goes into no `int`."""
    if NONE not in args:
        return args
    null = walk.expr((LITERAL, "null"))
    pairs = zip(parts(node), args, strict=True)
    return tuple(null if one.kind_id == NULL else arg for one, arg in pairs)


def call_arguments(walk: JavaWalk, node: Node) -> tuple[int, ...]:
    """Visit arguments; every one counts, known or not: overloads are told apart by their number."""
    on, args = walk.on, []
    for child in node.named_children:
        kind = child.kind_id
        if kind in COMMENTS:
            walk.comment(child)
        else:
            args.append(on[kind](walk, child))
    return tuple(args)
