"""move-method: a method goes to the class of one of its object's attributes, and is called there."""

from typing import Annotated

from codeagent.domain.code import Symbol
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.names import check_name
from codeagent.refactorings.python.attribute_types import class_of_attribute
from codeagent.refactorings.python.method_moves import MethodMove
from codeagent.refactorings.refactoring import Proposal, Refusal


def move_method(
    code: Code,
    target: Annotated[str, "The method: its id, or a position."],
    *,
    to: Annotated[str, "The attribute of the same object whose class takes the method."],
    new_name: Annotated[str, "What the method is called there; as it is where left out."] = "",
) -> Proposal:
    """Move a method to an attribute's class; what is left calls it there."""
    method = code.symbol(target)
    if code.language(method.path) != "python":
        raise Refusal(f"methods of {code.language(method.path)} cannot be moved yet", "only those of Python")
    owner = code.symbol(method.parent) if method.parent else method
    if method.kind not in ("method", "function", "property") or owner.kind != "class":
        raise Refusal(f"{method.id} is not a method", "give a method of a class")
    name = new_name or method.name
    check_name("python", name)
    found = class_of_attribute(code, _class_node(code, owner), owner, to)
    if any(symbol.parent == found.id and symbol.name == name for symbol in code.graph.symbols(found.path)):
        raise Refusal(f"{found.id} has a {name} already", "choose another name with new_name")
    return MethodMove(code, method, owner, found, to, name).propose()


def _class_node(code: Code, owner: Symbol) -> Node:
    node = code.tree(owner.path).descendant_for_byte_range(owner.name_span.start, owner.name_span.end)
    while node is not None and node.type != "class_definition":
        node = node.parent
    if node is None:
        raise Refusal(f"{owner.id} is not a class", "give a method of a class")
    return node
