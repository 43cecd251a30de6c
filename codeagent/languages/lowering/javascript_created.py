"""Objects of modules that get their members later: `Object.create(prototype)`, `var app = module.exports = {}`."""

from tree_sitter import Node

from codeagent.domain.facts import CLASS, NONE, ClassFact
from codeagent.languages.lowering.javascript_commonjs import WHOLE, text_of
from codeagent.languages.lowering.javascript_functions import Naming, open_definition
from codeagent.languages.lowering.javascript_walker import Walker


def is_created(walker: Walker, node: Node) -> bool:
    """Tell whether a value is `Object.create(…)`."""
    call = walker.kinds[node.kind_id] == "call_expression"
    return call and text_of(walker, node.named_children[0]) == b"Object.create"


def created_object(walker: Walker, node: Node, naming: Naming) -> int:
    """Lower `Object.create(prototype)` that a name holds, and return its symbol."""
    symbol = open_definition(walker, naming)
    values = [walker.value(child) for child in node.named_children[-1].named_children]
    walker.value(node.named_children[0])
    bases = tuple(walker.builder.expr((CLASS, value)) for value in values[:1] if value != NONE)
    walker.builder.classes.append(ClassFact(symbol, bases))
    return symbol


def behind_exports(walker: Walker, node: Node) -> Node:
    """Return what is assigned in the end: the `{}` of `exports = module.exports = {}`; the node where it is no such."""
    at, whole = node, False
    while walker.kinds[at.kind_id] == "assignment_expression":
        left = text_of(walker, at.named_children[0])
        if left not in (b"exports", b"module.exports"):
            return node
        whole |= left == b"module.exports"
        at = at.named_children[-1]
    return at if whole and walker.env.find("module") is None else node


def export_as_whole(walker: Walker, name: str, value: int, at: int) -> None:
    """Note that a module stands for what a name of it holds."""
    walker.is_commonjs = True
    walker.exposed.append(name)
    walker.bind(0, WHOLE, value, at)
