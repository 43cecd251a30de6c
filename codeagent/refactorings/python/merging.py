"""What a Python module consists of, when all of it is to go somewhere else."""

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.imports import read_imports
from codeagent.refactorings.python.scopes import Scopes
from codeagent.refactorings.refactoring import Refusal

_DEFINES = ("function_definition", "class_definition", "decorated_definition", "type_alias_statement")


def defined_names(path: str, root: Node, scopes: Scopes) -> list[str]:
    """Return the names that a module's own statements define, in order.

    Raises Refusal where it has statements that do something else: those cannot be at two places."""
    imported = {one.start for one in read_imports(root)}
    names: list[str] = []
    for node in root.named_children:
        if node.type == "comment" or node.start_byte in imported or _is_docstring(node) or _lists_exports(node):
            continue
        if node.type == "if_statement" and _only_imports(node, imported):
            continue
        bound = [use.name for use in scopes.between(node.start_byte, node.end_byte) if use.binds]
        inner = node.named_children[0].type if node.type == "expression_statement" and node.named_children else ""
        if not bound or (node.type not in _DEFINES and inner != "assignment"):
            line = node.start_point[0] + 1
            raise Refusal(f"{path}:{line} does something when the module is imported", "move or remove it first")
        names += [
            use.name
            for use in scopes.between(node.start_byte, node.end_byte)
            if use.binds and use.scope is scopes.module
        ]
    return list(dict.fromkeys(names))


def _is_docstring(node: Node) -> bool:
    return node.type == "expression_statement" and bool(node.named_children) and node.named_children[0].type == "string"


def _lists_exports(node: Node) -> bool:
    return node.type == "expression_statement" and (node.text or b"").startswith(b"__all__")


def _only_imports(node: Node, imported: set[int]) -> bool:
    block = node.child_by_field_name("consequence")
    inside = block.named_children if block is not None else []
    return node.child_by_field_name("alternative") is None and all(
        one.start_byte in imported or one.type == "comment" for one in inside
    )
