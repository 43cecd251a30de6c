"""Where a function is a mere value, and where a class is handed to what nobody can see into, which may construct it."""

from collections.abc import Collection, Container, Iterable, Iterator
from typing import Final

from codeagent.graph.values import Class
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.refactoring import Occurrence

_IMPORTS: Final = ("import_statement", "import_from_statement")
_CONSTRUCTORS: Final = ("__init__", "__new__")
# Calls that ask about a class, or say that something is of it, and make none.
ASKING: Final = frozenset((
    "isinstance", "issubclass", "isclass", "cast", "assert_type", "getattr", "hasattr", "setattr", "delattr", "super",
    "vars", "dir", "id", "hash", "repr", "str", "print", "len", "getmembers", "getsource", "getdoc", "getmodule",
    "signature", "get_type_hints", "fields", "is_dataclass", "TypeVar", "NewType", "raises", "warns", "suppress",
    "assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex", "assertIs", "assertIsNot", "assertEqual",
    "assertIsInstance", "assertNotIsInstance", "assertIn", "assertNotIn", "assertTrue", "append", "add", "type",
))  # fmt: skip
_AROUND: Final = ("tuple", "list", "set", "parenthesized_expression", "conditional_expression", "boolean_operator")


def handed_values(code: Code, functions: Iterable[str], known: Container[tuple[str, int]]) -> Iterator[Occurrence]:
    """Yield where functions (by their ids) are handed about, so that nobody can see their calls; of some places it is
    `known` that they call."""
    for function in functions:
        for reference in code.graph.incoming(function, ("references", "writes")):
            node = around(code.tree(reference.path), reference.span.start, reference.span.end)
            told = (reference.path, reference.span.start) in known or enclosing(node, *_IMPORTS) is not None
            if not told and not _is_statement(node):
                yield Occurrence(reference.path, reference.span.start, reference.span.end, "handed on as a value")


def _is_statement(node: Node) -> bool:
    """Whether a value is all of a statement, so that nobody gets it: `cart.total`."""
    above = node.parent
    if above is not None and above.type == "attribute" and above.child_by_field_name("attribute") == node:
        above = above.parent
    return above is not None and above.type == "expression_statement"


def handed_types(code: Code, constructor: str, known: Collection[Occurrence]) -> Iterator[Occurrence]:
    """Yield where a class that is made by a constructor (by its key) is handed to a call that leads out of the tree,
    or nobody knows where; of some calls it is `known` that they construct it."""
    found = owner_of(code.naming.flow, constructor)
    if found is not None and found[2] in _CONSTRUCTORS:
        for owner in _made_by(code, found[:2], found[2]):
            yield from _handed(code, owner, known)


def _made_by(code: Code, owner: Class, name: str) -> Iterator[str]:
    """The ids of a class and of those below that inherit its constructor."""
    hierarchy, world = code.naming.flow.hierarchy, code.naming.flow.world
    pending, seen = [owner], set[Class]()
    while pending:
        current = pending.pop()
        view = world.view(current[0])
        if current not in seen and (current == owner or (current[1], name) not in view.slots):
            seen.add(current)
            pending += hierarchy.subclasses(current)
            yield view.symbol_id(current[1])


def _handed(code: Code, owner: str, known: Collection[Occurrence]) -> Iterator[Occurrence]:
    for reference in code.graph.incoming(owner, ("references",)):
        node: Node = around(code.tree(reference.path), reference.span.start, reference.span.end)
        call = taken_by(node)
        callee = callee_end(call) if call is not None else None
        if call is None or callee is None or (callee.text or b"").decode("utf-8", "replace") in ASKING:
            continue
        where = Occurrence(
            reference.path, reference.span.start, reference.span.end, "handed on to what may construct it"
        )
        told = any(one.path == where.path and call.start_byte <= one.start < call.end_byte for one in known)
        if not told and not _is_inside(code, where.path, callee):
            yield where


def taken_by(node: Node) -> Node | None:
    """Return the call that a value is an argument of."""
    parent = node.parent
    if parent is not None and parent.type == "attribute" and parent.child_by_field_name("attribute") == node:
        node, parent = parent, parent.parent
    while parent is not None and (parent.type in _AROUND or parent.type == "keyword_argument"):
        node, parent = parent, parent.parent
    if parent is None or parent.type != "argument_list" or parent.parent is None:
        return None
    return parent.parent if parent.parent.type == "call" else None


def _is_inside(code: Code, path: str, callee: Node) -> bool:
    """Whether all that a call leads to is of the tree, where values can be followed."""
    told = code.naming.file(path).called(callee.start_byte, callee.end_byte)
    return bool(told) and all("::" in target for target, _, _ in told)
