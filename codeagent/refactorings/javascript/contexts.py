"""TypeScript: the types that the place of an expression asks for, as far as they are written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code

_DEEP: Final = 8  # steps from an expression outwards, and from a type to what it is made of
_THROUGH: Final = frozenset(
    ("parenthesized_expression", "ternary_expression", "binary_expression", "non_null_expression")
)
_FUNCTIONS: Final = ("arrow_function", "function_declaration", "function_expression", "method_definition")
_ELEMENTS: Final = frozenset(("Array", "ReadonlyArray", "Set", "Promise", "PromiseLike", "Iterable"))
_SAME: Final = frozenset(("Partial", "Required", "Readonly", "Pick", "Omit", "NonNullable"))


@dataclass(frozen=True, slots=True)
class Written:
    """A type as it stands in a file."""

    path: str
    node: Node


def expected(code: Code, path: str, node: Node, depth: int = 0) -> list[Written]:
    """Return the types that are asked for where an expression stands; empty where none is written down."""
    parent = node.parent
    if parent is None or depth > _DEEP:
        return []
    if parent.type in _THROUGH:
        return expected(code, path, parent, depth + 1)
    if parent.type in ("as_expression", "satisfies_expression"):
        return [Written(path, parent.named_children[-1])]
    if parent.type == "return_statement" or (parent.type == "arrow_function" and node == parent.named_children[-1]):
        return _of_return(path, parent)
    if parent.type == "array":
        return [one for of in expected(code, path, parent, depth + 1) for one in _elements(code, of)]
    if parent.type == "pair" and parent.parent is not None:
        name = parent.named_children[0]
        outer = expected(code, path, parent.parent, depth + 1)
        return [one for of in outer for one in _member(code, of, code.text(name, path).strip("\"'"))]
    if parent.type == "arguments" and parent.parent is not None:
        place = [one for one in parent.named_children if one.type != "comment"].index(node)
        return list(_of_argument(code, path, parent.parent, place))
    annotated = parent.child_by_field_name("type")
    return [Written(path, annotated.named_children[0])] if annotated is not None and annotated.named_children else []


def _of_return(path: str, node: Node) -> list[Written]:
    function = node if node.type == "arrow_function" else enclosing(node, *_FUNCTIONS)
    returned = function.child_by_field_name("return_type") if function is not None else None
    if returned is None or not returned.named_children or function is None:
        return []
    found = returned.named_children[0]
    if found.type == "generic_type" and (found.named_children[0].text or b"") == b"Promise":
        found = found.named_children[1].named_children[0]
    return [Written(path, found)]


def _of_argument(code: Code, path: str, call: Node, place: int) -> Iterator[Written]:
    """The declared types of a parameter of everything that a call may lead to."""
    callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    while callee is not None and callee.type == "member_expression":
        callee = callee.child_by_field_name("property")
    if callee is None:
        return
    for target in sorted(code.naming.file(path).led_to(callee.start_byte, callee.end_byte)):
        home = target.partition("::")[0]
        symbol = next((one for one in _symbols(code, home) if one.id == target), None)
        if symbol is None:
            continue
        name = around(code.tree(home), symbol.name_span.start, symbol.name_span.end)
        function = name.parent
        if function is not None and function.type == "variable_declarator":
            function = function.child_by_field_name("value")
        parameters = function.child_by_field_name("parameters") if function is not None else None
        each = [one for one in parameters.named_children if one.type.endswith("_parameter")] if parameters else []
        kind = each[place].child_by_field_name("type") if place < len(each) else None
        if kind is not None and kind.named_children:
            yield Written(home, kind.named_children[0])


def _symbols(code: Code, path: str) -> list[Symbol]:
    return code.graph.symbols(path) if path in code.graph.files else []


# --- what a type is made of


def owners(code: Code, written: Written, depth: int = 0) -> set[str]:
    """Return the keys of the types with members that a written type is made of."""
    node, path = written.node, written.path
    if depth > _DEEP:
        return set()
    if node.type == "object_type":
        inside = [one for one in code.graph.symbols(path) if one.kind == "type" and _holds(one, node)]
        return {key_of(max(inside, key=lambda one: one.span.start).id)} if inside else set()
    found: set[str] = set()
    for inner in _parts(code, written):
        found |= owners(code, inner, depth + 1)
    if node.type in ("type_identifier", "nested_type_identifier") or (node.type == "generic_type" and not found):
        found |= {key for key in _named(code, written) if not alias_of(code, key)}
    return found


def _holds(symbol: Symbol, node: Node) -> bool:
    return symbol.span.start <= node.start_byte and node.end_byte <= symbol.span.end


def _parts(code: Code, written: Written) -> Iterator[Written]:
    node, path = written.node, written.path
    if node.type in ("union_type", "intersection_type", "parenthesized_type", "readonly_type"):
        yield from (Written(path, one) for one in node.named_children)
    elif node.type == "generic_type" and code.text(node.named_children[0], path) in _SAME:
        yield Written(path, node.named_children[1].named_children[0])
    elif node.type in ("type_identifier", "nested_type_identifier", "generic_type"):
        for key in _named(code, written):
            yield from alias_of(code, key)


def _named(code: Code, written: Written) -> frozenset[str]:
    node = written.node
    if node.type == "generic_type":
        node = node.named_children[0]
    if node.type == "nested_type_identifier":
        node = node.named_children[-1]
    told = code.naming.file(written.path).meaning(node.start_byte, node.end_byte)
    return frozenset(one for one in told.targets if one.partition("::")[0] in code.graph.files) if told else frozenset()


def alias_of(code: Code, key: str) -> list[Written]:
    """What a type alias stands for, where that is more than an object type of its own."""
    path = key.partition("::")[0]
    for symbol in code.graph.symbols(path):
        if key_of(symbol.id) == key and symbol.kind == "type":
            declaration = enclosing(
                around(code.tree(path), symbol.name_span.start, symbol.name_span.end), "type_alias_declaration"
            )
            value = declaration.child_by_field_name("value") if declaration is not None else None
            if value is not None and value.type != "object_type":
                return [Written(path, value)]
    return []


def _elements(code: Code, written: Written, depth: int = 0) -> Iterator[Written]:
    """The types of what an array type holds."""
    node, path = written.node, written.path
    if node.type == "array_type":
        yield Written(path, node.named_children[0])
    elif node.type == "tuple_type":
        yield from (Written(path, one) for one in node.named_children)
    elif node.type == "generic_type" and code.text(node.named_children[0], path) in _ELEMENTS:
        yield from (Written(path, one) for one in node.named_children[1].named_children)
    elif depth < _DEEP:
        for part in _parts(code, written):
            yield from _elements(code, part, depth + 1)


def _member(code: Code, written: Written, name: str) -> Iterator[Written]:
    """The types of a member of a type; of any where it is a record."""
    node, path = written.node, written.path
    if node.type == "generic_type" and code.text(node.named_children[0], path) in ("Record", "Map"):
        yield Written(path, node.named_children[1].named_children[-1])
        return
    for owner in owners(code, written):
        home = owner.partition("::")[0]
        for symbol in code.graph.symbols(home):
            if key_of(symbol.id) == f"{owner}.{name}":
                stands = around(code.tree(home), symbol.name_span.start, symbol.name_span.end).parent
                kind = stands.child_by_field_name("type") if stands is not None else None
                if kind is not None and kind.named_children:
                    yield Written(home, kind.named_children[0])
