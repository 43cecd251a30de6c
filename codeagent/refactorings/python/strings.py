"""Python: names inside strings that can be proven to be references: `__all__`, full dotted paths, `getattr`."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.languages.language import Location
from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings import enum_members
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.fixtures import fixture_keys
from codeagent.refactorings.python.leftovers import callee_end, holds_fields

_DOTTED: Final = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_FIXTURES: Final = frozenset(("usefixtures", "getfixturevalue"))
_MEMBERS: Final = ("__slots__", "__match_args__")
_MAKERS: Final = frozenset(
    ("TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "TypeAliasType", "namedtuple", "NamedTuple", "TypedDict")
)
BY_NAME: Final = frozenset(("getattr", "setattr", "hasattr", "delattr", "attrgetter", "methodcaller"))


def meaning(code: Code, path: str, node: Node, start: int, end: int) -> Meaning:
    """Return what a word inside a string or comment provably stands for; UNKNOWN for mere text."""
    string = enclosing(node, "string")
    if string is None:
        return UNKNOWN
    names = code.naming.file(path)
    content = code.read(path)[start:end].decode("utf-8", "surrogateescape")
    if string.end_byte - string.start_byte <= end - start + 3 and _in_exports(code, path, string):
        return names.bare(0, content)  # which `from .shop import *` may have brought
    if whole_string(node, start, end) and (member := _in_member_list(code, path, string, content)):
        return Meaning(frozenset({member}))
    if string.end_byte - string.start_byte <= end - start + 3 and _calls(code, path, string, _FIXTURES):
        return Meaning(fixture_keys(code, content))
    if whole_string(node, start, end) and (variable := _told_its_name(code, path, string, content)) is not None:
        return names.meaning(variable.start_byte, variable.end_byte) or UNKNOWN
    asked = enum_members.meaning(code, path, node, start, end)
    return asked if asked.targets else _dotted(code, path, string, start, end)


def is_attribute_name(code: Code, path: str, node: Node, start: int, end: int) -> bool:
    """Tell whether a word is the whole text of a string that names an attribute: `getattr(x, "total")`."""
    string = enclosing(node, "string")
    if string is None or not whole_string(node, start, end):
        return False
    return _calls(code, path, string, BY_NAME) or _is_key_of_fields(string)


def _is_key_of_fields(string: Node) -> bool:
    """Whether a string is a key of what holds the fields of an object: `x.__dict__["total"]`, `"total" in vars(x)`."""
    above = string.parent
    if above is not None and above.type == "pair" and above.child_by_field_name("key") == string:
        above = above.parent.parent if above.parent is not None else None  # of `update({"total": 1})`
    if above is not None and above.type == "argument_list":
        above = above.parent
    if above is None:
        return False
    if above.type == "comparison_operator":
        return any(holds_fields(one) for one in above.named_children)
    return holds_fields(above.child_by_field_name("value") or above.child_by_field_name("function"))


def whole_string(node: Node, start: int, end: int) -> bool:
    """Tell whether a word is the whole text of a string."""
    string = enclosing(node, "string")
    return string is not None and string.end_byte - string.start_byte <= end - start + 3


def _calls(code: Code, path: str, string: Node, names: frozenset[str]) -> bool:
    """Whether a string is an argument of a call of one of these names."""
    call = string.parent.parent if string.parent is not None else None
    callee = callee_end(call) if call is not None and call.type == "call" else None
    return callee is not None and code.text(callee, path) in names


def _in_exports(code: Code, path: str, string: Node) -> bool:
    """Whether a string stands in what is assigned or added to `__all__`."""
    at: Node | None = string
    while at is not None and at.type not in ("assignment", "augmented_assignment", "call"):
        at = at.parent
    if at is None:
        return False
    target = at.child_by_field_name("left") or at.child_by_field_name("function")
    return target is not None and code.text(target, path).partition(".")[0] == "__all__"


def _in_member_list(code: Code, path: str, string: Node, name: str) -> str:
    """The member that a string names in what a class assigns to `__slots__` or `__match_args__`; "" for none."""
    assignment = enclosing(string, "assignment")
    left = assignment.child_by_field_name("left") if assignment is not None else None
    owner = enclosing(string, "class_definition", "function_definition")
    if left is None or owner is None or owner.type != "class_definition" or code.text(left, path) not in _MEMBERS:
        return ""
    head = owner.child_by_field_name("name")
    view, flow = code.naming.file(path).view, code.naming.flow
    for index, symbol in enumerate(view.facts.symbols):
        if head is not None and index and symbol.name_start == head.start_byte:
            place, _ = flow.hierarchy.find((path, index), name)
            return code.naming.file(place[1]).key(place[2], name) if place is not None else ""
    return ""


def _told_its_name(code: Code, path: str, string: Node, name: str) -> Node | None:
    """The variable that a string calls by its name where a type is made: `T = TypeVar("T")`."""
    given = string.parent
    made = enclosing(given, "assignment") if given is not None and given.type == "argument_list" else None
    left, right = (made.child_by_field_name(one) if made is not None else None for one in ("left", "right"))
    callee = callee_end(right) if right is not None and right.type == "call" else None
    if left is None or callee is None or right is None or code.text(callee, path) not in _MAKERS:
        return None
    first = given == right.child_by_field_name("arguments") and given is not None and given.named_children[0] == string
    return left if first and left.type == "identifier" and code.text(left, path) == name else None


def _dotted(code: Code, path: str, string: Node, start: int, end: int) -> Meaning:
    """`"shop.cart.total"`: a dotted path from a module of the tree to the word."""
    source = code.read(path)
    for match in _DOTTED.finditer(source, string.start_byte, string.end_byte):
        if match.start() <= start and end <= match.end():
            parts = source[match.start() : end].decode("utf-8", "surrogateescape").split(".")
            world = code.naming.flow.world
            return resolved(code, parts, partial(world.find, world.view(path)))
    return UNKNOWN


def resolved(code: Code, parts: list[str], find: Callable[[str], tuple[Location, ...]]) -> Meaning:
    """Return what a dotted path leads to, with what finds modules by their names."""
    for count in range(len(parts) - 1, 0, -1):
        places = [place for place in find(".".join(parts[:count])) if not place.path.endswith("/")]
        if len(places) != 1:
            continue
        wanted = f"{places[0].path}::{'.'.join(parts[count:])}"
        if any(key_of(symbol.id) == wanted for symbol in code.graph.symbols(places[0].path)):
            return Meaning(frozenset({wanted}))
        if len(parts) - count == 1:
            return code.naming.file(places[0].path).bare(0, parts[-1])
        return UNKNOWN
    return UNKNOWN
