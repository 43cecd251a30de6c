"""Python: whether a class could still be made elsewhere: a module may change what makes it once it has made its own."""

from collections.abc import Iterator

from codeagent.languages.syntax import Node
from codeagent.refactorings.refactoring import Refusal


def check_creation(path: str, root: Node, names: list[str]) -> None:
    """Raise Refusal where a module alters a base, metaclass or decorator of a class that leaves it, after the class."""
    classes = dict(_classes(root))
    for name in names:
        if name not in classes:
            continue
        needed = _needed(name, classes)
        for altered, node in _altered(root):
            if altered in needed and node.start_byte > classes[name].end_byte:
                line = node.start_point[0] + 1
                raise Refusal(
                    f"{altered} is altered once {name} has been made: {path}:{line}", "leave it in its module"
                )


def _classes(root: Node) -> Iterator[tuple[str, Node]]:
    for statement in root.named_children:
        node = statement.child_by_field_name("definition") if statement.type == "decorated_definition" else statement
        name = node.child_by_field_name("name") if node is not None and node.type == "class_definition" else None
        if name is not None:
            yield (name.text or b"").decode(), statement


def _needed(name: str, classes: dict[str, Node]) -> set[str]:
    """The names that stand in the heads of a class and of those that it is made of."""
    found: set[str] = set()
    pending = [name]
    while pending:
        node = classes.get(pending.pop())
        for word in _head(node) if node is not None else ():
            if word not in found:
                found.add(word)
                pending.append(word)
    return found


def _head(statement: Node) -> Iterator[str]:
    pending = [statement]
    while pending:
        node = pending.pop()
        if node.type == "identifier":
            yield (node.text or b"").decode()
        body = node.child_by_field_name("body") if node.type == "class_definition" else None
        pending += [one for one in node.named_children if one != body]


def _altered(root: Node) -> Iterator[tuple[str, Node]]:
    """Names of which the module's own statements set an attribute: `NodeType.__new__ = …`."""
    for statement in root.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else None
        left = inner.child_by_field_name("left") if inner is not None and inner.type == "assignment" else None
        of = left.child_by_field_name("object") if left is not None and left.type == "attribute" else None
        if of is not None and of.type == "identifier":
            yield (of.text or b"").decode(), statement
