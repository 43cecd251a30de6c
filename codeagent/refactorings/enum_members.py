"""Members of enums that go by their names as text: `Op["DOUBLE"]` of Python, `Op.valueOf("DOUBLE")` of Java."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.graph.values import EXTERN
from codeagent.languages.syntax import Node, enclosing, every
from codeagent.refactorings.code import Code

_STRINGS: Final = ("string", "string_literal")
_ASKING: Final = {"python": ("subscript", "call"), "java": ("method_invocation",)}
_ENUMS: Final = "enum."  # what Python's enums inherit from


def meaning(code: Code, path: str, node: Node, start: int, end: int) -> Meaning:
    """Return the member that a string asks an enum for; UNKNOWN where it does not."""
    string = _whole(node, start, end)
    asked = _asked(string) if string is not None else None
    told = code.naming.file(path).meaning(asked.start_byte, asked.end_byte) if asked is not None else None
    if told is None:
        return UNKNOWN
    name = code.read(path)[start:end].decode("utf-8", "surrogateescape")
    return Meaning(frozenset(f"{one}.{name}" for one in told.targets if _has(code, one, name)))


def asked_for(code: Code, keys: Iterable[str], node: Node | None, start: int, end: int) -> str:
    """Return why a string may be the name that an enum is asked for: somewhere it is, by a name that is not written
    there; "" for what is no whole string, and no member of an enum."""
    if node is None or _whole(node, start, end) is None:
        return ""
    place = asker(code, keys)
    return f"{place} asks its enum for members by their names" if place else ""


def asker(code: Code, keys: Iterable[str]) -> str:
    """Return where an enum is asked for one of its members by a name that is not written there; "" for nowhere."""
    for key in sorted(keys):
        place: str = code.kept(("asker", key), partial(_first, code, key))
        if place:
            return place
    return ""


def _first(code: Code, key: str) -> str:
    return next(_computed(code, key), "")


def _whole(node: Node, start: int, end: int) -> Node | None:
    """The string whose whole text a word is."""
    string = enclosing(node, *_STRINGS)
    return string if string is not None and string.end_byte - string.start_byte <= end - start + 3 else None


def _asked(name: Node) -> Node | None:
    """The word for the enum that is asked for a member by a name: `Op` of `Op["X"]` and `Enum.valueOf(Op.class, x)`."""
    above = name.parent
    if above is not None and above.type == "subscript":
        value = above.child_by_field_name("value")
        return _last(value) if value is not None and value != name else None
    call = above.parent if above is not None and above.type == "argument_list" else None
    if call is None or above is None:
        return None
    given = [one for one in above.named_children if one.type != "comment"]
    if call.type == "call" and len(given) > 1 and given[1] == name:
        function = call.child_by_field_name("function")
        return _last(given[0]) if function is not None and function.text == b"getattr" else None
    if call.type != "method_invocation" or (call.child_by_field_name("name") or call).text != b"valueOf":
        return None
    held = call.child_by_field_name("object") if len(given) == 1 else given[0].named_children[0]
    return _last(held) if held is not None and given[-1] == name else None


def _last(node: Node) -> Node:
    return _last(node.named_children[-1]) if node.named_child_count else node


def _has(code: Code, owner: str, name: str) -> bool:
    path = owner.partition("::")[0]
    return path in code.graph.files and any(key_of(one.id) == f"{owner}.{name}" for one in code.graph.symbols(path))


def _computed(code: Code, key: str) -> Iterator[str]:
    """Where the enum of a member is asked for one by a name that is not written there."""
    owner = key.rpartition(".")[0]
    path = key.partition("::")[0]
    if path not in code.graph.files or not is_enum(code, path, owner):
        return
    word = owner.rpartition("::")[2].rpartition(".")[2]
    for at in sorted(code.graph.mentioning((word,))):
        names = (name for kind in _ASKING.get(code.language(at), ()) for name in _given(code, at, kind))
        for name in names:
            asked = _asked(name)
            if asked is None or code.text(asked, at) != word or name.type in _STRINGS:
                continue
            told = code.naming.file(at).meaning(asked.start_byte, asked.end_byte)
            if told is not None and owner in told.targets:
                yield f"{at}:{name.start_point[0] + 1}"


def _given(code: Code, path: str, kind: str) -> Iterator[Node]:
    """What calls and indexes of a file are given."""
    for node in every(code.tree(path), code.language(path), kind):
        arguments = node.child_by_field_name("arguments")
        yield from arguments.named_children if arguments is not None else node.children_by_field_name("subscript")


def is_enum(code: Code, path: str, owner: str) -> bool:
    """Tell whether a class of a file is an enum."""
    flow = code.naming.flow
    for index, symbol in enumerate(code.graph.symbols(path)):
        if key_of(symbol.id) == owner:
            line = flow.hierarchy.line((path, index)) if symbol.kind == "class" else ()
            return symbol.kind == "enum" or any(one[0] == EXTERN and str(one[1]).startswith(_ENUMS) for one in line)
    return False
