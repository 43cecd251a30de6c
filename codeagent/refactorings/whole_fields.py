"""Python: where all fields of an object are had as one mapping, by the names in which they are kept: `vars(cart)`."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.graph.values import INST, Class
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import with_all_below
from codeagent.refactorings.mixins import of_receiver
from codeagent.refactorings.python.leftovers import holds_fields
from codeagent.refactorings.python.written_values import indices_of, values_of
from codeagent.refactorings.refactoring import Occurrence

_WORDS: Final = ("__dict__", "vars")


def had_as_mapping(code: Code, owner: Class, name: str) -> Iterator[Occurrence]:
    """Yield where the fields of an object that may be of a class are had as a mapping, but for what asks it for another
    field than the one of this name."""
    for word in _WORDS:
        for path in sorted(code.graph.mentioning((word,))):
            if code.language(path) == "python":
                yield from _in_file(code, path, owner, name, word)


def _in_file(code: Code, path: str, owner: Class, name: str, word: str) -> Iterator[Occurrence]:
    for match in re.finditer(rb"\b%s\b" % word.encode(), code.read(path)):
        node = around(code.tree(path), *match.span())
        mapping = enclosing(node, "attribute" if word == "__dict__" else "call")
        held = _object(mapping, node) if mapping is not None else None
        if held is not None and _may_be(code, path, held, owner) and not _asks_for_another(code, path, mapping, name):
            yield Occurrence(path, *match.span(), f"has the fields of the object as a mapping, {name} among them")


def _object(mapping: Node, word: Node) -> Node | None:
    """Whose fields `x.__dict__` and `vars(x)` are."""
    if mapping.type == "attribute":
        return mapping.child_by_field_name("object") if mapping.child_by_field_name("attribute") == word else None
    given = mapping.child_by_field_name("arguments") if mapping.child_by_field_name("function") == word else None
    return given.named_children[0] if given is not None and given.named_children else None


def _may_be(code: Code, path: str, node: Node, owner: Class) -> bool:
    """Whether an object may be of a class: of one below it, too, and as the receiver of a method that it inherits."""
    flow, view = code.naming.flow, code.naming.file(path).view
    found = {value[1:3] for value in values_of(code, path, node) if value[0] == INST}
    receivers = (of_receiver(view, index) for index in indices_of(code, path, node))
    found |= {(path, one) for one in receivers if one is not None}
    kin = with_all_below(flow, [owner]) if found else frozenset[Class]()
    return any(one in kin or owner in with_all_below(flow, [one]) for one in found)


def _asks_for_another(code: Code, path: str, node: Node | None, name: str) -> bool:
    """Whether only one field is asked for, and that is another: `vars(cart)["owner"]`, `cart.__dict__.get("owner")`."""
    above = node.parent if node is not None else None
    if above is not None and above.type == "attribute" and above.parent is not None:
        method = above.child_by_field_name("attribute")
        asked = method is not None and method.text in (b"get", b"pop", b"setdefault")
        given = above.parent.child_by_field_name("arguments") if asked else None
        key = given.named_children[0] if given is not None and given.named_children else None
    elif above is not None and above.type == "subscript":
        key = above.child_by_field_name("subscript")
    elif above is not None and above.type == "comparison_operator" and holds_fields(above.named_children[-1]):
        key = above.named_children[0]
    else:
        key = None
    return key is not None and key.type == "string" and code.text(key, path).strip("\"'") != name
