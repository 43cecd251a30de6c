"""What a type annotation says, however it is written: `Optional[X]`, `"X | None"` and `t.Union[None, m.X]` are one."""

import ast
from typing import Final

Members = frozenset[object]  # of a union; a type that is none has itself alone
_NEWER: Final = {  # names of `typing` for what has another name in the language itself
    **{name: name.lower() for name in ("List", "Dict", "Set", "FrozenSet", "Tuple", "Type")},
    "Text": "str",
    "Deque": "deque",
    "DefaultDict": "defaultdict",
    "AbstractSet": "Set",
}
_VERBATIM: Final = ("Literal",)  # what stands in its brackets is no type


def members(text: str) -> Members:
    """Return the members of the type that an annotation names. A name counts without the module that it is taken from;
    what is no Python is cut at the bars of its union."""
    try:
        return _members(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(_split(text.strip("\"'")))


def _members(node: ast.expr) -> Members:
    match node:
        case ast.Constant(value=str() as quoted):
            return members(quoted)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _members(left) | _members(right)
        case ast.Subscript(value=value, slice=inner):
            return _applied(_name(value), inner)
        case ast.Name() | ast.Attribute():
            return frozenset((_name(node),))
        case ast.List(elts=elements):
            return frozenset((tuple(_members(one) for one in elements),))
    return frozenset((ast.unparse(node),))


def _applied(name: str, inner: ast.expr) -> Members:
    """A type with others in its brackets."""
    arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in _VERBATIM:
        return frozenset((name, ast.unparse(one)) for one in arguments)
    if name in ("Optional", "Union"):
        found: Members = frozenset().union(*map(_members, arguments))
        return found | {"None"} if name == "Optional" else found
    if name == "Annotated":
        return _members(arguments[0])
    return frozenset(((name, *map(_members, arguments)),))


def _name(node: ast.expr) -> str:
    name = node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)
    return _NEWER.get(name, name)


def _split(text: str) -> list[str]:
    """A union cut at the bars outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[(<{") - (letter in "])>}")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
