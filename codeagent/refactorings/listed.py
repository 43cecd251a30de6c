"""Python: names of attributes in lists that a loop hands to `getattr` and its kind: `for name in self.__attrs__`."""

from collections.abc import Iterator
from typing import Final

from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.strings import BY_NAME
from codeagent.workspace.search import Query, search

_MOST: Final = 5000
_COLLECTIONS: Final = frozenset(("list", "tuple", "set", "dictionary", "pair", "parenthesized_expression", "call",
                                 "argument_list", "binary_operator", "expression_list"))  # fmt: skip


def is_listed(code: Code, path: str, node: Node) -> bool:
    """Tell whether a string stands in a collection whose elements name attributes somewhere in the tree."""
    string = enclosing(node, "string")
    above = string.parent if string is not None else None
    if above is None or above.type not in _COLLECTIONS or code.language(path) != "python":
        return False
    while above is not None and above.type in _COLLECTIONS:
        above = above.parent
    if above is not None and above.type == "decorator":  # values for the parameters of a test
        decorated = above.parent
        return decorated is not None and _hands_parameters_on(code, path, decorated)
    if above is None or above.type not in ("assignment", "augmented_assignment"):
        return (
            above is not None
            and above.type in ("for_statement", "for_in_clause")
            and _names_attributes(code, path, above)
        )
    left = above.child_by_field_name("left")
    name = left.named_children[-1] if left is not None and left.type == "attribute" else left
    if name is None or name.type != "identifier":
        return False
    bound = code.text(name, path)
    known: bool = code.kept(("listed", bound), lambda: any(_loops(code, bound)))
    return known


def _loops(code: Code, bound: str) -> Iterator[bool]:
    """Whether a loop over something of a name hands its elements on as names of attributes."""
    found = search(code.graph.tree, Query(bound, fixed=True, whole_words=True), _looking_up(code), most=_MOST)
    for hit in found.hits:
        node = around(code.tree(hit.path), hit.start, hit.end)
        while node.parent is not None and node.parent.type not in ("for_statement", "for_in_clause"):
            if node.type.endswith("_statement") or node.type == "block":
                break
            node = node.parent
        loop = node.parent
        if loop is not None and loop.child_by_field_name("right") == node:
            yield _names_attributes(code, hit.path, loop)


def _looking_up(code: Code) -> list[str]:
    """The files of Python in which something asks for attributes by names."""
    paths: list[str] = code.kept(
        ("looking up",),
        lambda: [path for path in sorted(code.graph.mentioning(BY_NAME)) if code.language(path) == "python"],
    )
    return paths


def _hands_parameters_on(code: Code, path: str, decorated: Node) -> bool:
    function = decorated.child_by_field_name("definition")
    given = function.child_by_field_name("parameters") if function is not None else None
    return function is not None and given is not None and _looks_up(code, path, function, given)


def _names_attributes(code: Code, path: str, loop: Node) -> bool:
    left = loop.child_by_field_name("left")
    whole = loop if loop.type == "for_statement" else loop.parent
    return left is not None and whole is not None and _looks_up(code, path, whole, left)


def _looks_up(code: Code, path: str, whole: Node, names: Node) -> bool:
    """Whether variables are handed on as names of attributes."""
    targets = {code.text(one, path) for one in _of_type(names, "identifier")}
    for call in _of_type(whole, "call"):
        callee, arguments = callee_end(call), call.child_by_field_name("arguments")
        if callee is None or arguments is None or code.text(callee, path) not in BY_NAME:
            continue
        if any(code.text(one, path) in targets for one in arguments.named_children):
            return True
    return False


def _of_type(node: Node, kind: str) -> Iterator[Node]:
    pending = [node]
    while pending:
        one = pending.pop()
        if one.type == kind:
            yield one
        pending += one.named_children
