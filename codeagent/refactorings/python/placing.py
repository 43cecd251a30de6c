"""Where a new function goes, and how it is called from the code that it was taken from."""

from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node, child, text
from codeagent.refactorings.python.layout import indent_of, line_end, line_start
from codeagent.refactorings.python.scopes import Scope, Scopes, parameter_names
from codeagent.refactorings.refactoring import Refusal

KINDS: Final = ("function", "method", "classmethod", "staticmethod")
_IMPLICIT_CLASS: Final = ("__new__", "__init_subclass__", "__class_getitem__")
_OF_INSTANCES: Final = frozenset("property cached_property setter getter deleter override abstractmethod wraps".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A function in the scope `target`, inserted at byte `offset` with `indent` before its `def`.

    `above`: before the line at `offset`, not after it. `kind` is one of KINDS, `receiver` the first parameter that
    the call supplies itself, `prefix` what the call puts before the name."""

    target: Scope
    offset: int
    indent: bytes
    above: bool
    kind: str = "function"
    receiver: str = ""
    prefix: str = ""


def place_for(scopes: Scopes, source: bytes, at: Node, start: int, kind: str = "") -> Place:
    """Return where a function made of code at `at`, from byte `start`, belongs; `kind` asks for another than its own.

    Raises Refusal where there is no such place."""
    holder = scopes.holder(at)
    parent = holder.parent
    if kind in ("", *KINDS[1:]) and holder.kind == "function_definition" and parent is not None:
        if parent.kind == "class_definition":
            found = _in_class(scopes, source, holder, kind)
            if found is not None:
                return found
        elif not kind:
            return _beside(source, holder.node, parent)
    if kind in KINDS[1:]:
        raise Refusal(f"there is no class that could hold a {kind}", "leave out --kind")
    target = (
        scopes.module if kind == "function" else next(one for one in holder.chain() if _holds_functions(one, holder))
    )
    return _above(source, _child_in(target.node, at), target, start)


def place_before(scopes: Scopes, source: bytes, place: Place, node: Node, callers: list[Node]) -> Place:
    """Return the place for a function made of `node` that `callers` call too: before the first that may run at once."""
    if place.target.kind == "class_definition":
        return place
    own = _child_in(place.target.node, node).start_byte
    early = []
    for one in callers:
        statement = _child_in(place.target.node, one)
        at_once = scopes.holder(one) is place.target
        if statement.start_byte < own or (statement.start_byte == own and at_once and one != node):
            early.append(statement)
    if not early:
        return place
    first = min(early, key=lambda one: one.start_byte)
    return _above(source, first, place.target, first.start_byte)


def _holds_functions(scope: Scope, holder: Scope) -> bool:
    if holder.kind == "function_definition":
        return scope is not holder and scope.kind in ("module", "function_definition")
    return scope.kind in ("module", "function_definition")


def _child_in(outer: Node, inner: Node) -> Node:
    """The statement directly in the body of `outer` that holds `inner`."""
    body = outer if outer.type == "module" else child(outer, "body")
    at = inner
    while at.parent is not None and at.parent != body:
        at = at.parent
    return at


def statement_of(definition: Node) -> Node:
    """Return a definition with its decorators."""
    parent = definition.parent
    return parent if parent is not None and parent.type == "decorated_definition" else definition


def _above(source: bytes, statement: Node, target: Scope, first: int) -> Place:
    start = line_start(source, min(statement.start_byte, first))
    at = start
    if statement.type in ("function_definition", "class_definition", "decorated_definition"):
        while at > 0 and _is_comment(source, before := line_start(source, at - 1), indent_of(source, start)):
            at = before
        at = start if line_start(source, 0) == at else at
    return Place(target, at, indent_of(source, start), above=True)


def _is_comment(source: bytes, start: int, indent: bytes) -> bool:
    line = source[start : line_end(source, start)]
    return line.startswith(indent + b"#")


def _beside(source: bytes, definition: Node, target: Scope) -> Place:
    """After a function, or before it where its decorators might call it at once."""
    statement = statement_of(definition)
    if statement is not definition:
        return _above(source, statement, target, statement.start_byte)
    return Place(target, _end_of(source, definition), indent_of(source, definition.start_byte), above=False)


def _end_of(source: bytes, definition: Node) -> int:
    """The end of the last line of a definition, with the comments that are indented like its body."""
    end = line_end(source, definition.end_byte)
    depth = len(indent_of(source, definition.start_byte))
    while end < len(source):
        start = source.find(b"\n", end) + 1
        indent = indent_of(source, start) if start else b""
        if not start or len(indent) <= depth or not _is_comment(source, start, indent):
            break
        end = line_end(source, start)
    return end


# --- methods ----------------------------------------------------------------------------------------


def _in_class(scopes: Scopes, source: bytes, function: Scope, wanted: str) -> Place | None:
    """The place of a method beside the method `function`; None where a function of the module must do."""
    own, receiver = kind_of_method(source, function.node)
    owner, kind = function.parent, wanted or own
    if owner is None or not own:
        return None
    statement = statement_of(function.node)
    spot = (owner, _end_of(source, function.node), indent_of(source, statement.start_byte), False)
    if kind == "staticmethod" or (kind == "classmethod" and own != "classmethod"):
        name = _class_path(scopes, source, function)
        return Place(*spot, kind, "cls" if kind == "classmethod" else "", name + ".") if name else None
    if not receiver or (own == "classmethod" and kind == "method"):
        if wanted:
            raise Refusal(f"the code has no object to call a {wanted} on", "leave out --kind")
        return None
    return Place(*spot, kind, receiver, receiver + ".")


def kind_of_method(source: bytes, function: Node) -> tuple[str, str]:
    """Return what kind of method a function in a class is, and its first parameter; "" where that is unsure."""
    names = parameter_names(function)
    listed = function.child_by_field_name("parameters")
    first = listed.named_children[0] if listed and listed.named_children else None
    plain = first is not None and first.type in ("identifier", "typed_parameter", "default_parameter")
    receiver = (
        text(names[0], source).decode()
        if names and plain and first is not None and b"*" not in text(first, source)
        else ""
    )
    decorators = _decorators(source, function)
    name = text(child(function, "name"), source).decode()
    if "staticmethod" in decorators:
        return "staticmethod", ""
    if "classmethod" in decorators or name in _IMPLICIT_CLASS:
        return "classmethod", receiver
    if decorators - _OF_INSTANCES and receiver != "self":
        return "", ""
    return "method", receiver


def _decorators(source: bytes, function: Node) -> set[str]:
    """The last words of a function's decorators."""
    found = set()
    statement = statement_of(function)
    for one in statement.named_children:
        if one.type == "decorator":
            name = text(one, source).decode().lstrip("@ ").partition("(")[0].strip()
            found.add(name.rpartition(".")[2])
    return found


def _class_path(scopes: Scopes, source: bytes, function: Scope) -> str:
    """What the class of a method is called in it: `Outer.Inner`; "" where that name is something else there."""
    names, outer = [], function.parent
    while outer is not None and outer.kind == "class_definition":
        names.append(text(child(outer.node, "name"), source).decode())
        outer = outer.parent
    return ".".join(reversed(names)) if scopes.owner(names[-1], function) is outer else ""
