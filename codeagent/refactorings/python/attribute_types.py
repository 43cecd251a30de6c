"""The class of an attribute of a Python class: by its annotation, or by what is assigned to it."""

from collections.abc import Iterator

from codeagent.domain.code import Symbol
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal


def class_of_attribute(code: Code, node: Node, owner: Symbol, attribute: str) -> Symbol:
    """Return the class of this tree that an attribute's values are of; Refusal where there is not exactly one."""
    values = list(_values(code, node, owner.path, attribute))
    if not values:
        raise Refusal(f"{owner.id} has no attribute {attribute}", "name an attribute that the class assigns")
    found = {target for value in values for target in _classes(code, owner.path, value)}
    classes = [code.symbol(target) for target in sorted(found) if target.partition("::")[0] in code.graph.files]
    if len(classes) != 1 or classes[0].kind != "class" or len(found) != 1:
        raise Refusal(
            f"the class of {attribute} is not known",
            "annotate the attribute with a class of this tree, or construct it",
        )
    return classes[0]


def _values(code: Code, node: Node, path: str, attribute: str) -> Iterator[Node]:
    """What is assigned to `attribute` in a class's body, or to `self.attribute` in its methods; its annotations."""
    wanted = {attribute, f"self.{attribute}"}
    pending = [node]
    while pending:
        one = pending.pop()
        if one.type == "assignment":
            left = one.child_by_field_name("left")
            if left is not None and code.text(left, path) in wanted and _belongs(one, node, left):
                yield one.child_by_field_name("type") or one.child_by_field_name("right") or one
        pending.extend(one.named_children)


def _belongs(assignment: Node, owner: Node, left: Node) -> bool:
    """Bare names count in the body of the class alone."""
    statement = assignment.parent
    block = statement.parent if statement is not None else None
    return left.type == "attribute" or (block is not None and block.parent == owner)


def _classes(code: Code, path: str, value: Node) -> frozenset[str]:
    """The targets of the class that an annotation names or a call constructs; what is unknown stands for itself."""
    at: Node | None = value
    if at is not None and at.type == "type":
        at = at.named_children[0] if at.named_children else None
    elif at is not None and at.type == "call":
        at = at.child_by_field_name("function")
    else:
        return frozenset((f"?{value.start_byte}",))
    if at is not None and at.type == "attribute":
        at = at.child_by_field_name("attribute")
    if at is None or at.type != "identifier":
        return frozenset((f"?{value.start_byte}",))
    meaning = code.naming.file(path).meaning(at.start_byte, at.end_byte)
    return meaning.targets if meaning is not None and meaning.targets else frozenset((f"?{value.start_byte}",))
