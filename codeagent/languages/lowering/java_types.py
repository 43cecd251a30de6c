"""Java: type expressions, annotations, modifiers and parameters.

An array type is already a value: a SEQ of a value of its element's type. Primitive types have no expression."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    ANY,
    DECORATED,
    EXPORTED,
    IMPORT,
    NAME,
    NONE,
    OVERRIDE,
    POSITIONAL,
    SEQ,
    STATIC,
    TEST,
    TYPED,
    VARARGS,
    Param,
)
from codeagent.languages.lowering.blocks import BlockWalk, Handler, kind_id

_FLAGS: Final = {"public": EXPORTED, "static": STATIC, "abstract": ABSTRACT}
_TESTS: Final = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"})
_PLAIN: Final = frozenset({"Override", "Deprecated", "SuppressWarnings", "SafeVarargs", "FunctionalInterface"})
_EVERYWHERE: Final = frozenset("String Object Integer Long Boolean Double Void Class".split())  # not worth an edge


class JavaWalk(BlockWalk):
    """One Java file being lowered."""

    def __init__(self, source: bytes, on: tuple[Handler, ...], locals: bool) -> None:
        super().__init__("java", source, on, locals)
        self.type = 0  # the innermost type: names that are not local are seen from there
        self.parent_name = ""  # the simple name of its superclass
        self.anonymous: dict[int, int] = {}  # how many classes without a name a scope has

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
            plain = param.annotation == NONE or self.locals
            value = self.expr((NAME, symbol, param.name)) if plain else self.instance(param.annotation)
            self.show(param.name, value)
            self.taken.add(param.name)


def java_kind(kind: str) -> int:
    """Return the id of a node kind of Java's grammar."""
    return kind_id("java", kind)


LINE_COMMENT: Final = java_kind("line_comment")
BLOCK_COMMENT: Final = java_kind("block_comment")


def parts(node: Node) -> list[Node]:
    """Return the named children that are not comments."""
    return [
        part for part in node.named_children if part.kind_id != LINE_COMMENT and part.kind_id != BLOCK_COMMENT
    ]


def lower_type(walk: JavaWalk, node: Node) -> int:
    """Return the type expression of a node, NONE for primitives; names in it are read."""
    handler = TYPES.get(node.type)
    if handler is not None:
        return handler(walk, node)
    walk.on[node.kind_id](walk, node)
    return NONE


def _named(walk: JavaWalk, node: Node) -> int:
    name = walk.word(node)
    local = walk.visible.get(name)
    if local is not None:  # a type parameter or a local class
        return local
    index = walk.expr((NAME, walk.type, name))
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
    base, args = NONE, ()
    for child in parts(node):
        if child.type == "type_arguments":
            args = tuple(lower_type(walk, arg) for arg in parts(child))
        else:
            base = lower_type(walk, child)
    return walk.expr((TYPED, base, args)) if base != NONE and any(arg != NONE for arg in args) else base


def _array(walk: JavaWalk, node: Node) -> int:
    element = lower_type(walk, node.named_children[0])
    return container(walk, element)


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


TYPES: Final = {
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


def type_parameters(walk: JavaWalk, node: Node) -> None:
    """Make type parameters visible: each is as good as its bound."""
    found = [child for child in parts(node) if child.type == "type_parameter"]
    names = [next((part for part in parts(child) if part.type in ("type_identifier", "identifier")), None) for child in found]
    for name in names:
        if name is not None:
            walk.show(walk.word(name), NONE)
    for child, name in zip(found, names, strict=True):
        bound = next((part for part in parts(child) if part.type == "type_bound"), None)
        if bound is not None and name is not None:
            walk.show(walk.word(name), lower_type(walk, bound))


def modifiers(walk: JavaWalk, node: Node) -> tuple[int, tuple[int, ...]]:
    """Return the flags and the annotations (expressions, outermost first) of a declaration."""
    if not node.named_child_count:
        flags = 0
        for word in walk.word(node).split():
            flags |= _FLAGS.get(word, 0)
        return flags, ()
    flags, decorators = 0, []
    for child in node.children:
        if child.is_named:
            mark, expr = _annotation(walk, child)
            flags |= mark
            if expr != NONE:
                decorators.append(expr)
        else:
            flags |= _FLAGS.get(child.type, 0)
    return flags, tuple(decorators)


def _annotation(walk: JavaWalk, node: Node) -> tuple[int, int]:
    if node.type not in ("marker_annotation", "annotation"):
        return 0, walk.on[node.kind_id](walk, node)
    name, *rest = parts(node)
    text = walk.word(name)
    for child in rest:
        walk.on[child.kind_id](walk, child)
    if text == "Override":
        return OVERRIDE, NONE
    if text in _PLAIN:
        return 0, NONE
    flags = DECORATED | (TEST if text.rpartition(".")[2] in _TESTS else 0)
    return flags, lower_type(walk, name)


def annotation_value(walk: JavaWalk, node: Node) -> int:
    """`key = value` inside an annotation."""
    value = parts(node)[-1]
    return walk.on[value.kind_id](walk, value)


def annotation(walk: JavaWalk, node: Node) -> int:
    """An annotation that stands outside the modifiers of a declaration."""
    return _annotation(walk, node)[1]


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
            modifiers(walk, part)
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
    wrapped = of != NONE and any(part.type == "dimensions" for part in declarator)
    return container(walk, of) if wrapped else of


def container(walk: JavaWalk, element: int) -> int:
    """An array of a type: a SEQ of a value of it."""
    return walk.expr((SEQ, (walk.instance(element),))) if element != NONE else NONE
